//! Calls that can wait, of components and by them: where the rest of this crate promises that nothing on its stack belongs to one
//! thread.
//!
//! # Invariants
//!
//! What is given to these functions keeps on its stack, while it calls guests or waits, only what can go to another thread:
//! numbers, values of the component model, and what has the store. It calls closures of the embedder's without waiting, or
//! waits for futures that can be sent; guests allocate without waiting, as values of the embedder's are on the stack then.

use sarsen::{AsContextMut, Caller, FuncType, NumericHostFunc, Result, StoreContextMut};

/// A host function that lets what it calls wait.
pub(crate) fn host_func<T: 'static>(
    ty: FuncType,
    func: impl Fn(Caller<'_, T>, u64, &mut [u64]) -> Result<()> + Send + Sync + 'static,
) -> Result<NumericHostFunc> {
    // SAFETY: by the invariants.
    unsafe { NumericHostFunc::new_waiting(ty, func) }
}

/// Calls a function on a stack of its own.
pub(crate) async fn on_stack<T: Send + 'static, R: Send>(
    mut store: impl AsContextMut<Data = T>,
    call: impl FnOnce(StoreContextMut<'_, T>) -> Result<R> + Send,
) -> Result<R> {
    let mut store = store.as_context_mut();
    // SAFETY: by the invariants.
    unsafe { store.call_on_stack(call) }.await
}
