//! The macros of `sarsen-component`, which re-exports them with documentation and examples: derives for types of components
//! ([`derive`]), sets of flags ([`flags`]), and Rust from WIT ([`bindgen`]).
//!
//! Knows nothing of how values cross: generated code calls helpers of `sarsen_component::internal`.

#![forbid(unsafe_code)]

mod bindgen;
mod derive;
mod flags;
mod names;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// The path that generated code has to `sarsen-component`.
fn krate() -> proc_macro2::TokenStream {
    quote::quote!(::sarsen_component)
}

/// Implements `ComponentType`, for records, variants and enumerations.
#[proc_macro_derive(ComponentType, attributes(component))]
pub fn component_type(input: TokenStream) -> TokenStream {
    finish(derive::component_type(&parse_macro_input!(input as DeriveInput)))
}

/// Implements `Lift`, for types that have `ComponentType`.
#[proc_macro_derive(Lift, attributes(component))]
pub fn lift(input: TokenStream) -> TokenStream {
    finish(derive::lift(&parse_macro_input!(input as DeriveInput)))
}

/// Implements `Lower`, for types that have `ComponentType`.
#[proc_macro_derive(Lower, attributes(component))]
pub fn lower(input: TokenStream) -> TokenStream {
    finish(derive::lower(&parse_macro_input!(input as DeriveInput)))
}

/// Declares a type of flags.
#[proc_macro]
pub fn flags(input: TokenStream) -> TokenStream {
    finish(flags::expand(&parse_macro_input!(input as flags::Flags)))
}

/// Writes Rust for a world of WIT.
#[proc_macro]
pub fn bindgen(input: TokenStream) -> TokenStream {
    finish(bindgen::expand(parse_macro_input!(input as bindgen::Options)))
}

/// The code, or the error where it belongs.
fn finish(result: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    result.unwrap_or_else(syn::Error::into_compile_error).into()
}
