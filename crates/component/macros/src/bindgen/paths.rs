//! Where things of WIT are in Rust: a module for each namespace, package and interface, below `exports` for what the guest has.
//! And how options may name them.

use super::Generator;
use crate::names::{camel, snake};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use std::collections::HashMap;
use syn::Path;
use wit_parser::{Function, InterfaceId, Package, Resolve, TypeId, TypeOwner, World, WorldItem, WorldKey};

/// Who has something.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Side {
    /// The host: the guest imports it.
    Import,
    /// The guest.
    Export,
}

/// Where generated code stands: in the module of an interface, or where the macro is called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) interface: Option<InterfaceId>,
    pub(super) side: Side,
}

impl Place {
    /// Where the macro is called. Types there are those of imports.
    pub(super) const ROOT: Place = Place { interface: None, side: Side::Import };
}

/// The modules of interfaces.
pub(super) struct Paths(HashMap<(InterfaceId, Side), Vec<Ident>>);

impl Paths {
    pub(super) fn new(resolve: &Resolve, world: &World) -> Paths {
        let mut paths = HashMap::new();
        for (side, items) in [(Side::Import, &world.imports), (Side::Export, &world.exports)] {
            for (key, item) in items {
                let WorldItem::Interface { id, .. } = item else { continue };
                let mut path = Vec::new();
                if side == Side::Export {
                    path.push(Ident::new("exports", Span::call_site()));
                }
                match key {
                    WorldKey::Name(name) => path.push(snake(name)),
                    WorldKey::Interface(id) => path.extend(full(resolve, *id)),
                }
                paths.insert((*id, side), path);
            }
        }
        Paths(paths)
    }

    /// The module that is a place; none for the root.
    pub(super) fn module(&self, place: Place) -> &[Ident] {
        place.interface.and_then(|id| self.0.get(&(id, place.side))).map_or(&[], |path| path)
    }
}

/// Namespace, package, interface.
fn full(resolve: &Resolve, id: InterfaceId) -> Vec<Ident> {
    let interface = &resolve.interfaces[id];
    let package = interface.package.map(|package| &resolve.packages[package]);
    let package = package.map(|package| [snake(&package.name.namespace), package_module(resolve, package)]);
    package.into_iter().flatten().chain(interface.name.as_deref().map(snake)).collect()
}

/// The module of a package: with its version, if there are several.
fn package_module(resolve: &Resolve, package: &Package) -> Ident {
    let name = &package.name;
    let same = |(_, other): &(_, &Package)| {
        (&other.name.namespace, &other.name.name) == (&name.namespace, &name.name)
    };
    match &name.version {
        Some(version) if resolve.packages.iter().filter(same).count() > 1 => {
            let version = version.to_string().replace(['.', '-', '+'], "_");
            format_ident!("{}{version}", snake(&name.name))
        }
        _ => snake(&name.name),
    }
}

impl Generator<'_> {
    /// The way from a place to where the macro is called: `super::super::`.
    fn up(&self, from: Place) -> TokenStream {
        let supers = self.paths.module(from).iter().map(|_| quote!(super::));
        quote!(#(#supers)*)
    }

    /// What is in the module of an interface.
    pub(super) fn in_interface(&self, from: Place, id: InterfaceId, side: Side, name: &Ident) -> TokenStream {
        let place = Place { interface: Some(id), side };
        if from == place {
            return quote!(#name);
        }
        let up = self.up(from);
        if side == Side::Import
            && let Some(path) = self.replaced(id)
        {
            return quote!(#up #path::#name);
        }
        let module = self.paths.module(place);
        quote!(#up #(#module::)* #name)
    }

    /// A type that has a name.
    pub(super) fn named(&self, from: Place, id: TypeId) -> TokenStream {
        let def = &self.resolve.types[id];
        let name = self.type_name(def.name.as_deref().unwrap_or_default());
        match def.owner {
            TypeOwner::Interface(interface) => {
                // Exports use types of each other, if they can; otherwise those of imports.
                let is_exported = self.paths.0.contains_key(&(interface, Side::Export));
                let side = if from.side == Side::Export && is_exported { Side::Export } else { Side::Import };
                self.in_interface(from, interface, side, &name)
            }
            TypeOwner::World(_) | TypeOwner::None => {
                let up = self.up(from);
                quote!(#up #name)
            }
        }
    }

    /// The name of a type in Rust: traits and structs that are always there have theirs.
    pub(super) fn type_name(&self, name: &str) -> Ident {
        let ident = camel(name);
        if ident == "Host" || ident == "Guest" { format_ident!("{ident}_") } else { ident }
    }

    /// The module that stands for an interface, as seen from the root.
    pub(super) fn replaced(&self, id: InterfaceId) -> Option<TokenStream> {
        if let Some(path) = self.with(&self.spellings(id, None)) {
            return Some(path);
        }
        let interface = &self.resolve.interfaces[id];
        let package = &self.resolve.packages[interface.package?];
        let full = full(self.resolve, id);
        let name = &package.name;
        let packages = [format!("{}:{}", name.namespace, name.name), name.to_string()];
        if let Some(path) = self.with(&packages) {
            let rest = &full[2..];
            return Some(quote!(#path #(::#rest)*));
        }
        let path = self.with(std::slice::from_ref(&name.namespace))?;
        let rest = &full[1..];
        Some(quote!(#path #(::#rest)*))
    }

    /// The type that stands for one of an interface, seen from a place.
    pub(super) fn replaced_type(&self, from: Place, id: TypeId) -> Option<TokenStream> {
        let def = &self.resolve.types[id];
        let name = def.name.as_deref()?;
        let path = match def.owner {
            TypeOwner::Interface(interface) => self.with(&self.spellings(interface, Some(name)))?,
            _ => self.with(&[name.to_owned()])?,
        };
        let up = self.up(from);
        Some(quote!(#up #path))
    }

    fn with(&self, spellings: &[String]) -> Option<TokenStream> {
        let position = self.options.with.iter().position(|(name, _)| spellings.contains(&name.value()))?;
        let alias = alias("with", position);
        Some(quote!(#alias))
    }

    /// The type that functions fail with instead of this one, with its name seen from a place.
    pub(super) fn trappable_error(&self, from: Place, id: TypeId) -> Option<TokenStream> {
        let def = &self.resolve.types[id];
        let TypeOwner::Interface(interface) = def.owner else { return None };
        let spellings = self.spellings(interface, def.name.as_deref());
        let given = &self.options.trappable_error_types;
        let position = given.iter().position(|(name, _)| spellings.contains(&name.value()))?;
        let (up, alias) = (self.up(from), alias("error", position));
        Some(quote!(#up #alias))
    }

    /// Names for what options give by its path, which is that of where the macro is called.
    pub(super) fn aliases(&self) -> TokenStream {
        let alias = |kind: &'static str, given: &[(syn::LitStr, Path)]| {
            let each = given.iter().enumerate().map(|(position, (_, path))| {
                let alias = alias(kind, position);
                quote!(use #path as #alias;)
            });
            each.collect::<TokenStream>()
        };
        let with = alias("with", &self.options.with);
        let errors = alias("error", &self.options.trappable_error_types);
        quote!(#with #errors)
    }

    /// How options may name an interface, or something in it.
    fn spellings(&self, id: InterfaceId, item: Option<&str>) -> Vec<String> {
        let interface = &self.resolve.interfaces[id];
        let name = interface.name.as_deref();
        let package = interface.package.map(|package| &self.resolve.packages[package].name);
        let mut all = Vec::new();
        if let (Some(package), Some(name)) = (package, name) {
            let plain = format!("{}:{}/{name}", package.namespace, package.name);
            all.extend(package.version.as_ref().map(|version| format!("{plain}@{version}")));
            all.push(plain);
        } else {
            // An interface that is written in the world has the name of the import or export.
            let items = self.world.imports.iter().chain(&self.world.exports);
            all.extend(items.filter_map(|(key, item)| match (key, item) {
                (WorldKey::Name(name), WorldItem::Interface { id: other, .. }) if *other == id => {
                    Some(name.clone())
                }
                _ => None,
            }));
        }
        match item {
            None => all,
            Some(item) => all
                .iter()
                .flat_map(|name| ['/', '.', '#'].map(|mark| format!("{name}{mark}{item}")))
                .collect(),
        }
    }

    /// How options may name a function.
    pub(super) fn function_spellings(&self, id: Option<InterfaceId>, name: &str) -> Vec<String> {
        id.map_or_else(|| vec![name.to_owned()], |id| self.spellings(id, Some(name)))
    }

    /// Whether something of the world may be named so.
    pub(super) fn is_known(&self, name: &str) -> bool {
        let is = |spellings: Vec<String>| spellings.iter().any(|spelling| spelling == name);
        let inside = |id: InterfaceId| {
            let interface = &self.resolve.interfaces[id];
            let package = interface.package.map(|package| &self.resolve.packages[package].name);
            let is_around = package.is_some_and(|package| {
                let plain = format!("{}:{}", package.namespace, package.name);
                [&package.namespace, &plain, &package.to_string()].contains(&&name.to_owned())
            });
            let functions = interface.functions.values().map(|function: &Function| function.name.clone());
            let drops = interface.types.keys().map(|name| format!("[drop]{name}"));
            let mut items = functions.chain(drops).chain(interface.types.keys().cloned());
            is_around || is(self.spellings(id, None)) || items.any(|item| is(self.spellings(id, Some(&item))))
        };
        self.world.imports.iter().chain(&self.world.exports).any(|(key, item)| match item {
            WorldItem::Interface { id, .. } => inside(*id),
            _ => *key == WorldKey::Name(name.strip_prefix("[drop]").unwrap_or(name).to_owned()),
        })
    }
}

/// The name under which generated code knows what an option gives.
fn alias(kind: &str, position: usize) -> Ident {
    format_ident!("__{kind}_{position}")
}
