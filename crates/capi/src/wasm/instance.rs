//! Instances.

use crate::failure::{Failure, note_failure, noted};
use crate::object::{Object, wasm_instance_t, wasm_module_t, wasm_ref_t, wasm_trap_t};
use crate::store::{Data, Shared, wasm_store_t};
use crate::vector::Vector;
use sarsen::{AsContextMut, Error, ErrorKind, Extern, Instance, Module, Result, StoreContextMut};
use std::mem::MaybeUninit;
use std::sync::Arc;

/// Makes an instance, and remembers of which module it is.
pub(crate) fn instantiated(
    store: &Arc<Shared>,
    module: &Module,
    make: impl FnOnce(&mut StoreContextMut<'_, Data>) -> Result<Instance>,
) -> Result<Box<wasm_instance_t>, Arc<Failure>> {
    let made = store.enter(|context| make(context).map_err(|error| Failure::of_call(context, &error)));
    let instance = made.map_err(|error| Failure::from_error(&error))??;
    store.made(module, instance);
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
    trap: Option<&mut MaybeUninit<Option<Box<wasm_trap_t>>>>,
) -> Option<Box<wasm_instance_t>> {
    // Callbacks may delete what they have been given: nothing of it is kept.
    // SAFETY: by the contract of pointers.
    let (store, ready) = unsafe {
        let store = Arc::clone(&(*store).0);
        let given = given.as_ref().map_or(&[][..], Vector::elements);
        let ready =
            (*module).as_module().and_then(|module| Ok((module.clone(), imports(&store, module, given)?)));
        (store, ready)
    };
    let made = match ready {
        Ok((module, imports)) => {
            instantiated(&store, &module, |context| Instance::new(context, &module, &imports))
        }
        Err(error) => Err(Failure::from_error(&error)),
    };
    let (instance, failure) = match made {
        Ok(instance) => (Some(instance), None),
        Err(failure) => (None, Some(failure)),
    };
    match (trap, failure) {
        (Some(out), failure) => {
            out.write(failure.map(|failure| wasm_ref_t::new(&store, Object::Trap(failure))));
        }
        (None, Some(failure)) => note_failure(failure),
        (None, None) => {}
    }
    instance
}

#[unsafe(no_mangle)]
extern "C" fn wasm_instance_exports(
    instance: &wasm_instance_t,
    out: &mut MaybeUninit<Vector<Option<Box<wasm_ref_t>>>>,
) {
    let store = &instance.store;
    let exports = store.try_enter(|context| {
        let exports = instance.as_instance()?.exports(context.as_context_mut());
        Ok(exports
            .map(|export| Some(wasm_ref_t::new(store, Object::from(export.into_extern()))))
            .collect::<Vector<_>>())
    });
    out.write(noted(exports).unwrap_or(Vector::empty()));
}
