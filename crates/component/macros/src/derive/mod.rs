//! Derives: what a Rust type says about itself ([`input`]), and the traits for records ([`record`]) and for what has cases
//! ([`variant`]).
//!
//! # Invariant
//!
//! Layouts are constants, of inline `const` blocks since types may be generic; nothing is allocated.

mod input;
mod record;
mod variant;

use crate::krate;
pub(crate) use input::name;
use input::{Input, Shape};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, GenericParam, Result, parse_quote};

pub(crate) fn component_type(input: &DeriveInput) -> Result<TokenStream> {
    let shape = Input::read(input)?;
    let (abi, check) = match &shape.shape {
        Shape::Record(fields) => (record::abi(fields), record::check(&shape, fields)),
        Shape::Cases(cases) => (variant::abi(cases), variant::check(&shape, cases)),
    };
    let krate = krate();
    let body = quote! {
        const ABI: #krate::internal::Abi = #abi;

        fn check(
            cx: &#krate::internal::TypeCheck<'_>,
            ty: #krate::internal::TypeIndex,
        ) -> ::std::result::Result<(), ::std::string::String> {
            #check
        }
    };
    Ok(implement(input, quote!(ComponentType), &body))
}

pub(crate) fn lift(input: &DeriveInput) -> Result<TokenStream> {
    let (lift, load) = match &Input::read(input)?.shape {
        Shape::Record(fields) => (record::lift(fields), record::load(fields)),
        Shape::Cases(cases) => (variant::lift(cases), variant::load(cases)),
    };
    let krate = krate();
    let body = quote! {
        #[inline]
        fn lift(
            cx: &mut #krate::LiftContext<'_>,
            ty: #krate::internal::TypeIndex,
            slots: &[u64],
        ) -> #krate::internal::Result<Self> {
            #lift
        }

        #[inline]
        fn load(
            cx: &mut #krate::LiftContext<'_>,
            ty: #krate::internal::TypeIndex,
            bytes: &[u8],
        ) -> #krate::internal::Result<Self> {
            #load
        }
    };
    Ok(implement(input, quote!(Lift), &body))
}

pub(crate) fn lower(input: &DeriveInput) -> Result<TokenStream> {
    let (lower, store) = match &Input::read(input)?.shape {
        Shape::Record(fields) => (record::lower(fields), record::store(fields)),
        Shape::Cases(cases) => (variant::lower(cases), variant::store(cases)),
    };
    let krate = krate();
    let body = quote! {
        #[inline]
        fn lower(
            &self,
            cx: &mut #krate::LowerContext<'_>,
            ty: #krate::internal::TypeIndex,
            slots: &mut [u64],
        ) -> #krate::internal::Result<()> {
            #lower
        }

        #[inline]
        fn store(
            &self,
            cx: &mut #krate::LowerContext<'_>,
            ty: #krate::internal::TypeIndex,
            at: usize,
        ) -> #krate::internal::Result<()> {
            #store
        }
    };
    Ok(implement(input, quote!(Lower), &body))
}

/// An implementation of a trait, which the parameters of the type have to have as well.
fn implement(input: &DeriveInput, name: TokenStream, body: &TokenStream) -> TokenStream {
    let krate = krate();
    let mut generics = input.generics.clone();
    for param in &mut generics.params {
        if let GenericParam::Type(param) = param {
            param.bounds.push(parse_quote!(#krate::#name));
        }
    }
    let (params, arguments, bounds) = generics.split_for_impl();
    let ident = &input.ident;
    quote! {
        #[automatically_derived]
        impl #params #krate::#name for #ident #arguments #bounds {
            #body
        }
    }
}
