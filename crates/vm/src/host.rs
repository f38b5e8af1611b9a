//! Host functions: closures that take their arguments in slots. Panics are not caught here: the closures of the
//! `sarsen` crate do that.
//!
//! # Invariants
//!
//! A host function's record names its number in its store. It is boxed, and only reached by its address: running code writes
//! to it.

use crate::error::HostError;
use crate::externs::{FuncPtr, InstanceId};
use crate::store::StoreInner;
use sarsen_abi::{
    CallInRegisters, CallRecord, Exit, REGISTER_SLOTS, Returned, Slot, VmFunc, VmHostFunc, VmInstance,
    VmStore, fits_in_registers,
};
use sarsen_module::TypeId;
use std::any::Any;
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

/// A host function: a closure, and how code calls it.
///
/// Its arguments lie in the slots from the first on, and so must its results when it returns; there are at least as many
/// slots as the larger of both takes. What the others hold at first has no meaning, and is not for guests to see.
#[derive(Clone)]
pub struct HostFn {
    closure: Arc<dyn Any + Send + Sync>,
    call: Call,
    /// Slots that parameters and results take.
    slots: (usize, usize),
    datum: u64,
}

/// The ways to a closure, made for each, so that code comes to it in one step.
#[derive(Clone, Copy)]
enum Call {
    Slots(CallRecord),
    Registers(CallInRegisters),
}

impl HostFn {
    /// A host function that does what a closure does, whose parameters and results take so many slots.
    #[inline]
    pub fn new<F: Closure>(params: usize, results: usize, closure: F) -> HostFn {
        let call = if fits_in_registers(params, results) {
            Call::Registers(call_in_registers::<F>)
        } else {
            Call::Slots(call_in_slots::<F>)
        };
        HostFn { closure: Arc::new(closure), call, slots: (params, results), datum: 0 }
    }

    /// The same closure with a number of its own, which its calls [find](HostContext::datum).
    #[must_use]
    pub fn with_datum(&self, datum: u64) -> HostFn {
        HostFn { datum, ..self.clone() }
    }
}

/// What a host function does.
pub trait Closure: Fn(HostContext<'_>, &mut [Slot]) -> Result<(), HostError> + Send + Sync + 'static {}
impl<F> Closure for F where
    F: Fn(HostContext<'_>, &mut [Slot]) -> Result<(), HostError> + Send + Sync + 'static
{
}

/// A [`CallRecord`] for host functions with such a closure.
///
/// # Safety
/// As for [`call_host`], with a closure of this type in the record.
unsafe extern "C" fn call_in_slots<F: Closure>(
    _vm: *mut VmStore,
    func: *const VmFunc,
    caller: *mut VmInstance,
    args: *mut Slot,
) -> Exit {
    // SAFETY: by contract.
    unsafe {
        let slots = std::slice::from_raw_parts_mut(args, (*func).params.max((*func).results) as usize);
        run::<F>(func, caller, slots)
    }
}

/// A [`CallInRegisters`] for host functions with such a closure.
///
/// # Safety
/// As for [`call_host`], with a closure of this type in the record, and the caller too.
unsafe extern "C" fn call_in_registers<F: Closure>(
    func: *const VmFunc,
    first: Slot,
    second: Slot,
    third: Slot,
    fourth: Slot,
    fifth: Slot,
) -> Returned {
    let mut slots = [first, second, third, fourth, fifth];
    // SAFETY: by contract.
    unsafe {
        let caller = (*func).caller;
        let exit = run::<F>(func, caller, &mut slots);
        Returned::new(exit, slots[0], caller)
    }
}

/// The [`CallRecord`] of host functions that are called with registers.
///
/// # Safety
/// As for [`call_host`].
unsafe extern "C" fn load_registers(
    _vm: *mut VmStore,
    func: *const VmFunc,
    caller: *mut VmInstance,
    args: *mut Slot,
) -> Exit {
    // SAFETY: by contract. The record belongs to the store that the caller has exclusively.
    unsafe {
        (*func.cast_mut()).caller = caller;
        let Some(call) = (*func).call_in_registers else {
            unreachable!("what is called with registers says how");
        };
        let mut slots = [0; REGISTER_SLOTS];
        let params = (*func).params as usize;
        slots[..params].copy_from_slice(std::slice::from_raw_parts(args, params));
        let [first, second, third, fourth, fifth] = slots;
        let Returned { value, exit } = call(func, first, second, third, fourth, fifth);
        if exit.is_ok() && (*func).results != 0 {
            *args = value;
        }
        exit
    }
}

/// Runs the closure of a host function.
///
/// # Safety
/// As for [`call_host`], with a closure of this type in the record.
#[inline(always)]
unsafe fn run<F: Closure>(func: *const VmFunc, caller: *mut VmInstance, slots: &mut [Slot]) -> Exit {
    // SAFETY: by contract. Host functions are never removed, so that the closure outlives the call even if more of them are
    // added meanwhile.
    unsafe {
        let host = &*func.cast::<VmHostFunc>();
        let closure = &*host.closure.cast::<F>();
        let context = HostContext {
            store: &mut *host.runtime.cast::<StoreInner>(),
            caller: (!caller.is_null()).then_some(caller),
            datum: host.datum,
        };
        match closure(context, slots) {
            Ok(()) => Exit::OK,
            Err(error) => failed(host.runtime.cast(), error),
        }
    }
}

/// Notes why a host function has failed.
///
/// # Safety
/// `store` must be live and exclusively the caller's.
#[cold]
unsafe fn failed(store: *mut StoreInner, error: HostError) -> Exit {
    // SAFETY: by contract.
    unsafe { &mut *store }.fail(error)
}

/// What a host function is called with besides its arguments.
pub struct HostContext<'a> {
    /// The store.
    pub store: &'a mut StoreInner,
    /// The instance that calls; none for the host itself.
    pub caller: Option<*mut VmInstance>,
    /// The number of the function that is called: zero if it was given none.
    pub datum: u64,
}

impl HostContext<'_> {
    /// The number of the instance that calls.
    pub fn caller_id(&self) -> Option<InstanceId> {
        // SAFETY: the caller is an instance of the store.
        self.caller.map(|caller| unsafe { self.store.instance_id(caller) })
    }
}

/// A host function of a store.
pub(crate) struct HostFunc {
    /// Kept for the record, which has its address.
    _function: HostFn,
    record: *mut VmHostFunc,
}

impl Drop for HostFunc {
    fn drop(&mut self) {
        // SAFETY: boxed when it was made; the store that could refer to the record is going.
        drop(unsafe { Box::from_raw(self.record) });
    }
}

impl StoreInner {
    /// Makes a host function callable in this store.
    ///
    /// # Panics
    /// If it does not take and return as many slots as functions of the type do.
    pub fn host_func(&mut self, ty: TypeId, function: HostFn) -> FuncPtr {
        let slots = self.registry.func_type(ty).map_or((0, 0), |ty| (ty.param_slots(), ty.result_slots()));
        assert_eq!((slots.0 as usize, slots.1 as usize), function.slots, "slots of a host function");
        let (call, call_in_registers) = match function.call {
            Call::Slots(call) => (call, None),
            Call::Registers(call) => (load_registers as CallRecord, Some(call)),
        };
        let func = VmFunc {
            instance: ptr::null_mut(),
            cell: ptr::null(),
            ty: ty.as_u32(),
            index: self.host_funcs.len() as u32,
            params: slots.0,
            results: slots.1,
            native: ptr::null(),
            context: ptr::null_mut(),
            enter: None,
            caller: ptr::null_mut(),
            call: Some(call),
            call_in_registers,
        };
        let closure = Arc::as_ptr(&function.closure).cast();
        let (runtime, datum) = (self.vm.runtime, function.datum);
        let record = Box::into_raw(Box::new(VmHostFunc { func, runtime, closure, datum }));
        self.host_funcs.push(HostFunc { _function: function, record });
        FuncPtr::new(record.cast()).unwrap_or_else(|| unreachable!("boxes are not null"))
    }
}

/// Calls a host function with its arguments at `args`.
///
/// # Safety
/// `func` must be the record of a host function of the live store `vm`, which the caller has exclusively; `args` must
/// be as many slots as its arguments and its results take.
pub unsafe fn call_host(
    vm: *mut VmStore,
    func: *const VmFunc,
    caller: *mut VmInstance,
    args: *mut Slot,
) -> Exit {
    // SAFETY: by contract.
    unsafe {
        match (*func).call {
            Some(call) => call(vm, func, caller, args),
            None => failed(StoreInner::of(vm), HostError::Error(Box::new("not a host function"))),
        }
    }
}

/// Leaves an error in the store, for an exit with [`Exit::ERROR`].
///
/// # Safety
/// `vm` must be live and exclusively the caller's.
pub unsafe fn set_error(vm: *mut VmStore, error: Box<dyn Any + Send + Sync>) {
    // SAFETY: by contract.
    unsafe { StoreInner::of(vm).error = Some(error) };
}

/// The embedder's part of a store.
///
/// # Safety
/// As for [`set_error`].
pub unsafe fn host_data(vm: *mut VmStore) -> *mut c_void {
    // SAFETY: by contract.
    unsafe { StoreInner::of(vm).host_data }
}
