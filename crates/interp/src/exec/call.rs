//! Calls and returns.
//!
//! The callee's frame starts at the caller's outgoing arguments, so that a call copies nothing. A call leaves its
//! return address in `acc`; the callee's `enter` stores it in the frame's *header* slot, behind the locals. The last
//! word of every call instruction starts with the distance between the two frames, and the return address is the word
//! after it: so a return finds the caller's frame without having saved it.
//!
//! A call into another instance additionally leaves a *bridge* (return address, frame, instance) at the far end of the
//! value stack and returns through the stub that takes it down again. Calls that leave the instance or reach the host
//! are in [`crate::exec::runtime`], exceptions in [`crate::unwind`].

use crate::exec::control::count;
use crate::exec::instructions;
use crate::exec::moves::Accumulated;
use crate::exec::runtime::{call_record, tail_call_record, translate};
use crate::inst::{self, Family};
use crate::machine::{Body, Flow, Ip, Machine, Sp, aside};
use crate::operand::{Form1, Source, one};
use crate::payload::{self, at};
use crate::tiering::original;
use crate::value::{Class, Value};
use sarsen_abi::VmFunc;
use sarsen_isa::Trap;
use std::hint::cold_path;
use std::marker::PhantomData;
use std::sync::atomic::Ordering::Acquire;

/// Slots that `enter` keeps free above every frame, so that a bridge always fits below the limit.
pub(crate) const STACK_SLACK: usize = 8;

/// The distance from the caller's frame to the callee's, given the return address.
///
/// # Safety
/// `ret` must be a return address.
#[inline(always)]
pub(crate) unsafe fn frame_distance(ret: Ip) -> usize {
    // SAFETY: the word before a return address starts with the distance.
    unsafe { usize::from(*ret.sub(1).cast::<u16>()) }
}

/// Goes back to `ret`, from the callee's frame to the caller's.
///
/// # Safety
/// `ret` must be the return address of the current frame.
#[inline(always)]
pub(crate) unsafe fn return_to(m: &mut Machine, ret: Ip) -> Flow {
    // SAFETY: by contract.
    unsafe {
        m.fp = m.fp.sub(frame_distance(ret));
        m.ip = ret;
        Flow::Next
    }
}

/// The return address in the header slot at byte `at`.
///
/// # Safety
/// The payload must be the frame's header slot.
#[inline(always)]
unsafe fn return_address(m: &Machine, at: usize) -> Ip {
    // SAFETY: `enter` stored it there.
    unsafe { std::ptr::with_exposed_provenance(*m.slot(at) as usize) }
}

/// Whether a frame of `slots` slots at `fp` fits on the value stack.
///
/// # Safety
/// `ctx` must be live.
#[inline(always)]
pub(crate) unsafe fn fits(m: &Machine, slots: usize) -> bool {
    // SAFETY: the store of a live instance is live.
    unsafe { m.fp.wrapping_add(slots + STACK_SLACK) <= (*m.store()).stack_limit }
}

/// Gives the machine the position of the call that led here, before the callee's frame exists or as if it did not: where a
/// stack overflow is reported, and where compiled code in the callee's place is called.
///
/// # Safety
/// The return address must be in `acc`.
pub(crate) unsafe fn back_at_call(m: &mut Machine) {
    let ret: Ip = std::ptr::with_exposed_provenance(m.acc as usize);
    // SAFETY: by contract.
    unsafe {
        m.fp = m.fp.sub(frame_distance(ret));
        m.ip = ret.sub(1);
    }
}

/// From this many locals on, `enter` zeroes them in a loop.
pub(crate) const MANY_ZEROED: u16 = 9;
/// Variants of [`Enter`].
pub(crate) const ENTER_VARIANTS: u16 = MANY_ZEROED + 1;

/// `frame header zeroed`: checks the stack, zeroes the locals that are not parameters, and counts a call.
pub(crate) struct Enter<const ZEROED: u16>;

impl<const ZEROED: u16> Body for Enter<ZEROED> {
    const ID: u16 = inst::base(Family::Enter) + ZEROED;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the frame is checked against the stack's limit before it is written.
        unsafe {
            if !fits(m, m.u32_at(at!(Enter.frame)) as usize) {
                cold_path();
                return Flow::Slow;
            }
            let header = m.slot(at!(Enter.header));
            *header = m.acc;
            if ZEROED < MANY_ZEROED {
                header.sub(ZEROED as usize).write_bytes(0, ZEROED as usize);
            } else {
                zero_below(header, m.u16_at(at!(Enter.zeroed)) as usize);
            }
            m.advance(payload::Enter::WORDS);
            count(m)
        }
    }

    unsafe fn slow(m: &mut Machine) -> Flow {
        // SAFETY: `acc` still holds the return address.
        unsafe { back_at_call(m) };
        Flow::Trap(Trap::StackOverflow)
    }
}

/// Zeroes the `count >= 1` slots below `end`.
///
/// # Safety
/// They must be slots of the frame.
#[inline(always)]
unsafe fn zero_below(end: Sp, count: usize) {
    let mut left = count;
    while left > 0 {
        // SAFETY: by contract. Volatile, because a call to `memset` would need a frame.
        unsafe { end.sub(left).write_volatile(0) };
        left -= 1;
    }
}

/// `header value`: returns one scalar.
pub(crate) struct Return<T, X>(PhantomData<(T, X)>);

/// Variants of [`Return`].
pub(crate) const RETURN_VARIANTS: u16 = Class::COUNT * one::COUNT;

impl<T: Accumulated, X: Form1> Body for Return<T, X> {
    const ID: u16 = inst::base(Family::Return) + one::of(T::CLASS, X::INDEX);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented.
        unsafe {
            let value = X::X::get::<T>(m);
            let ret = return_address(m, at!(Return.header));
            value.store(m.fp);
            value.set_acc(m);
            return_to(m, ret)
        }
    }
}

/// `callee ty arguments table`
pub(crate) struct CallIndirect<X>(PhantomData<X>);

impl<X: Form1> CallIndirect<X> {
    /// The callee's record.
    ///
    /// # Safety
    /// As for [`Body::run`].
    #[inline(always)]
    unsafe fn callee(m: &Machine) -> Result<*const VmFunc, Trap> {
        // SAFETY: the payload names a table of functions of the instance.
        unsafe {
            let index = X::X::get::<i64>(m) as u64;
            element(m, m.u32_at(at!(CallIndirect.table)), index)
        }
    }
}

/// As [`element`]; a record is made that is still to be made.
///
/// # Safety
/// As for [`element`].
unsafe fn made_element(m: &Machine, table: u32, index: u64) -> Result<*const VmFunc, Trap> {
    // SAFETY: by contract.
    unsafe {
        match element(m, table, index) {
            Err(Trap::IndirectCallToNull) => match sarsen_vm::table_element(m.ctx, table, index) {
                0 => Err(Trap::IndirectCallToNull),
                made => Ok(std::ptr::with_exposed_provenance(made as usize)),
            },
            known => known,
        }
    }
}

/// The function record at `index` of table `table`, if it has been made.
///
/// # Safety
/// The table must exist and hold functions.
#[inline(always)]
unsafe fn element(m: &Machine, table: u32, index: u64) -> Result<*const VmFunc, Trap> {
    // SAFETY: by contract; the index is checked.
    unsafe {
        let table = *(*m.ctx).tables.add(table as usize);
        if index >= (*table).len {
            cold_path();
            return Err(Trap::UndefinedElement);
        }
        let bits = *(*table).base.add(index as usize);
        if bits == 0 {
            cold_path();
            return Err(Trap::IndirectCallToNull);
        }
        Ok(std::ptr::with_exposed_provenance(bits as usize))
    }
}

/// Enters `callee` if it is translated, in this instance and of type `ty`.
///
/// # Safety
/// `callee` must be a function record, `ret` the return address of a call whose arguments lie `arguments` slots up.
#[inline(always)]
unsafe fn enter_near(m: &mut Machine, callee: *const VmFunc, arguments: u16, ret: Ip) -> Flow {
    // SAFETY: by contract; a record of this instance has a cell.
    unsafe {
        if (*callee).instance != m.ctx {
            cold_path();
            return Flow::Slow;
        }
        let code = (*(*callee).cell).0.load(Acquire);
        if code.is_null() {
            cold_path();
            return Flow::Slow;
        }
        m.acc = ret.expose_provenance() as u64;
        m.fp = m.fp.add(usize::from(arguments));
        m.ip = code.cast();
        Flow::Next
    }
}

impl<X: Form1> Body for CallIndirect<X> {
    const ID: u16 = inst::base(Family::CallIndirect) + X::INDEX;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented.
        unsafe {
            match Self::callee(m) {
                Ok(callee) if (*callee).ty == m.u32_at(at!(CallIndirect.ty)) => enter_near(
                    m,
                    callee,
                    m.u16_at(at!(CallIndirect.arguments)),
                    m.ip.add(payload::CallIndirect::WORDS),
                ),
                Ok(_) | Err(Trap::IndirectCallToNull) => Flow::Slow,
                Err(trap) => Flow::Trap(trap),
            }
        }
    }

    unsafe fn slow(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented.
        unsafe {
            let (table, index) = (m.u32_at(at!(CallIndirect.table)), X::X::get::<i64>(m) as u64);
            let callee = made_element(m, table, index);
            match callee.and_then(|callee| check_type(m, callee, m.u32_at(at!(CallIndirect.ty)))) {
                Ok(callee) => call_record(
                    m,
                    callee,
                    m.u16_at(at!(CallIndirect.arguments)),
                    payload::CallIndirect::WORDS,
                ),
                Err(trap) => Flow::Trap(trap),
            }
        }
    }
}

/// `callee`, if its type is `ty` or a subtype of it.
///
/// # Safety
/// `callee` must be a function record.
unsafe fn check_type(m: &Machine, callee: *const VmFunc, ty: u32) -> Result<*const VmFunc, Trap> {
    // SAFETY: by contract.
    if unsafe { (*callee).ty == ty || sarsen_vm::is_subtype(m.ctx, (*callee).ty, ty) } {
        Ok(callee)
    } else {
        Err(Trap::BadSignature)
    }
}

/// `arguments callee`
pub(crate) struct CallRef<X>(PhantomData<X>);

impl<X: Form1> Body for CallRef<X> {
    const ID: u16 = inst::base(Family::CallRef) + X::INDEX;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented.
        unsafe {
            let callee = record(X::X::get::<i64>(m));
            if callee.is_null() {
                cold_path();
                return Flow::Trap(Trap::NullFunctionReference);
            }
            enter_near(m, callee, m.u16_at(at!(CallRef.arguments)), m.ip.add(payload::CallRef::WORDS))
        }
    }

    unsafe fn slow(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented, and `run` found the callee not null.
        unsafe {
            let callee = record(X::X::get::<i64>(m));
            call_record(m, callee, m.u16_at(at!(CallRef.arguments)), payload::CallRef::WORDS)
        }
    }
}

/// The record that a function reference is the address of.
#[inline(always)]
fn record(bits: i64) -> *const VmFunc {
    std::ptr::with_exposed_provenance(bits as usize)
}

/// `arguments function`: a defined function of this instance
pub(crate) struct Call;

impl Body for Call {
    const ID: u16 = inst::base(Family::Call);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented.
        unsafe {
            let code = (*(*m.ctx).code.add(m.u32_at(at!(Call.function)) as usize)).0.load(Acquire);
            if code.is_null() {
                cold_path();
                return Flow::Slow;
            }
            m.acc = m.ip.add(payload::Call::WORDS).expose_provenance() as u64;
            m.fp = m.fp.add(usize::from(m.u16_at(at!(Call.arguments))));
            m.ip = code.cast();
            Flow::Next
        }
    }

    unsafe fn slow(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented. Once translated, the call runs again.
        unsafe { translate(m, m.u32_at(at!(Call.function))) }
    }
}

/// `arguments header slots callee_index`: a defined function of this instance. Stays in this tier: compiled code would run
/// inside of this activation, and tail calls there and back inside of one another.
pub(crate) struct ReturnCall;

impl Body for ReturnCall {
    const ID: u16 = inst::base(Family::ReturnCall);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented.
        unsafe {
            let code = (*(*m.ctx).code.add(m.u32_at(at!(TailCall.callee_index)) as usize)).0.load(Acquire);
            if code.is_null() {
                cold_path();
                return Flow::Slow;
            }
            let code = original(code.cast());
            m.acc = *m.slot(at!(TailCall.header));
            move_down(m.slot(at!(TailCall.arguments)), m.fp, m.u16_at(at!(TailCall.slots)));
            m.ip = code;
            Flow::Next
        }
    }

    unsafe fn slow(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented. Once translated, the call runs again.
        unsafe { translate(m, m.u32_at(at!(TailCall.callee_index))) }
    }
}

/// Copies `count` slots from `from` down to `to`.
///
/// # Safety
/// Both must be slots of the stack, `to <= from`.
#[inline(always)]
pub(crate) unsafe fn move_down(from: Sp, to: Sp, count: u16) {
    let mut at = 0;
    while at < usize::from(count) {
        // SAFETY: by contract. Volatile, because a call to `memmove` would need a frame.
        unsafe { to.add(at).write_volatile(*from.add(at)) };
        at += 1;
    }
}

instructions! {
    /// `header`: returns nothing, or results that already lie at the frame's start.
    ReturnNone |m| {
        let ret = return_address(m, at!(Return.header));
        return_to(m, ret)
    }

    /// `arguments function`: an imported one
    CallImported |m| {
        let callee = *(*m.ctx).imported_funcs.add(m.u32_at(at!(Call.function)) as usize);
        aside(m, move |m| call_record(m, callee, m.u16_at(at!(Call.arguments)), payload::Call::WORDS))
    }

    /// `arguments header slots callee_index`: an imported function
    ReturnCallImported |m| {
        let callee = *(*m.ctx).imported_funcs.add(m.u32_at(at!(TailCall.callee_index)) as usize);
        aside(m, move |m| tail_call_record(m, callee))
    }

    /// `arguments header slots callee callee_index table`: by index in the table and type
    ReturnCallIndirect |m| {
        let index = *m.slot(at!(TailCall.callee));
        aside(m, move |m| {
            let callee = made_element(m, m.u32_at(at!(TailCall.table)), index);
            match callee.and_then(|callee| check_type(m, callee, m.u32_at(at!(TailCall.callee_index)))) {
                Ok(callee) => tail_call_record(m, callee),
                Err(trap) => Flow::Trap(trap),
            }
        })
    }

    /// `arguments header slots callee`
    ReturnCallRef |m| {
        let callee = record(*m.slot(at!(TailCall.callee)) as i64);
        if callee.is_null() {
            return Flow::Trap(Trap::NullFunctionReference);
        }
        aside(m, move |m| tail_call_record(m, callee))
    }

    /// `frame far zeroed_from`: the entry of a function with more locals than slot numbers reach.
    /// Parameters, locals and header (the last of the far slots) end up below `fp`.
    EnterFar |m| {
        let far = m.u32_at(at!(EnterFar.far)) as usize;
        if !fits(m, far + m.u32_at(at!(EnterFar.frame)) as usize) {
            back_at_call(m);
            return Flow::Trap(Trap::StackOverflow);
        }
        let zeroed = m.u32_at(at!(EnterFar.zeroed_from)) as usize;
        m.fp.add(zeroed).write_bytes(0, far - 1 - zeroed);
        *m.fp.add(far - 1) = m.acc;
        m.fp = m.fp.add(far);
        m.advance(payload::EnterFar::WORDS);
        count(m)
    }

    /// `far from slots`: the return from such a function.
    ReturnFar |m| {
        let start = m.fp.sub(m.u32_at(at!(LeaveFar.far)) as usize);
        let ret: Ip = std::ptr::with_exposed_provenance(*m.fp.sub(1) as usize);
        std::ptr::copy(m.slot(at!(LeaveFar.from)), start, usize::from(m.u16_at(at!(LeaveFar.slots))));
        m.fp = start;
        load_accumulators(m, start);
        return_to(m, ret)
    }

    /// `far from slots`: turns such a frame into an ordinary one whose header is slot `slots`,
    /// followed by the values: what the tail call behind it expects.
    LeaveFar |m| {
        let start = m.fp.sub(m.u32_at(at!(LeaveFar.far)) as usize);
        let count = usize::from(m.u16_at(at!(LeaveFar.slots)));
        let ret = *m.fp.sub(1);
        std::ptr::copy(m.slot(at!(LeaveFar.from)), start.add(count + 1), count);
        *start.add(count) = ret;
        m.fp = start;
        m.advance(payload::LeaveFar::WORDS);
        Flow::Next
    }

    /// The stub that a call from another instance returns to: takes down its bridge.
    ReturnBridge |m| {
        let store = m.store();
        let results = m.fp;
        let bridge = (*store).stack_limit;
        (*store).stack_limit = bridge.add(BRIDGE_SLOTS);
        m.ip = std::ptr::with_exposed_provenance(*bridge as usize);
        m.fp = std::ptr::with_exposed_provenance_mut(*bridge.add(1) as usize);
        m.ctx = std::ptr::with_exposed_provenance_mut(*bridge.add(2) as usize);
        m.reload_memory();
        load_accumulators(m, results);
        Flow::Next
    }
}

/// The stub that a call from the host returns to.
pub(crate) struct Halt;

impl Body for Halt {
    const ID: u16 = inst::base(Family::Halt);

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        m.acc = u64::from(sarsen_abi::Exit::OK.0);
        Flow::Exit
    }
}

/// Slots of a bridge: return address, frame, instance.
pub(crate) const BRIDGE_SLOTS: usize = 3;
const _: () = assert!(BRIDGE_SLOTS <= STACK_SLACK);

/// Loads all accumulators from `slot`: the code after a call takes a single result from the one that fits its type.
///
/// # Safety
/// `slot` must be readable.
#[inline(always)]
pub(crate) unsafe fn load_accumulators(m: &mut Machine, slot: Sp) {
    // SAFETY: by contract.
    unsafe {
        m.acc = *slot;
        m.f = f32::load(slot);
        m.d = f64::load(slot);
    }
}
