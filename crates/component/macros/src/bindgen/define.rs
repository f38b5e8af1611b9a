//! Types of WIT where they are defined: structs, enums, flags, aliases and resources.

use super::Generator;
use super::paths::{Place, Side};
use super::types::Mode;
use crate::names::{camel, constant, snake};
use crate::{flags, krate};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Path, Result, parse_quote};
use wit_parser::{Case, Docs, Field, Type, TypeDefKind, TypeId};

impl Generator<'_> {
    /// A type with a name, in its place.
    pub(super) fn define(&self, place: Place, id: TypeId) -> Result<TokenStream> {
        let def = &self.resolve.types[id];
        let name = def.name.as_deref().unwrap_or_default();
        let (ident, docs) = (self.type_name(name), docs(&def.docs, || format!("`{name}` of WIT.")));
        if place.side == Side::Import
            && let Some(path) = self.replaced_type(place, id)
        {
            return Ok(quote!(#docs pub type #ident = #path;));
        }
        let krate = krate();
        Ok(match &def.kind {
            TypeDefKind::Record(record) => self.record(place, id, &ident, &docs, &record.fields)?,
            TypeDefKind::Variant(variant) => self.variant(place, id, &ident, &docs, &variant.cases)?,
            TypeDefKind::Enum(all) => {
                let cases = all.cases.iter().map(|case| {
                    (&case.name, camel(&case.name), self::docs(&case.docs, || format!("`{}`.", case.name)))
                });
                let cases = cases.map(|(name, ident, docs)| quote!(#docs #[component(name = #name)] #ident,));
                let (derives, error) = (self.derives(id, &["PartialEq", "Eq"]), self.is_error(id, &ident));
                quote! {
                    #docs
                    #derives
                    #[component(enum)]
                    pub enum #ident { #(#cases)* }
                    #error
                }
            }
            TypeDefKind::Flags(all) => set(ident, &docs, &all.flags)?,
            TypeDefKind::Resource if place.side == Side::Export => {
                quote!(#docs pub type #ident = #krate::ResourceAny;)
            }
            TypeDefKind::Resource => quote!(#docs #[derive(Debug)] pub enum #ident {}),
            other => {
                let ty = self.structure(place, other, Mode::Owned)?;
                quote!(#docs pub type #ident = #ty;)
            }
        })
    }

    fn record(
        &self,
        place: Place,
        id: TypeId,
        ident: &Ident,
        docs: &TokenStream,
        fields: &[Field],
    ) -> Result<TokenStream> {
        let field = |field: &Field| {
            let (name, ident) = (&field.name, snake(&field.name));
            let (docs, ty) =
                (self::docs(&field.docs, || format!("`{name}`.")), self.ty(place, &field.ty, Mode::Owned)?);
            Ok(quote!(#docs #[component(name = #name)] pub #ident: #ty,))
        };
        let fields = fields.iter().map(field).collect::<Result<Vec<_>>>()?;
        let (derives, error) = (self.derives(id, &[]), self.is_error(id, ident));
        Ok(quote! {
            #docs
            #derives
            #[component(record)]
            pub struct #ident { #(#fields)* }
            #error
        })
    }

    fn variant(
        &self,
        place: Place,
        id: TypeId,
        ident: &Ident,
        docs: &TokenStream,
        cases: &[Case],
    ) -> Result<TokenStream> {
        let case = |case: &Case| {
            let (name, ident) = (&case.name, camel(&case.name));
            let docs = self::docs(&case.docs, || format!("`{name}`."));
            let ty = case.ty.map(|ty| self.ty(place, &ty, Mode::Owned)).transpose()?;
            let payload = ty.map(|ty| quote!((#ty)));
            Ok(quote!(#docs #[component(name = #name)] #ident #payload,))
        };
        let cases = cases.iter().map(case).collect::<Result<Vec<_>>>()?;
        let (derives, error) = (self.derives(id, &[]), self.is_error(id, ident));
        Ok(quote! {
            #docs
            #derives
            #[component(variant)]
            pub enum #ident { #(#cases)* }
            #error
        })
    }

    /// What a type derives: what is asked for, what its parts allow, and `more`; each once.
    fn derives(&self, id: TypeId, more: &[&str]) -> TokenStream {
        let (krate, ty) = (krate(), Type::Id(id));
        let mut derives: Vec<Path> = vec![
            parse_quote!(#krate::ComponentType),
            parse_quote!(#krate::Lift),
            parse_quote!(#krate::Lower),
            parse_quote!(Debug),
        ];
        if !self.has_handles(&ty) {
            derives.push(parse_quote!(Clone));
        }
        if self.is_copy(&ty) {
            derives.push(parse_quote!(Copy));
        }
        let more = more.iter().filter_map(|name| syn::parse_str(name).ok());
        for path in more.chain(self.options.additional_derives.iter().cloned()) {
            let last = |path: &Path| path.segments.last().map(|segment| segment.ident.to_string());
            if !derives.iter().any(|known| last(known) == last(&path)) {
                derives.push(path);
            }
        }
        quote!(#[derive(#(#derives),*)])
    }

    /// What functions fail with is an error of Rust's as well.
    fn is_error(&self, id: TypeId, ident: &Ident) -> TokenStream {
        if !self.errors.contains(&id) {
            return TokenStream::new();
        }
        quote! {
            impl ::std::fmt::Display for #ident {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    ::std::write!(f, "{self:?}")
                }
            }

            impl ::std::error::Error for #ident {}
        }
    }
}

fn set(ident: Ident, docs: &TokenStream, all: &[wit_parser::Flag]) -> Result<TokenStream> {
    let flags = all.iter().map(|flag| {
        let docs = self::docs(&flag.docs, || format!("`{}`.", flag.name));
        flags::Flag { attributes: parse_quote!(#docs), ident: constant(&flag.name), name: flag.name.clone() }
    });
    let flags = flags.collect();
    flags::expand(&flags::Flags {
        attributes: parse_quote!(#docs),
        visibility: parse_quote!(pub),
        ident,
        flags,
    })
}

/// The documentation of something, or what stands for it.
pub(super) fn docs(docs: &Docs, otherwise: impl FnOnce() -> String) -> TokenStream {
    let text = docs.contents.clone().unwrap_or_else(otherwise);
    let mut in_code = false;
    let lines = text.lines().map(|line| {
        let fence = line.trim() == "```";
        let is_start = fence && !in_code;
        in_code ^= line.trim_start().starts_with("```");
        // Code in WIT is not code in Rust, which `rustdoc` would take it for.
        let line = if is_start { line.replace("```", "```text") } else { line.to_owned() };
        format!(" {line}")
    });
    quote!(#(#[doc = #lines])*)
}
