//! What the host has to do: a trait for the functions of an interface, and one for each of its resources.

use super::define::docs;
use super::funcs::{Group, long_list, name, param_names};
use super::paths::{Place, Side};
use super::types::Mode;
use super::{Generator, Interface};
use crate::krate;
use crate::names::{camel, snake};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Result;
use wit_parser::{Docs, Function, TypeDefKind, TypeId, TypeOwner};

/// What is imported under one name, or under none.
pub(super) struct Imports<'a> {
    pub(super) place: Place,
    /// The trait for what belongs to no resource.
    pub(super) host: Ident,
    pub(super) groups: Vec<Group<'a>>,
    /// Types of the host's that are turned into these errors, which are defined here.
    pub(super) errors: Vec<TypeId>,
}

impl<'a> Generator<'a> {
    /// The module of an interface.
    pub(super) fn import(&self, interface: &Interface<'a>) -> Result<TokenStream> {
        let Interface { key, id, place } = *interface;
        let wit = &self.resolve.interfaces[id];
        let types = wit.types.values().map(|&id| self.define(place, id)).collect::<Result<Vec<_>>>()?;
        let resources = wit.types.values().copied().filter(|&id| self.is_resource(id));
        let errors = wit.types.values().copied().filter(|&id| self.trappable_error(place, id).is_some());
        let imports = Imports {
            place,
            host: format_ident!("Host"),
            groups: self.groups(wit.functions.values(), resources)?,
            errors: errors.collect(),
        };
        let traits = self.traits(&imports)?;
        let krate = krate();
        let name = self.resolve.name_world_key(key);
        let doc =
            format!("Defines what `{name}` has, with the host that `get` finds in the data of a store.");
        let (generics, bounds) = self.linker_bounds(&imports);
        let define = self.link(&imports)?;
        Ok(quote! {
            #(#types)*
            #traits

            #[doc = #doc]
            ///
            /// # Errors
            /// If something is defined already.
            pub fn add_to_linker #generics(
                linker: &mut #krate::Linker<__T>,
                get: fn(&mut __T) -> __D::Data<'_>,
            ) -> #krate::internal::Result<()>
            #bounds
            {
                let mut __linker = linker.instance(#name)?;
                #define
                let _ = (&mut __linker, get);
                ::std::result::Result::Ok(())
            }
        })
    }

    pub(super) fn is_resource(&self, id: TypeId) -> bool {
        matches!(self.resolve.types[id].kind, TypeDefKind::Resource)
    }

    /// Whether a trait has a function that may wait.
    pub(super) fn has_async(&self, imports: &Imports<'_>) -> bool {
        let is_async = |name: &str| self.flags(imports.place.interface, name).is_async;
        imports.groups.iter().any(|group| {
            group.functions.iter().any(|function| is_async(&function.name))
                || group.resource.is_some_and(|(_, name)| is_async(&drop_name(name)))
        })
    }

    /// What a function that adds to a linker is generic over.
    fn linker_bounds(&self, imports: &Imports<'_>) -> (TokenStream, TokenStream) {
        let (krate, host) = (krate(), &imports.host);
        let send = self.has_async(imports).then(|| quote!(+ ::std::marker::Send));
        let others = self.other_hosts(imports);
        (
            quote!(<__T, __D>),
            quote! {
                where
                    __T: 'static #send,
                    __D: #krate::HasData,
                    for<'a> __D::Data<'a>: #host #(+ #others)*,
            },
        )
    }

    /// The traits of other interfaces that turn errors of the host's into those of WIT.
    pub(super) fn other_hosts(&self, imports: &Imports<'_>) -> Vec<TokenStream> {
        let functions = imports.groups.iter().flat_map(|group| &group.functions);
        let mut hosts: Vec<TokenStream> = Vec::new();
        for error in functions.filter_map(|function| self.error(function)) {
            let TypeOwner::Interface(interface) = self.resolve.types[error].owner else { continue };
            if self.trappable_error(imports.place, error).is_none()
                || imports.place.interface == Some(interface)
            {
                continue;
            }
            let host = self.in_interface(imports.place, interface, Side::Import, &format_ident!("Host"));
            if !hosts.iter().any(|known| known.to_string() == host.to_string()) {
                hosts.push(host);
            }
        }
        hosts
    }

    pub(super) fn traits(&self, imports: &Imports<'_>) -> Result<TokenStream> {
        let is_async = self.has_async(imports);
        let krate = krate();
        let mut code = TokenStream::new();
        let mut inherited = Vec::new();
        for group in &imports.groups {
            let Some((_, name)) = group.resource else { continue };
            let ident = host_of(name);
            let mut methods = self.methods(imports, group)?;
            methods.push(self.drop_method(imports.place, name));
            code.extend(host_trait(
                &ident,
                &format!("What the host does for `{name}`."),
                &[],
                is_async,
                &methods,
            ));
            inherited.push(ident);
        }
        let mut methods = self.methods(imports, &imports.groups[0])?;
        for &error in &imports.errors {
            let name = self.resolve.types[error].name.as_deref().unwrap_or_default();
            let (ident, given) = (convert(name), self.trappable_error(imports.place, error));
            let wit = self.named(imports.place, error);
            methods.push(Method {
                docs: quote!(#[doc = " What the guest is told of an error; an error here ends it."]),
                ident,
                params: vec![(format_ident!("error"), quote!(#given))],
                output: quote!(#krate::internal::Result<#wit>),
                is_async: false,
            });
        }
        let doc = "What the host does for what is imported.";
        code.extend(host_trait(&imports.host, doc, &inherited, is_async, &methods));
        Ok(code)
    }

    fn methods(&self, imports: &Imports<'_>, group: &Group<'_>) -> Result<Vec<Method>> {
        let method = |function: &&Function| {
            let flags = self.flags(imports.place.interface, &function.name);
            let types = self.params(imports.place, function, Mode::Owned)?;
            Ok(Method {
                docs: docs(&function.docs, || format!("`{}` of WIT.", function.name)),
                ident: name(group, function),
                params: param_names(function).into_iter().zip(types).collect(),
                output: self.output(imports.place, function, flags)?.ty,
                is_async: flags.is_async,
            })
        };
        group.functions.iter().map(method).collect()
    }

    fn drop_method(&self, place: Place, resource: &str) -> Method {
        let (krate, ty) = (krate(), self.type_name(resource));
        Method {
            docs: docs(&Docs::default(), || "The guest has dropped what it has owned.".to_owned()),
            ident: format_ident!("drop"),
            params: vec![(format_ident!("rep"), quote!(#krate::Resource<#ty>))],
            output: quote!(#krate::internal::Result<()>),
            is_async: self.flags(place.interface, &drop_name(resource)).is_async,
        }
    }
}

/// A method of a trait for hosts.
struct Method {
    docs: TokenStream,
    ident: Ident,
    params: Vec<(Ident, TokenStream)>,
    output: TokenStream,
    is_async: bool,
}

/// A trait for hosts, which references to hosts have too.
fn host_trait(
    ident: &Ident,
    doc: &str,
    inherited: &[Ident],
    is_async: bool,
    methods: &[Method],
) -> TokenStream {
    // What is waited for may be moved to another thread, and the host with it.
    let send = is_async.then(|| quote!(::std::marker::Send)).into_iter();
    let bounds: Vec<_> = inherited.iter().map(|ident| quote!(#ident)).chain(send).collect();
    let signature = |method: &Method| {
        let (ident, output) = (&method.ident, &method.output);
        let (names, types): (Vec<_>, Vec<_>) = method.params.iter().cloned().unzip();
        let output = match method.is_async {
            true => quote!(impl ::std::future::Future<Output = #output> + ::std::marker::Send),
            false => quote!(#output),
        };
        let lint = long_list(names.len());
        quote!(#lint fn #ident(&mut self, #(#names: #types),*) -> #output)
    };
    let declared = methods.iter().map(|method| {
        let (docs, signature) = (&method.docs, signature(method));
        quote!(#docs #signature;)
    });
    let passed_on = methods.iter().map(|method| {
        let (name, signature) = (&method.ident, signature(method));
        let args = method.params.iter().map(|(name, _)| name);
        quote!(#signature { #ident::#name(*self, #(#args),*) })
    });
    quote! {
        #[doc = #doc]
        pub trait #ident: #(#bounds)+* {
            #(#declared)*
        }

        impl<__H: #ident + ?::std::marker::Sized> #ident for &mut __H {
            #(#passed_on)*
        }
    }
}

/// The trait for the functions of a resource.
pub(super) fn host_of(resource: &str) -> Ident {
    format_ident!("Host{}", camel(resource))
}

/// The function that turns an error of the host's into this one.
pub(super) fn convert(error: &str) -> Ident {
    format_ident!("convert_{}", snake(error))
}

/// How options name the end of a resource.
pub(super) fn drop_name(resource: &str) -> String {
    format!("[drop]{resource}")
}
