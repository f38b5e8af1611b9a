//! What the guest has: a struct for an interface with a method for each function, and one for each resource.

use super::define::docs;
use super::funcs::{Group, long_list, param_names, results};
use super::paths::Place;
use super::types::Mode;
use super::{Generator, Interface};
use crate::krate;
use crate::names::{camel, snake};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Result;
use wit_parser::{Function, FunctionKind};

impl<'a> Generator<'a> {
    /// The module of an interface.
    pub(super) fn export(&self, interface: &Interface<'a>) -> Result<TokenStream> {
        let Interface { key, id, place } = *interface;
        let (krate, wit) = (krate(), &self.resolve.interfaces[id]);
        let name = self.resolve.name_world_key(key);
        let types = wit.types.values().map(|&id| self.define(place, id)).collect::<Result<Vec<_>>>()?;
        let resources = wit.types.values().copied().filter(|&id| self.is_resource(id));
        let groups = self.groups(wit.functions.values(), resources)?;
        let functions: Vec<_> = groups.iter().flat_map(|group| group.functions.iter().copied()).collect();
        let (count, names) = (functions.len(), functions.iter().map(|function| &function.name));
        let loads = self.loads(place, Some(&name), &functions)?;
        let calls = self.calls(place, &groups)?;
        let docs = docs(&wit.docs, || format!("`{name}`, exported by an instance."));
        let doc = format!("Where a component exports what `{name}` has.");
        Ok(quote! {
            #(#types)*

            #docs
            #[derive(Clone, Debug)]
            pub struct Guest { __funcs: [#krate::Func; #count] }

            #[doc = #doc]
            #[derive(Clone, Debug)]
            pub struct GuestIndices { __indices: [#krate::ComponentExportIndex; #count] }

            impl GuestIndices {
                /// Finds the exports.
                ///
                /// # Errors
                /// If one is missing.
                pub fn new(component: &#krate::Component) -> #krate::internal::Result<GuestIndices> {
                    let names = [#(#names),*];
                    let __indices = #krate::internal::export_indices(
                        component,
                        ::std::option::Option::Some(#name),
                        names,
                    )?;
                    ::std::result::Result::Ok(GuestIndices { __indices })
                }

                /// The exports of an instance.
                ///
                /// # Errors
                /// If one has another type.
                pub fn load(
                    &self,
                    mut store: impl #krate::internal::AsContextMut,
                    instance: &#krate::Instance,
                ) -> #krate::internal::Result<Guest> {
                    let _ = (&mut store, instance);
                    ::std::result::Result::Ok(Guest { __funcs: [#(#loads),*] })
                }
            }

            #calls
        })
    }

    /// Loads functions: they have the indices of the list.
    pub(super) fn loads(
        &self,
        place: Place,
        interface: Option<&str>,
        functions: &[&Function],
    ) -> Result<Vec<TokenStream>> {
        let krate = krate();
        let interface = match interface {
            Some(name) => quote!(::std::option::Option::Some(#name)),
            None => quote!(::std::option::Option::None),
        };
        let load = |(index, function): (usize, &&Function)| {
            let params = self.params(place, function, Mode::Borrowed)?;
            let (results, name) = (results(function, &self.result(place, function)?), &function.name);
            Ok(quote! {
                #krate::internal::load::<(#(#params,)*), #results>(
                    &mut store,
                    instance,
                    &self.__indices[#index],
                    #interface,
                    #name,
                )?
            })
        };
        functions.iter().enumerate().map(load).collect()
    }

    /// The methods of `Guest`, and the structs for resources.
    fn calls(&self, place: Place, groups: &[Group<'_>]) -> Result<TokenStream> {
        let (mut own, mut resources) = (TokenStream::new(), TokenStream::new());
        let mut index = 0;
        for group in groups {
            let mut methods = TokenStream::new();
            for function in &group.functions {
                methods.extend(self.call(place, function, index)?);
                index += 1;
            }
            let Some((_, name)) = group.resource else {
                own.extend(methods);
                continue;
            };
            let (ident, method) = (format_ident!("Guest{}", camel(name)), snake(name));
            let doc = format!("The functions of `{name}`.");
            own.extend(quote! {
                #[doc = #doc]
                pub fn #method(&self) -> #ident<'_> {
                    #ident { __funcs: &self.__funcs }
                }
            });
            let funcs = funcs_of(groups);
            resources.extend(quote! {
                #[doc = #doc]
                #[derive(Clone, Copy, Debug)]
                pub struct #ident<'a> { __funcs: &'a #funcs }

                impl #ident<'_> { #methods }
            });
        }
        Ok(quote!(impl Guest { #own } #resources))
    }

    /// The method that calls a function, the one of this number in `funcs`.
    pub(super) fn call(&self, place: Place, function: &Function, index: usize) -> Result<TokenStream> {
        let (krate, names) = (krate(), param_names(function));
        let types = self.params(place, function, Mode::Borrowed)?;
        let result = self.result(place, function)?;
        let (ident, results) = (call_name(function), results(function, &result));
        let docs = docs(&function.docs, || format!("Calls `{}`.", function.name));
        let lint = long_list(names.len() + 1);
        // A guest that may wait does so on a stack of its own, which may go to another thread with the data of the store.
        let (asynchronous, how, awaited, send) = match self.is_called_async(place.interface, &function.name) {
            true => (
                quote!(async),
                quote!(call_async),
                quote!(.await),
                quote!(<Data: ::std::marker::Send + 'static>),
            ),
            false => (quote!(), quote!(call), quote!(), quote!()),
        };
        let call = quote! {
            #krate::internal::#how::<(#(#types,)*), #results>(&self.__funcs[#index], store, (#(#names,)*))
                #awaited
        };
        let call = match function.result {
            Some(_) => quote!(::std::result::Result::Ok(#call?.0)),
            None => call,
        };
        Ok(quote! {
            #docs
            ///
            /// # Errors
            /// If the call fails. Its instance cannot be called any more then.
            #lint
            pub #asynchronous fn #ident(
                &self,
                store: impl #krate::internal::AsContextMut #send,
                #(#names: #types),*
            ) -> #krate::internal::Result<#result> {
                #call
            }
        })
    }
}

/// The type of all functions of an interface.
fn funcs_of(groups: &[Group<'_>]) -> TokenStream {
    let krate = krate();
    let count: usize = groups.iter().map(|group| group.functions.len()).sum();
    quote!([#krate::Func; #count])
}

fn call_name(function: &Function) -> Ident {
    match function.kind {
        FunctionKind::Constructor(_) => format_ident!("call_constructor"),
        FunctionKind::Method(_) | FunctionKind::Static(_) if function.item_name() == "constructor" => {
            format_ident!("call_constructor_")
        }
        // The name has `call_` before it, and is no word of the language then.
        _ => {
            let name = snake(function.item_name()).to_string();
            let name = if syn::parse_str::<Ident>(name.trim_end_matches('_')).is_err() {
                name.trim_end_matches('_').to_owned()
            } else {
                name
            };
            format_ident!("call_{name}")
        }
    }
}
