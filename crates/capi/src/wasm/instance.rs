//! Instances.

use crate::failure::{Failure, note_failure, noted};
use crate::lent::held;
use crate::object::{Object, wasm_instance_t, wasm_module_t, wasm_ref_t, wasm_trap_t};
use crate::store::{Data, Shared, wasm_store_t};
use crate::vector::Vector;
use sarsen::{AsContextMut, Error, ErrorKind, Extern, Instance, Module, Result, StoreContextMut};
use std::sync::Arc;

/// Makes an instance.
pub(crate) fn instantiated(
    store: &Arc<Shared>,
    make: impl FnOnce(&mut StoreContextMut<'_, Data>) -> Result<Instance>,
) -> Result<Box<wasm_instance_t>, Arc<Failure>> {
    let made = store.enter(|context| make(context).map_err(|error| Failure::of_call(context, &error)));
    let instance = made.map_err(|error| Failure::from_error(&error))??;
    Ok(wasm_ref_t::new(store, Object::Instance(instance)))
}

/// The imports of a module, in its order.
fn imports(store: &Arc<Shared>, module: &Module, given: &[Option<&wasm_ref_t>]) -> Result<Vec<Extern>> {
    let expected = module.imports().len();
    if given.len() < expected {
        let message = format!("expected {expected} imports, found {}", given.len());
        return Err(Error::of(ErrorKind::Unlinkable, message));
    }
    let import = |(number, import): (usize, &Option<&wasm_ref_t>)| {
        let import = import.ok_or_else(|| Error::msg(format!("import {number} is null")))?;
        import.as_extern(store).map_err(|error| error.context(format!("import {number}")))
    };
    given[..expected].iter().enumerate().map(import).collect()
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_instance_new(
    store: *const wasm_store_t,
    module: *const wasm_module_t,
    given: *const Vector<Option<&wasm_ref_t>>,
    trap: *mut Option<Box<wasm_trap_t>>,
) -> Option<Box<wasm_instance_t>> {
    // SAFETY: by the contract of pointers.
    let (store, ready) = unsafe {
        let store = Arc::clone(&(*store).0);
        let given = given.as_ref().map_or(&[][..], Vector::elements);
        let ready =
            (*module).as_module().and_then(|module| Ok((module.clone(), imports(&store, module, given)?)));
        (store, ready)
    };
    let made = match ready {
        Ok((module, imports)) => instantiated(&store, |context| Instance::new(context, &module, &imports)),
        Err(error) => Err(Failure::from_error(&error)),
    };
    let (instance, failure) = match made {
        Ok(instance) => (Some(instance), None),
        Err(failure) => (None, Some(failure)),
    };
    if !trap.is_null() {
        // SAFETY: by the contract of pointers.
        unsafe { trap.write(failure.map(|failure| wasm_ref_t::new(&store, Object::Trap(failure)))) };
    } else if let Some(failure) = failure {
        note_failure(failure);
    }
    instance
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_instance_exports(
    instance: *const wasm_instance_t,
    out: *mut Vector<Option<Box<wasm_ref_t>>>,
) {
    // SAFETY: by the contract of pointers.
    let instance = unsafe { held(instance) };
    let store = &instance.store;
    let exports = store.try_enter(|context| {
        let exports = instance.as_instance()?.exports(context.as_context_mut());
        Ok(exports
            .map(|export| Some(wasm_ref_t::new(store, Object::from(export.into_extern()))))
            .collect::<Vector<_>>())
    });
    // SAFETY: by the contract of pointers.
    unsafe { out.write(noted(exports).unwrap_or(Vector::empty())) };
}
