//! The struct for a world: what an instance exports, found in it, and what it imports, put into a linker.

use super::define::docs;
use super::imports::Imports;
use super::paths::{Place, Side};
use super::pre::pre_struct;
use super::{Generator, Interface};
use crate::krate;
use crate::names::camel;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Result;
use wit_parser::{TypeId, WorldItem};

/// The names of what is written for a world.
pub(super) struct Names {
    pub(super) world: Ident,
    pub(super) pre: Ident,
    pub(super) indices: Ident,
}

/// Methods that every world has.
const METHODS: [&str; 4] = ["new", "instantiate", "instantiate_async", "add_to_linker"];

impl Generator<'_> {
    /// All that stands where the macro is called.
    pub(super) fn world(&self) -> Result<TokenStream> {
        let world = camel(&self.world.name);
        let (pre, indices) = (format_ident!("{world}Pre"), format_ident!("{world}Indices"));
        let names = Names { world, pre, indices };
        let types = self.world_types().into_iter().map(|id| self.define(Place::ROOT, id));
        let types = types.collect::<Result<TokenStream>>()?;
        let (imports, pre) = (self.world_imports(&names)?, pre_struct(&names));
        let (indices, exports) = (self.indices(&names)?, self.world_exports(&names)?);
        Ok(quote!(#types #pre #indices #exports #imports))
    }

    /// The types that are in no interface.
    fn world_types(&self) -> Vec<TypeId> {
        let types = self.world.imports.values().filter_map(|item| match item {
            WorldItem::Type { id, .. } => Some(*id),
            _ => None,
        });
        types.collect()
    }

    /// How an interface that is exported is found: the field, the method, and its module.
    fn exported(&self) -> Vec<(Ident, TokenStream, Interface<'_>)> {
        let each = self.interfaces(Side::Export).into_iter().map(|interface| {
            let module = self.paths.module(interface.place);
            let name: Vec<_> = module[1..].iter().map(ToString::to_string).collect();
            let name = format_ident!("{}", name.join("_"));
            let is_taken = METHODS.iter().any(|method| name == method);
            let name = if is_taken { format_ident!("{name}_") } else { name };
            (name, quote!(#(#module)::*), interface)
        });
        each.collect()
    }

    fn indices(&self, Names { world, indices, .. }: &Names) -> Result<TokenStream> {
        let krate = krate();
        let functions = self.functions(Side::Export);
        let (count, names) = (functions.len(), functions.iter().map(|function| &function.name));
        let loads = self.loads(Place::ROOT, None, &functions)?;
        let exported = self.exported();
        let (fields, modules): (Vec<_>, Vec<_>) =
            exported.iter().map(|(field, module, _)| (field, module)).unzip();
        let doc = format!("Where a component exports what `{}` has.", self.world.name);
        Ok(quote! {
            #[doc = #doc]
            #[derive(Clone, Debug)]
            pub struct #indices {
                __indices: [#krate::ComponentExportIndex; #count],
                #(#fields: #modules::GuestIndices,)*
            }

            impl #indices {
                /// Finds the exports.
                ///
                /// # Errors
                /// If one is missing.
                pub fn new(component: &#krate::Component) -> #krate::internal::Result<#indices> {
                    let names = [#(#names),*];
                    ::std::result::Result::Ok(#indices {
                        __indices: #krate::internal::export_indices(
                            component,
                            ::std::option::Option::None,
                            names,
                        )?,
                        #(#fields: #modules::GuestIndices::new(component)?,)*
                    })
                }

                /// The exports of an instance.
                ///
                /// # Errors
                /// If one has another type.
                pub fn load(
                    &self,
                    mut store: impl #krate::internal::AsContextMut,
                    instance: &#krate::Instance,
                ) -> #krate::internal::Result<#world> {
                    let _ = (&mut store, instance);
                    ::std::result::Result::Ok(#world {
                        __funcs: [#(#loads),*],
                        #(#fields: self.#fields.load(&mut store, instance)?,)*
                    })
                }
            }
        })
    }

    fn world_exports(&self, Names { world, pre, indices }: &Names) -> Result<TokenStream> {
        let (krate, functions) = (krate(), self.functions(Side::Export));
        self.groups(functions.iter().copied(), [])?;
        let count = functions.len();
        let calls =
            functions.iter().enumerate().map(|(index, function)| self.call(Place::ROOT, function, index));
        let calls = calls.collect::<Result<TokenStream>>()?;
        let exported = self.exported();
        let (fields, modules): (Vec<_>, Vec<_>) =
            exported.iter().map(|(field, module, _)| (field, module)).unzip();
        let interfaces = exported.iter().map(|(_, _, interface)| {
            format!("`{}`, which the instance exports.", self.resolve.name_world_key(interface.key))
        });
        let docs = docs(&self.world.docs, || format!("An instance of the world `{}`.", self.world.name));
        Ok(quote! {
            #docs
            #[derive(Clone, Debug)]
            pub struct #world {
                __funcs: [#krate::Func; #count],
                #(#fields: #modules::Guest,)*
            }

            impl #world {
                /// Finds the exports of an instance.
                ///
                /// # Errors
                /// If one is missing or has another type.
                ///
                /// # Panics
                /// If it belongs to another store.
                pub fn new(
                    mut store: impl #krate::internal::AsContextMut,
                    instance: &#krate::Instance,
                ) -> #krate::internal::Result<#world> {
                    let component = instance.component(&mut store);
                    #indices::new(&component)?.load(store, instance)
                }

                /// Makes an instance.
                ///
                /// # Errors
                /// If an import or export is missing or has another type, a limit is hit, or initialization fails.
                pub fn instantiate<__T: 'static>(
                    store: impl #krate::internal::AsContextMut<Data = __T>,
                    component: &#krate::Component,
                    linker: &#krate::Linker<__T>,
                ) -> #krate::internal::Result<#world> {
                    #pre::new(linker.instantiate_pre(component)?)?.instantiate(store)
                }

                /// The same on a stack of its own, so that initialization can wait.
                ///
                /// # Errors
                /// As for `instantiate`.
                pub async fn instantiate_async<__T: ::std::marker::Send + 'static>(
                    store: impl #krate::internal::AsContextMut<Data = __T>,
                    component: &#krate::Component,
                    linker: &#krate::Linker<__T>,
                ) -> #krate::internal::Result<#world> {
                    #pre::new(linker.instantiate_pre(component)?)?.instantiate_async(store).await
                }

                #(
                    #[doc = #interfaces]
                    pub fn #fields(&self) -> &#modules::Guest { &self.#fields }
                )*

                #calls
            }
        })
    }

    /// The trait for imports that are in no interface, and what adds all imports to a linker.
    fn world_imports(&self, Names { world, .. }: &Names) -> Result<TokenStream> {
        let krate = krate();
        let resources = self.world_types().into_iter().filter(|&id| self.is_resource(id));
        let imports = Imports {
            place: Place::ROOT,
            host: format_ident!("{world}Imports"),
            groups: self.groups(self.functions(Side::Import), resources)?,
            errors: Vec::new(),
        };
        let has_own = imports.groups.len() > 1 || !imports.groups[0].functions.is_empty();
        let interfaces = self.interfaces(Side::Import);
        let interfaces: Vec<_> =
            interfaces.iter().filter(|interface| self.replaced(interface.id).is_none()).collect();
        if !has_own && interfaces.is_empty() {
            return Ok(TokenStream::new());
        }
        let modules = interfaces.iter().map(|interface| self.paths.module(interface.place));
        let modules: Vec<_> = modules.map(|module| quote!(#(#module)::*)).collect();
        let own_host = has_own.then_some(&imports.host).into_iter();
        let bounds: Vec<_> = own_host
            .map(|host| quote!(#host))
            .chain(self.other_hosts(&imports))
            .chain(modules.iter().map(|module| quote!(#module::Host)))
            .collect();
        let send = self.waits(&imports, &interfaces)?.then(|| quote!(+ ::std::marker::Send));
        let traits = if has_own { self.traits(&imports)? } else { TokenStream::new() };
        let own = self.link(&imports)?;
        let own = has_own.then(|| {
            quote! {
                let mut __linker = linker.root();
                #own
            }
        });
        let name = &self.world.name;
        let doc = format!(
            "Defines all that `{name}` imports, with the host that `get` finds in the data of a store."
        );
        Ok(quote! {
            #traits

            impl #world {
                #[doc = #doc]
                ///
                /// # Errors
                /// If something is defined already.
                pub fn add_to_linker<__T, __D>(
                    linker: &mut #krate::Linker<__T>,
                    get: fn(&mut __T) -> __D::Data<'_>,
                ) -> #krate::internal::Result<()>
                where
                    __T: 'static #send,
                    __D: #krate::HasData,
                    for<'a> __D::Data<'a>: #(#bounds)+*,
                {
                    #own
                    #(#modules::add_to_linker::<__T, __D>(linker, get)?;)*
                    ::std::result::Result::Ok(())
                }
            }
        })
    }

    /// Whether there is an import that may be waited for.
    fn waits(&self, own: &Imports<'_>, interfaces: &[&Interface<'_>]) -> Result<bool> {
        for interface in interfaces {
            let wit = &self.resolve.interfaces[interface.id];
            let resources = wit.types.values().copied().filter(|&id| self.is_resource(id));
            let imports = Imports {
                place: interface.place,
                host: format_ident!("Host"),
                groups: self.groups(wit.functions.values(), resources)?,
                errors: Vec::new(),
            };
            if self.has_async(&imports) {
                return Ok(true);
            }
        }
        Ok(self.has_async(own))
    }
}
