//! The bodies of the traits for variants and enumerations, which are variants that nothing comes with.

use super::input::{Case, Input, Kind};
use crate::krate;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

pub(super) fn abi(cases: &[Case<'_>]) -> TokenStream {
    let krate = krate();
    let each = cases.iter().map(|case| match case.ty {
        Some(ty) => quote!(::std::option::Option::Some(<#ty as #krate::ComponentType>::ABI)),
        None => quote!(::std::option::Option::None),
    });
    quote!(#krate::internal::variant_abi([#(#each),*]))
}

pub(super) fn check(input: &Input<'_>, cases: &[Case<'_>]) -> TokenStream {
    let (krate, rust) = (krate(), &input.name);
    let names = cases.iter().map(|case| &case.name);
    if input.kind == Kind::Enum {
        return quote!(#krate::internal::check_enum(cx, ty, #rust, &[#(#names),*]));
    }
    let checks = cases.iter().map(|case| match case.ty {
        Some(ty) => quote!(::std::option::Option::Some(<#ty as #krate::ComponentType>::check)),
        None => quote!(::std::option::Option::None),
    });
    quote!(#krate::internal::check_variant(cx, ty, #rust, &[#((#names, #checks)),*]))
}

/// The number of a case, and its type: what is written for each.
fn arms(cases: &[Case<'_>], arm: impl Fn(&Case<'_>, u32, usize) -> TokenStream) -> Vec<TokenStream> {
    cases.iter().enumerate().map(|(index, case)| arm(case, index as u32, index)).collect()
}

pub(super) fn lower(cases: &[Case<'_>]) -> TokenStream {
    let krate = krate();
    let arms = arms(cases, |Case { ident, ty, .. }, number, index| match ty {
        None => quote! {
            Self::#ident => {
                slots[0] = ::std::convert::From::from(#number);
                ::std::result::Result::Ok(())
            }
        },
        Some(case) => quote! {
            Self::#ident(value) => {
                slots[0] = ::std::convert::From::from(#number);
                let part = cx.part_type::<#case>(ty, #index);
                <#case as #krate::Lower>::lower(value, cx, part, &mut slots[1..])
            }
        },
    });
    quote! {
        let _ = (&cx, ty);
        match self { #(#arms)* }
    }
}

pub(super) fn store(cases: &[Case<'_>]) -> TokenStream {
    let krate = krate();
    let number = |number: u32| {
        let abi = quote!(<Self as #krate::ComponentType>::ABI);
        quote!(cx.write(at, &u32::to_le_bytes(#number)[..#abi.discriminant]))
    };
    let arms = arms(cases, |Case { ident, ty, .. }, case, index| {
        let number = number(case);
        match ty {
            None => quote!(Self::#ident => #number,),
            Some(case) => quote! {
                Self::#ident(value) => {
                    #number?;
                    let part = cx.part_type::<#case>(ty, #index);
                    let at = at + <Self as #krate::ComponentType>::ABI.payload;
                    <#case as #krate::Lower>::store(value, cx, part, at)
                }
            },
        }
    });
    quote! {
        let _ = ty;
        match self { #(#arms)* }
    }
}

/// What is made for a number that is known to be that of a case.
fn matched(
    cases: &[Case<'_>],
    number: &TokenStream,
    payload: impl Fn(&TokenStream) -> TokenStream,
) -> TokenStream {
    let krate = krate();
    let last = cases.len() - 1;
    let arms = arms(cases, |Case { ident, ty, .. }, _, index| {
        let pattern = match index {
            _ if index == last => quote!(_),
            _ => {
                let literal = Literal::usize_unsuffixed(index);
                quote!(#literal)
            }
        };
        match ty {
            None => quote!(#pattern => Self::#ident,),
            Some(case) => {
                let payload = payload(&quote!(#case));
                quote! {
                    #pattern => {
                        let part = cx.part_type::<#case>(ty, #index);
                        Self::#ident(#payload)
                    }
                }
            }
        }
    });
    let count = cases.len();
    quote! {
        let _ = (&cx, ty);
        let number = #krate::internal::lift_case(#number, #count)?;
        ::std::result::Result::Ok(match number { #(#arms)* })
    }
}

pub(super) fn lift(cases: &[Case<'_>]) -> TokenStream {
    let krate = krate();
    matched(
        cases,
        &quote!(slots[0] as u32),
        |case| quote!(<#case as #krate::Lift>::lift(cx, part, &slots[1..])?),
    )
}

pub(super) fn load(cases: &[Case<'_>]) -> TokenStream {
    let krate = krate();
    let abi = quote!(<Self as #krate::ComponentType>::ABI);
    let number = quote!(#krate::internal::lift_bits(&bytes[..#abi.discriminant]));
    matched(cases, &number, |case| {
        let size = quote!(<#case as #krate::ComponentType>::ABI.size);
        quote!(<#case as #krate::Lift>::load(cx, part, &bytes[#abi.payload..][..#size])?)
    })
}
