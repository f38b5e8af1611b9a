//! `bindgen!`: Rust for a world of WIT. [`options`] are read, then [`wit`]; [`paths`] says where in Rust each interface is;
//! [`types`] and [`define`] write types, [`funcs`] what imports and exports have in common, [`imports`] and [`link`] what the
//! host does, [`exports`] what the guest does, [`world`] and [`pre`] the structs that hold it together.
//!
//! # Invariant
//!
//! Generated code names what it uses by full paths, or by those of the modules that it makes: nothing in scope where the macro
//! is called can change what it means.

mod define;
mod exports;
mod funcs;
mod imports;
mod link;
mod options;
mod paths;
mod pre;
#[cfg(test)]
mod tests;
mod types;
mod wit;
mod world;

pub(crate) use options::Options;

use paths::{Paths, Place, Side};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use std::collections::{BTreeMap, HashSet};
use syn::{Error, Result};
use wit_parser::{Function, InterfaceId, Resolve, Type, TypeDefKind, TypeId, World, WorldItem, WorldKey};

/// Everything that code is generated from.
struct Generator<'a> {
    resolve: &'a Resolve,
    world: &'a World,
    options: &'a Options,
    paths: Paths,
    /// Types that functions fail with.
    errors: HashSet<TypeId>,
}

/// An interface of the world's, as one side has it.
struct Interface<'a> {
    key: &'a WorldKey,
    id: InterfaceId,
    place: Place,
}

pub(crate) fn expand(options: Options) -> Result<TokenStream> {
    let wit = wit::read(&options)?;
    let world = &wit.resolve.worlds[wit.world];
    let mut generator = Generator {
        resolve: &wit.resolve,
        world,
        options: &options,
        paths: Paths::new(&wit.resolve, world),
        errors: HashSet::new(),
    };
    generator.errors = generator.errors();
    generator.check_names()?;
    let code = generator.generate()?;
    let files = wit.files.iter().map(|file| file.to_string_lossy().into_owned());
    Ok(quote! {
        #code
        #(const _: &str = ::std::include_str!(#files);)*
    })
}

impl<'a> Generator<'a> {
    fn generate(&self) -> Result<TokenStream> {
        let mut modules = Module::default();
        for interface in self.interfaces(Side::Import) {
            if self.replaced(interface.id).is_none() {
                modules.add(self.paths.module(interface.place), self.import(&interface)?);
            }
        }
        for interface in self.interfaces(Side::Export) {
            modules.add(self.paths.module(interface.place), self.export(&interface)?);
        }
        let (aliases, world) = (self.aliases(), self.world()?);
        let modules = modules.into_tokens();
        Ok(quote!(#aliases #world #modules))
    }

    /// The interfaces of a side.
    fn interfaces(&self, side: Side) -> Vec<Interface<'a>> {
        let items = match side {
            Side::Import => &self.world.imports,
            Side::Export => &self.world.exports,
        };
        let interfaces = items.iter().filter_map(|(key, item)| match item {
            WorldItem::Interface { id, .. } => {
                Some(Interface { key, id: *id, place: Place { interface: Some(*id), side } })
            }
            _ => None,
        });
        interfaces.collect()
    }

    /// The functions of a side that are in no interface.
    fn functions(&self, side: Side) -> Vec<&'a Function> {
        let items = match side {
            Side::Import => &self.world.imports,
            Side::Export => &self.world.exports,
        };
        let functions = items.values().filter_map(|item| match item {
            WorldItem::Function(function) => Some(function),
            _ => None,
        });
        functions.collect()
    }

    /// What a type is a name for, if it is one for another type that has a name.
    fn original(&self, mut id: TypeId) -> TypeId {
        while let TypeDefKind::Type(Type::Id(other)) = self.resolve.types[id].kind {
            id = other;
        }
        id
    }

    fn errors(&self) -> HashSet<TypeId> {
        let interfaces = [Side::Import, Side::Export].into_iter().flat_map(|side| self.interfaces(side));
        let inside = interfaces.flat_map(|found| self.resolve.interfaces[found.id].functions.values());
        let outside = [Side::Import, Side::Export].into_iter().flat_map(|side| self.functions(side));
        inside.chain(outside).filter_map(|function| self.error(function)).collect()
    }

    /// The type, with a name, that a function fails with.
    fn error(&self, function: &Function) -> Option<TypeId> {
        let Some(Type::Id(result)) = function.result else { return None };
        match self.resolve.types[self.original(result)].kind {
            TypeDefKind::Result(wit_parser::Result_ { err: Some(Type::Id(error)), .. }) => {
                Some(self.original(error))
            }
            _ => None,
        }
    }

    /// Fails if an option names what the world does not have.
    fn check_names(&self) -> Result<()> {
        let options = self.options;
        let functions = options.imports.named.iter().chain(&options.exports.named);
        let named = functions.map(|(name, _)| name);
        let named = named.chain(options.with.iter().map(|(name, _)| name));
        for name in named.chain(options.trappable_error_types.iter().map(|(name, _)| name)) {
            if !self.is_known(&name.value()) {
                let message = format!("the world `{}` has nothing of this name", self.world.name);
                return Err(Error::new(name.span(), message));
            }
        }
        Ok(())
    }
}

/// A module of generated code.
#[derive(Default)]
struct Module {
    items: TokenStream,
    inner: BTreeMap<String, Module>,
}

impl Module {
    fn add(&mut self, path: &[Ident], items: TokenStream) {
        match path.split_first() {
            Some((first, rest)) => self.inner.entry(first.to_string()).or_default().add(rest, items),
            None => self.items.extend(items),
        }
    }

    fn into_tokens(self) -> TokenStream {
        let items = self.items;
        let inner = self.inner.into_iter().map(|(name, module)| {
            let (ident, doc) = (Ident::new(&name, Span::call_site()), format!("`{name}` of WIT."));
            let items = module.into_tokens();
            quote! {
                #[doc = #doc]
                pub mod #ident { #items }
            }
        });
        quote!(#items #(#inner)*)
    }
}
