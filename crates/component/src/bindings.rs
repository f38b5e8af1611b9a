//! What code that `bindgen!` writes does at run time: exports are found once for a component, and compared once for an
//! instance, so that a call looks at nothing.

use crate::component::{Component, ComponentExportIndex};
use crate::func::Func;
use crate::instance::Instance;
use crate::waiting::on_stack;
use crate::{ComponentNamedList, Lift, Lower};
use sarsen::{AsContextMut, Error, Result};

/// Finds exported functions, of an interface or of the component itself.
pub fn export_indices<const N: usize>(
    component: &Component,
    interface: Option<&str>,
    names: [&str; N],
) -> Result<[ComponentExportIndex; N]> {
    let parent = interface.map(|interface| {
        let found = component.get_export_index(None, interface);
        found.ok_or_else(|| Error::msg(format!("the component exports no `{interface}`")))
    });
    let parent = parent.transpose()?;
    let find = |name: &str| {
        let found = component.get_export_index(parent.as_ref(), name);
        found.ok_or_else(|| Error::msg(format!("the component exports no {}", describe(interface, name))))
    };
    let found: Vec<_> = names.into_iter().map(find).collect::<Result<_>>()?;
    found.try_into().map_err(|_| Error::bug("as many exports as names"))
}

/// An exported function, if its types are these.
pub fn load<P, R>(
    mut store: impl AsContextMut,
    instance: &Instance,
    index: &ComponentExportIndex,
    interface: Option<&str>,
    name: &str,
) -> Result<Func>
where
    P: ComponentNamedList + Lower,
    R: ComponentNamedList + Lift,
{
    let describe = || format!("export {}", describe(interface, name));
    let func = instance.find_func(&mut store, index).map_err(|error| error.context(describe()))?;
    func.typed::<P, R>(store).map_err(|error| error.context(describe()))?;
    Ok(func)
}

/// Calls a function that was loaded with these types.
pub fn call<P, R>(func: &Func, store: impl AsContextMut, params: P) -> Result<R>
where
    P: ComponentNamedList + Lower,
    R: ComponentNamedList + Lift,
{
    func.call_checked(store, params)
}

/// The same on a stack of its own, so that the guest can wait.
pub async fn call_async<P, R>(
    func: &Func,
    store: impl AsContextMut<Data: Send + 'static>,
    params: P,
) -> Result<R>
where
    P: ComponentNamedList + Lower + Send + Sync,
    R: ComponentNamedList + Lift + Send,
{
    on_stack(store, |store| func.call_checked(store, params)).await
}

fn describe(interface: Option<&str>, name: &str) -> String {
    match interface {
        Some(interface) => format!("`{name}` of `{interface}`"),
        None => format!("`{name}`"),
    }
}
