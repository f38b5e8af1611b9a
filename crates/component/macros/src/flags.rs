//! `flags!`: a type of its own for a set of flags, with the operations that sets have.
//!
//! Bits are those of the canonical ABI: the first flag is the lowest. Bits that no flag has are never set.

use crate::derive::name;
use crate::krate;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Error, Result, Token, Visibility, braced};

/// As many as the canonical ABI has bits for.
const MAX_FLAGS: usize = 32;

/// What is declared.
pub(crate) struct Flags {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) ident: Ident,
    pub(crate) flags: Vec<Flag>,
}

pub(crate) struct Flag {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) ident: Ident,
    pub(crate) name: String,
}

impl Parse for Flags {
    fn parse(input: ParseStream<'_>) -> Result<Flags> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = match input.parse()? {
            Visibility::Inherited => Visibility::Public(<Token![pub]>::default()),
            given => given,
        };
        let ident: Ident = input.parse()?;
        let content;
        braced!(content in input);
        let mut flags = Vec::new();
        while !content.is_empty() {
            flags.push(content.parse()?);
        }
        Ok(Flags { attributes, visibility, ident, flags })
    }
}

impl Parse for Flag {
    fn parse(input: ParseStream<'_>) -> Result<Flag> {
        let attributes = input.call(Attribute::parse_outer)?;
        input.parse::<Token![const]>()?;
        let ident = input.parse()?;
        input.parse::<Token![;]>()?;
        let name = name(&ident, &attributes)?;
        let attributes =
            attributes.into_iter().filter(|attribute| !attribute.path().is_ident("component")).collect();
        Ok(Flag { attributes, ident, name })
    }
}

/// The code of a set.
///
/// # Errors
/// If it has no flags, or more than there are bits.
pub(crate) fn expand(flags: &Flags) -> Result<TokenStream> {
    if flags.flags.is_empty() || flags.flags.len() > MAX_FLAGS {
        let message =
            format!("a set has between 1 and {MAX_FLAGS} flags, `{}` has {}", flags.ident, flags.flags.len());
        return Err(Error::new(flags.ident.span(), message));
    }
    let (declaration, operations) = (declaration(flags), operations(&flags.ident));
    let (debug, traits) = (debug(flags), traits(flags));
    Ok(quote!(#declaration #operations #debug #traits))
}

/// The type, the flags, and what sets can do.
fn declaration(Flags { attributes, visibility, ident, flags }: &Flags) -> TokenStream {
    let all = (1_u64 << flags.len()).wrapping_sub(1) as u32;
    let consts = flags.iter().enumerate().map(|(bit, flag)| {
        let (attributes, ident, bits) = (&flag.attributes, &flag.ident, 1_u32 << bit);
        let doc = (!is_documented(attributes)).then(|| format!("The flag `{}`.", flag.name));
        let doc = doc.iter();
        quote! {
            #(#attributes)*
            #(#[doc = #doc])*
            #visibility const #ident: Self = Self { bits: #bits };
        }
    });
    let doc = (!is_documented(attributes)).then_some("A set of flags.");
    let doc = doc.iter();
    quote! {
        #(#attributes)*
        #(#[doc = #doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #visibility struct #ident { bits: u32 }

        impl #ident {
            #(#consts)*

            /// The set without flags.
            #visibility const fn empty() -> Self { Self { bits: 0 } }

            /// The set of all flags.
            #visibility const fn all() -> Self { Self { bits: #all } }

            /// The flags as bits: the first is the lowest.
            #visibility const fn bits(&self) -> u32 { self.bits }

            /// The flags of these bits; none if there are bits that no flag has.
            #visibility const fn from_bits(bits: u32) -> ::std::option::Option<Self> {
                if bits & !#all == 0 {
                    ::std::option::Option::Some(Self { bits })
                } else {
                    ::std::option::Option::None
                }
            }

            /// The flags of these bits, those that no flag has left out.
            #visibility const fn from_bits_truncate(bits: u32) -> Self { Self { bits: bits & #all } }

            /// Whether there are no flags.
            #visibility const fn is_empty(&self) -> bool { self.bits == 0 }

            /// Whether there are all flags.
            #visibility const fn is_all(&self) -> bool { self.bits == #all }

            /// Whether there are all of these flags.
            #visibility const fn contains(&self, other: Self) -> bool { self.bits & other.bits == other.bits }

            /// Whether there is one of these flags.
            #visibility const fn intersects(&self, other: Self) -> bool { self.bits & other.bits != 0 }

            /// Adds flags.
            #visibility fn insert(&mut self, other: Self) { self.bits |= other.bits; }

            /// Takes flags away.
            #visibility fn remove(&mut self, other: Self) { self.bits &= !other.bits; }

            /// Adds flags that are not there, and takes away those that are.
            #visibility fn toggle(&mut self, other: Self) { self.bits ^= other.bits; }

            /// Adds flags, or takes them away.
            #visibility fn set(&mut self, other: Self, value: bool) {
                if value { self.insert(other) } else { self.remove(other) }
            }
        }
    }
}

fn is_documented(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("doc"))
}

/// The operators of Rust.
fn operations(ident: &Ident) -> TokenStream {
    let binary = [
        ("BitOr", "bitor", quote!(self.bits | other.bits)),
        ("BitAnd", "bitand", quote!(self.bits & other.bits)),
        ("BitXor", "bitxor", quote!(self.bits ^ other.bits)),
        ("Sub", "sub", quote!(self.bits & !other.bits)),
    ];
    let each = binary.iter().map(|(operator, method, bits)| {
        let name = |name: &str| Ident::new(name, proc_macro2::Span::call_site());
        let (assign, assign_method) = (name(&format!("{operator}Assign")), name(&format!("{method}_assign")));
        let (operator, method) = (name(operator), name(method));
        quote! {
            impl ::std::ops::#operator for #ident {
                type Output = Self;
                fn #method(self, other: Self) -> Self { Self { bits: #bits } }
            }
            impl ::std::ops::#assign for #ident {
                fn #assign_method(&mut self, other: Self) { *self = ::std::ops::#operator::#method(*self, other); }
            }
        }
    });
    quote! {
        #(#each)*

        impl ::std::ops::Not for #ident {
            type Output = Self;
            fn not(self) -> Self { Self::from_bits_truncate(!self.bits) }
        }

        impl ::std::iter::FromIterator<#ident> for #ident {
            fn from_iter<I: ::std::iter::IntoIterator<Item = #ident>>(all: I) -> Self {
                all.into_iter().fold(Self::empty(), |all, one| all | one)
            }
        }
    }
}

/// As it would be written: `Perms(READ | WRITE)`.
fn debug(Flags { ident, flags, .. }: &Flags) -> TokenStream {
    let rust = ident.to_string();
    let idents = flags.iter().map(|flag| &flag.ident);
    let names = flags.iter().map(|flag| flag.ident.to_string());
    quote! {
        impl ::std::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(#rust)?;
                let mut before = "(";
                for (flag, name) in [#((Self::#idents, #names)),*] {
                    if self.contains(flag) {
                        f.write_str(before)?;
                        f.write_str(name)?;
                        before = " | ";
                    }
                }
                f.write_str(if self.is_empty() { "()" } else { ")" })
            }
        }
    }
}

/// What components need.
fn traits(Flags { ident, flags, .. }: &Flags) -> TokenStream {
    let (krate, count) = (krate(), flags.len());
    let (rust, names) = (ident.to_string(), flags.iter().map(|flag| &flag.name));
    quote! {
        impl #krate::ComponentType for #ident {
            const ABI: #krate::internal::Abi = #krate::internal::flags_abi(#count);

            fn check(
                cx: &#krate::internal::TypeCheck<'_>,
                ty: #krate::internal::TypeIndex,
            ) -> ::std::result::Result<(), ::std::string::String> {
                #krate::internal::check_flags(cx, ty, #rust, &[#(#names),*])
            }
        }

        impl #krate::Lower for #ident {
            #[inline]
            fn lower(
                &self,
                _: &mut #krate::LowerContext<'_>,
                _: #krate::internal::TypeIndex,
                slots: &mut [u64],
            ) -> #krate::internal::Result<()> {
                slots[0] = ::std::convert::From::from(self.bits);
                ::std::result::Result::Ok(())
            }

            #[inline]
            fn store(
                &self,
                cx: &mut #krate::LowerContext<'_>,
                _: #krate::internal::TypeIndex,
                at: usize,
            ) -> #krate::internal::Result<()> {
                cx.write(at, &self.bits.to_le_bytes()[..<Self as #krate::ComponentType>::ABI.size])
            }
        }

        impl #krate::Lift for #ident {
            #[inline]
            fn lift(
                _: &mut #krate::LiftContext<'_>,
                _: #krate::internal::TypeIndex,
                slots: &[u64],
            ) -> #krate::internal::Result<Self> {
                ::std::result::Result::Ok(Self::from_bits_truncate(slots[0] as u32))
            }

            #[inline]
            fn load(
                _: &mut #krate::LiftContext<'_>,
                _: #krate::internal::TypeIndex,
                bytes: &[u8],
            ) -> #krate::internal::Result<Self> {
                ::std::result::Result::Ok(Self::from_bits_truncate(#krate::internal::lift_bits(bytes)))
            }
        }
    }
}
