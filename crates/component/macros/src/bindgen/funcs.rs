//! What functions of imports and exports have in common: names, parameters, and what is asked of them.

use super::Generator;
use super::options::{Flags, FunctionFlags};
use super::paths::Place;
use super::types::{Mode, unsupported};
use crate::names::snake;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Result;
use wit_parser::{Function, FunctionKind, InterfaceId, TypeId};

/// Parameters beside `self` that clippy takes for normal.
const MANY: usize = 6;

/// Functions that belong together: those of a resource, or the others of an interface.
pub(super) struct Group<'a> {
    /// None for those that belong to no resource.
    pub(super) resource: Option<(TypeId, &'a str)>,
    pub(super) functions: Vec<&'a Function>,
}

impl<'a> Generator<'a> {
    /// Sorts functions by the resources that are defined beside them.
    ///
    /// # Errors
    /// If there is one of a kind that cannot be called yet.
    pub(super) fn groups(
        &self,
        functions: impl IntoIterator<Item = &'a Function>,
        resources: impl IntoIterator<Item = TypeId>,
    ) -> Result<Vec<Group<'a>>> {
        let resources = resources.into_iter().map(|id| {
            let name = self.resolve.types[id].name.as_deref().unwrap_or_default();
            Group { resource: Some((id, name)), functions: Vec::new() }
        });
        let mut groups = vec![Group { resource: None, functions: Vec::new() }];
        groups.extend(resources);
        for function in functions {
            check(function)?;
            let resource = function.kind.resource();
            let group = groups.iter_mut().find(|group| group.resource.map(|(id, _)| id) == resource);
            if let Some(group) = group {
                group.functions.push(function);
            }
        }
        Ok(groups)
    }

    /// How a function of the host is written. It is called by its name in WIT, `[drop]foo` for the end of a resource.
    pub(super) fn flags(&self, interface: Option<InterfaceId>, name: &str) -> Flags {
        self.flags_of(&self.options.imports, interface, name)
    }

    /// Whether a function of the guest is called such that it may wait.
    pub(super) fn is_called_async(&self, interface: Option<InterfaceId>, name: &str) -> bool {
        self.flags_of(&self.options.exports, interface, name).is_async
    }

    fn flags_of(&self, functions: &FunctionFlags, interface: Option<InterfaceId>, name: &str) -> Flags {
        let spellings = self.function_spellings(interface, name);
        let named = functions.named.iter().find(|(name, _)| spellings.contains(&name.value()));
        named.map_or(functions.default, |(_, flags)| *flags)
    }

    /// The types of the parameters.
    pub(super) fn params(&self, from: Place, function: &Function, mode: Mode) -> Result<Vec<TokenStream>> {
        function.params.iter().map(|param| self.ty(from, &param.ty, mode)).collect()
    }

    /// The type of the result, `()` if there is none.
    pub(super) fn result(&self, from: Place, function: &Function) -> Result<TokenStream> {
        function.result.map_or_else(|| Ok(quote!(())), |ty| self.ty(from, &ty, Mode::Owned))
    }
}

/// The type of a result as a tuple.
pub(super) fn results(function: &Function, result: &TokenStream) -> TokenStream {
    if function.result.is_some() { quote!((#result,)) } else { quote!(()) }
}

/// Nobody who uses generated code can make a list of parameters shorter: clippy has nothing to say about it. How many it has
/// something to say about is theirs to set, so nothing is expected.
pub(super) fn long_list(params: usize) -> Option<TokenStream> {
    let lint = quote!(allow(clippy::too_many_arguments));
    (params > MANY).then(|| quote!(#[#lint]))
}

/// The names of the parameters.
pub(super) fn param_names(function: &Function) -> Vec<Ident> {
    let name = |param: &wit_parser::Param| {
        let ident = snake(&param.name);
        // The name of what exports are called with.
        if ident == "store" { format_ident!("store_") } else { ident }
    };
    function.params.iter().map(name).collect()
}

/// The name of a function of the host's without that of its resource.
pub(super) fn name(group: &Group<'_>, function: &Function) -> Ident {
    let is_constructor = |function: &Function| matches!(function.kind, FunctionKind::Constructor(_));
    if is_constructor(function) {
        return format_ident!("new");
    }
    let name = snake(function.item_name());
    // Each resource has an end, and what makes one has no name in WIT.
    let is_taken = group.resource.is_some()
        && (name == "drop" || name == "new" && group.functions.iter().any(|other| is_constructor(other)));
    if is_taken { format_ident!("{name}_") } else { name }
}

/// Fails for what needs asynchronous tasks, or is not known.
fn check(function: &Function) -> Result<()> {
    match function.kind {
        FunctionKind::Freestanding
        | FunctionKind::Method(_)
        | FunctionKind::Static(_)
        | FunctionKind::Constructor(_) => Ok(()),
        _ if function.kind.is_async() => {
            Err(unsupported(&format!("functions that are `async` in WIT, such as `{}`,", function.name)))
        }
        _ => Err(unsupported(&format!("accessors such as `{}`", function.name))),
    }
}
