//! Types of WIT where they are used: in fields, parameters and results.

use super::Generator;
use super::paths::{Place, Side};
use crate::krate;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Error, Result};
use wit_parser::{Handle, Type, TypeDefKind, TypeId, TypeOwner};

/// Who has what is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Owned,
    /// What is passed to a guest: it is only looked at.
    Borrowed,
}

impl Generator<'_> {
    pub(super) fn ty(&self, from: Place, ty: &Type, mode: Mode) -> Result<TokenStream> {
        Ok(match ty {
            Type::Bool => quote!(bool),
            Type::U8 => quote!(u8),
            Type::U16 => quote!(u16),
            Type::U32 => quote!(u32),
            Type::U64 => quote!(u64),
            Type::S8 => quote!(i8),
            Type::S16 => quote!(i16),
            Type::S32 => quote!(i32),
            Type::S64 => quote!(i64),
            Type::F32 => quote!(f32),
            Type::F64 => quote!(f64),
            Type::Char => quote!(char),
            Type::String if mode == Mode::Owned => quote!(::std::string::String),
            Type::String => quote!(&str),
            Type::ErrorContext => return Err(unsupported("error contexts")),
            Type::Id(id) => self.type_id(from, *id, mode)?,
        })
    }

    fn type_id(&self, from: Place, id: TypeId, mode: Mode) -> Result<TokenStream> {
        let def = &self.resolve.types[id];
        if def.name.is_none() {
            return self.structure(from, &def.kind, mode);
        }
        let named = self.named(from, id);
        if mode == Mode::Owned || self.is_copy(&Type::Id(id)) {
            return Ok(named);
        }
        match &self.resolve.types[self.original(id)].kind {
            // What can be borrowed as something better than the name says.
            TypeDefKind::Type(Type::String) => Ok(quote!(&str)),
            kind @ TypeDefKind::List(_) => self.structure(from, kind, mode),
            TypeDefKind::Handle(_) => Ok(named),
            _ => Ok(quote!(&#named)),
        }
    }

    /// A type that is written down.
    pub(super) fn structure(&self, from: Place, kind: &TypeDefKind, mode: Mode) -> Result<TokenStream> {
        let krate = krate();
        let borrow = match mode {
            Mode::Owned => quote!(),
            Mode::Borrowed => quote!(&),
        };
        let optional = |ty: &Option<Type>| match ty {
            Some(ty) => self.ty(from, ty, mode),
            None => Ok(quote!(())),
        };
        Ok(match kind {
            TypeDefKind::Type(ty) => self.ty(from, ty, mode)?,
            TypeDefKind::Tuple(tuple) => {
                let types =
                    tuple.types.iter().map(|ty| self.ty(from, ty, mode)).collect::<Result<Vec<_>>>()?;
                quote!((#(#types,)*))
            }
            TypeDefKind::Option(ty) => {
                let ty = self.ty(from, ty, mode)?;
                quote!(::std::option::Option<#ty>)
            }
            TypeDefKind::Result(result) => {
                let (ok, err) = (optional(&result.ok)?, optional(&result.err)?);
                quote!(::std::result::Result<#ok, #err>)
            }
            TypeDefKind::List(ty) => {
                let item = self.ty(from, ty, Mode::Owned)?;
                if mode == Mode::Owned { quote!(::std::vec::Vec<#item>) } else { quote!(&[#item]) }
            }
            TypeDefKind::Map(key, value) => {
                let (key, value) = (self.ty(from, key, Mode::Owned)?, self.ty(from, value, Mode::Owned)?);
                quote!(#borrow ::std::collections::BTreeMap<#key, #value>)
            }
            TypeDefKind::FixedLengthList(ty, count) => {
                let (item, count) = (self.ty(from, ty, Mode::Owned)?, *count as usize);
                quote!(#borrow [#item; #count])
            }
            TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => {
                if self.is_guests(from, *id) {
                    quote!(#krate::ResourceAny)
                } else {
                    let named = self.named(from, *id);
                    quote!(#krate::Resource<#named>)
                }
            }
            TypeDefKind::Future(_) | TypeDefKind::Stream(_) => {
                return Err(unsupported("streams and futures"));
            }
            other => return Err(unsupported(other.as_str())),
        })
    }

    /// Whether a type of resources is one that the guest defines.
    fn is_guests(&self, from: Place, id: TypeId) -> bool {
        match self.resolve.types[self.original(id)].owner {
            TypeOwner::Interface(interface) => {
                let place = Place { interface: Some(interface), side: Side::Export };
                from.side == Side::Export && !self.paths.module(place).is_empty()
            }
            _ => false,
        }
    }

    /// Whether values are copied as they are: nothing in them is elsewhere, nothing is a handle. What stands for a type is not
    /// known: it is taken for something else.
    pub(super) fn is_copy(&self, ty: &Type) -> bool {
        self.all_parts(ty, &|part| match part {
            Type::String | Type::ErrorContext => false,
            Type::Id(id) => {
                let is_elsewhere = matches!(
                    self.resolve.types[*id].kind,
                    TypeDefKind::List(_)
                        | TypeDefKind::Map(..)
                        | TypeDefKind::Handle(_)
                        | TypeDefKind::Resource
                        | TypeDefKind::Future(_)
                        | TypeDefKind::Stream(_)
                );
                !is_elsewhere && self.replaced_type(Place::ROOT, *id).is_none()
            }
            _ => true,
        })
    }

    /// Whether there is a handle in a type: there is only one of such a value.
    pub(super) fn has_handles(&self, ty: &Type) -> bool {
        !self.all_parts(ty, &|part| match part {
            Type::Id(id) => !matches!(self.resolve.types[*id].kind, TypeDefKind::Handle(_)),
            _ => true,
        })
    }

    /// Whether something is true of a type and of all that it is made of.
    fn all_parts(&self, ty: &Type, is: &impl Fn(&Type) -> bool) -> bool {
        let Type::Id(id) = ty else { return is(ty) };
        let all = |types: &[Type]| types.iter().all(|ty| self.all_parts(ty, is));
        let any = |ty: &Option<Type>| ty.as_ref().is_none_or(|ty| self.all_parts(ty, is));
        is(ty)
            && match &self.resolve.types[*id].kind {
                TypeDefKind::Record(record) => {
                    record.fields.iter().all(|field| self.all_parts(&field.ty, is))
                }
                TypeDefKind::Variant(variant) => variant.cases.iter().all(|case| any(&case.ty)),
                TypeDefKind::Tuple(tuple) => all(&tuple.types),
                TypeDefKind::Option(ty)
                | TypeDefKind::List(ty)
                | TypeDefKind::FixedLengthList(ty, _)
                | TypeDefKind::Type(ty) => self.all_parts(ty, is),
                TypeDefKind::Map(key, value) => all(&[*key, *value]),
                TypeDefKind::Result(result) => any(&result.ok) && any(&result.err),
                _ => true,
            }
    }
}

/// The error of what there is nothing for yet.
pub(super) fn unsupported(what: &str) -> Error {
    Error::new(Span::call_site(), format!("{what} are not supported yet"))
}
