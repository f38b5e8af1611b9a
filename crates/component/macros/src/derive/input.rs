//! What a Rust type is in WIT: `#[component(record)]` and the like, names, fields and cases.

use crate::names::kebab;
use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Data, DataEnum, DataStruct, DeriveInput, Error, Fields, LitStr, Result, Token, Type, Variant,
};

/// A type to derive for.
pub(super) struct Input<'a> {
    /// Its name in Rust, for errors.
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) shape: Shape<'a>,
}

/// What the attribute of a type says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Record,
    Variant,
    Enum,
}

pub(super) enum Shape<'a> {
    Record(Vec<Field<'a>>),
    Cases(Vec<Case<'a>>),
}

pub(super) struct Field<'a> {
    pub(super) ident: &'a Ident,
    pub(super) name: String,
    pub(super) ty: &'a Type,
}

pub(super) struct Case<'a> {
    pub(super) ident: &'a Ident,
    pub(super) name: String,
    pub(super) ty: Option<&'a Type>,
}

/// A word of `#[component(..)]`, maybe with a value.
struct Word {
    ident: Ident,
    value: Option<LitStr>,
}

impl Parse for Word {
    fn parse(input: ParseStream<'_>) -> Result<Word> {
        // `enum` is a word of the language.
        let ident = input.call(Ident::parse_any)?;
        let value = if input.parse::<Option<Token![=]>>()?.is_some() { Some(input.parse()?) } else { None };
        Ok(Word { ident, value })
    }
}

fn words(attributes: &[Attribute]) -> Result<Vec<Word>> {
    let mut words = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("component")) {
        words.extend(attribute.parse_args_with(Punctuated::<Word, Token![,]>::parse_terminated)?);
    }
    Ok(words)
}

/// The name in WIT of a field, case or flag.
pub(crate) fn name(ident: &Ident, attributes: &[Attribute]) -> Result<String> {
    let mut name = kebab(ident);
    for word in words(attributes)? {
        match word.value {
            Some(value) if word.ident == "name" => name = value.value(),
            _ => return Err(Error::new(word.ident.span(), "expected `name = \"..\"`")),
        }
    }
    Ok(name)
}

fn kind(input: &DeriveInput) -> Result<Kind> {
    let mut found = None;
    for word in words(&input.attrs)? {
        let kind = match &*word.ident.to_string() {
            "record" => Kind::Record,
            "variant" => Kind::Variant,
            "enum" => Kind::Enum,
            _ => return Err(Error::new(word.ident.span(), "expected `record`, `variant` or `enum`")),
        };
        if word.value.is_some() || found.replace(kind).is_some() {
            return Err(Error::new(word.ident.span(), "one word is expected here, without a value"));
        }
    }
    let message = "what is this in WIT? Say `#[component(record)]`, `#[component(variant)]` or \
        `#[component(enum)]`";
    found.ok_or_else(|| Error::new(input.ident.span(), message))
}

impl<'a> Input<'a> {
    pub(super) fn read(input: &'a DeriveInput) -> Result<Input<'a>> {
        let kind = kind(input)?;
        let shape = match (&input.data, kind) {
            (Data::Struct(data), Kind::Record) => Shape::Record(fields(data, input.ident.span())?),
            (Data::Enum(data), Kind::Variant | Kind::Enum) => {
                Shape::Cases(cases(data, kind, input.ident.span())?)
            }
            (_, Kind::Record) => return Err(Error::new(input.ident.span(), "only a `struct` is a record")),
            _ => return Err(Error::new(input.ident.span(), "only an `enum` has cases")),
        };
        Ok(Input { name: input.ident.unraw().to_string(), kind, shape })
    }
}

fn fields(data: &DataStruct, span: Span) -> Result<Vec<Field<'_>>> {
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new(span, "the fields of a record have names"));
    };
    if fields.named.is_empty() {
        return Err(Error::new(span, "a record has a field"));
    }
    let named = fields.named.iter().filter_map(|field| Some((field, field.ident.as_ref()?)));
    named.map(|(field, ident)| Ok(Field { ident, name: name(ident, &field.attrs)?, ty: &field.ty })).collect()
}

fn cases(data: &DataEnum, kind: Kind, span: Span) -> Result<Vec<Case<'_>>> {
    if data.variants.is_empty() {
        return Err(Error::new(span, "what has cases has at least one"));
    }
    data.variants.iter().map(|variant| case(variant, kind)).collect()
}

fn case(variant: &Variant, kind: Kind) -> Result<Case<'_>> {
    let ty = match &variant.fields {
        Fields::Unit => None,
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 && kind == Kind::Variant => {
            Some(&fields.unnamed[0].ty)
        }
        _ => {
            let message = match kind {
                Kind::Enum => "nothing comes with the cases of an enumeration",
                _ => "one value without a name comes with a case, or none",
            };
            return Err(Error::new(variant.ident.span(), message));
        }
    };
    Ok(Case { ident: &variant.ident, name: name(&variant.ident, &variant.attrs)?, ty })
}
