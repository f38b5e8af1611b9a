//! From hosts into a linker: closures that find the host in the data of a store, call it, and make the result of the import of
//! what it returns.

use super::Generator;
use super::funcs::name;
use super::imports::{Imports, convert, drop_name, host_of};
use super::options::Flags;
use super::paths::{Place, Side};
use super::types::Mode;
use crate::krate;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Result;
use wit_parser::{Function, Type, TypeDefKind, TypeOwner};

/// How the result of a host's function becomes that of the import.
pub(super) struct Output {
    /// What the function returns.
    pub(super) ty: TokenStream,
    /// From `__result`, with `__host` at hand.
    value: TokenStream,
}

impl Generator<'_> {
    /// What a function of the host returns, and what becomes of it.
    pub(super) fn output(&self, from: Place, function: &Function, flags: Flags) -> Result<Output> {
        let krate = krate();
        if let Some(output) = self.converted(from, function)? {
            return Ok(output);
        }
        let ty = self.result(from, function)?;
        Ok(match flags.is_trappable {
            true => Output { ty: quote!(#krate::internal::Result<#ty>), value: quote!(__result?) },
            false => Output { ty, value: quote!(__result) },
        })
    }

    /// The output of a function that fails with an error of the host's.
    fn converted(&self, from: Place, function: &Function) -> Result<Option<Output>> {
        let Some(error) = self.error(function) else { return Ok(None) };
        let Some(given) = self.trappable_error(from, error) else { return Ok(None) };
        let (Some(Type::Id(result)), def) = (function.result, &self.resolve.types[error]) else {
            return Ok(None);
        };
        let TypeOwner::Interface(interface) = def.owner else { return Ok(None) };
        let ok = match &self.resolve.types[self.original(result)].kind {
            TypeDefKind::Result(wit_parser::Result_ { ok: Some(ok), .. }) => {
                self.ty(from, ok, Mode::Owned)?
            }
            _ => quote!(()),
        };
        let host = self.in_interface(from, interface, Side::Import, &format_ident!("Host"));
        let convert = convert(def.name.as_deref().unwrap_or_default());
        Ok(Some(Output {
            ty: quote!(::std::result::Result<#ok, #given>),
            value: quote! {
                match __result {
                    ::std::result::Result::Ok(__value) => ::std::result::Result::Ok(__value),
                    ::std::result::Result::Err(__error) => {
                        ::std::result::Result::Err(#host::#convert(__host, __error)?)
                    }
                }
            },
        }))
    }

    /// What puts functions and types of resources into `__linker`.
    pub(super) fn link(&self, imports: &Imports<'_>) -> Result<TokenStream> {
        let mut code = TokenStream::new();
        for group in &imports.groups {
            let host = match group.resource {
                Some((_, name)) => {
                    code.extend(self.link_resource(imports.place, name));
                    host_of(name)
                }
                None => imports.host.clone(),
            };
            for function in &group.functions {
                code.extend(self.link_function(imports.place, &host, &name(group, function), function)?);
            }
        }
        Ok(code)
    }

    fn link_function(
        &self,
        place: Place,
        host: &Ident,
        method: &Ident,
        function: &Function,
    ) -> Result<TokenStream> {
        let (krate, wit) = (krate(), &function.name);
        let flags = self.flags(place.interface, wit);
        let types = self.params(place, function, Mode::Owned)?;
        let args: Vec<_> = (0..types.len()).map(|index| format_ident!("__arg{index}")).collect();
        let Output { value, .. } = self.output(place, function, flags)?;
        let wait = flags.is_async.then(|| quote!(.await));
        let results = match function.result {
            Some(_) => quote!(::std::result::Result::Ok((#value,))),
            None if flags.is_trappable => quote!(__result),
            None => quote!(::std::result::Result::Ok(#value)),
        };
        let body = quote! {
            let __host = &mut get(__store.data_mut());
            let __result = #host::#method(__host, #(#args),*)#wait;
            #results
        };
        let define = if flags.is_async { quote!(func_wrap_async) } else { quote!(func_wrap) };
        let body = match flags.is_async {
            true => quote!(::std::boxed::Box::new(async move { #body })),
            false => body,
        };
        Ok(quote! {
            __linker.#define(
                #wit,
                move |mut __store: #krate::internal::StoreContextMut<'_, __T>, (#(#args,)*): (#(#types,)*)| {
                    #body
                },
            )?;
        })
    }

    fn link_resource(&self, place: Place, resource: &str) -> TokenStream {
        let (krate, ty, host) = (krate(), self.type_name(resource), host_of(resource));
        let is_async = self.flags(place.interface, &drop_name(resource)).is_async;
        let wait = is_async.then(|| quote!(.await));
        let body = quote! {
            #host::drop(&mut get(__store.data_mut()), #krate::Resource::new_own(__rep))#wait
        };
        let (define, body) = match is_async {
            true => (quote!(resource_async), quote!(::std::boxed::Box::new(async move { #body }))),
            false => (quote!(resource), body),
        };
        quote! {
            __linker.#define(
                #resource,
                #krate::ResourceType::host::<#ty>(),
                move |mut __store: #krate::internal::StoreContextMut<'_, __T>, __rep: u32| { #body },
            )?;
        }
    }
}
