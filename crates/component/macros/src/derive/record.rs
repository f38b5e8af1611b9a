//! The bodies of the traits for records.

use super::input::{Field, Input};
use crate::krate;
use proc_macro2::TokenStream;
use quote::quote;

/// The layouts of the record and of its fields: a call of `record_abi`.
fn layout(fields: &[Field<'_>]) -> TokenStream {
    let krate = krate();
    let types = fields.iter().map(|field| field.ty);
    quote!(#krate::internal::record_abi([#(<#types as #krate::ComponentType>::ABI),*]))
}

pub(super) fn abi(fields: &[Field<'_>]) -> TokenStream {
    let layout = layout(fields);
    quote!(#layout.0)
}

pub(super) fn check(input: &Input<'_>, fields: &[Field<'_>]) -> TokenStream {
    let (krate, rust) = (krate(), &input.name);
    let names = fields.iter().map(|field| &field.name);
    let types = fields.iter().map(|field| field.ty);
    quote! {
        #krate::internal::check_record(
            cx,
            ty,
            #rust,
            &[#((#names, <#types as #krate::ComponentType>::check)),*],
        )
    }
}

pub(super) fn lower(fields: &[Field<'_>]) -> TokenStream {
    let (krate, layout) = (krate(), layout(fields));
    let each = fields.iter().enumerate().map(|(index, Field { ident, ty, .. })| {
        quote! {
            let part = cx.part_type::<#ty>(ty, #index);
            <#ty as #krate::Lower>::lower(&self.#ident, cx, part, &mut slots[places[#index]..])?;
        }
    });
    quote! {
        let places = const { #layout.1 };
        #(#each)*
        ::std::result::Result::Ok(())
    }
}

pub(super) fn store(fields: &[Field<'_>]) -> TokenStream {
    let (krate, layout) = (krate(), layout(fields));
    let each = fields.iter().enumerate().map(|(index, Field { ident, ty, .. })| {
        quote! {
            let part = cx.part_type::<#ty>(ty, #index);
            <#ty as #krate::Lower>::store(&self.#ident, cx, part, at + offsets[#index])?;
        }
    });
    quote! {
        let offsets = const { #layout.2 };
        #(#each)*
        ::std::result::Result::Ok(())
    }
}

pub(super) fn lift(fields: &[Field<'_>]) -> TokenStream {
    let (krate, layout) = (krate(), layout(fields));
    let each = fields.iter().enumerate().map(|(index, Field { ident, ty, .. })| {
        quote! {
            #ident: {
                let part = cx.part_type::<#ty>(ty, #index);
                <#ty as #krate::Lift>::lift(cx, part, &slots[places[#index]..])?
            }
        }
    });
    quote! {
        let places = const { #layout.1 };
        ::std::result::Result::Ok(Self { #(#each),* })
    }
}

pub(super) fn load(fields: &[Field<'_>]) -> TokenStream {
    let (krate, layout) = (krate(), layout(fields));
    let each = fields.iter().enumerate().map(|(index, Field { ident, ty, .. })| {
        quote! {
            #ident: {
                let part = cx.part_type::<#ty>(ty, #index);
                let size = <#ty as #krate::ComponentType>::ABI.size;
                <#ty as #krate::Lift>::load(cx, part, &bytes[offsets[#index]..][..size])?
            }
        }
    });
    quote! {
        let offsets = const { #layout.2 };
        ::std::result::Result::Ok(Self { #(#each),* })
    }
}
