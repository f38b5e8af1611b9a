//! Names of WIT and of Rust, each in the words of the other.

use heck::ToKebabCase;
use proc_macro2::Ident;
use syn::ext::IdentExt;

/// The name in WIT of something that has this one in Rust, unless an attribute says otherwise.
pub(crate) fn kebab(ident: &Ident) -> String {
    ident.unraw().to_string().to_kebab_case()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    #[test]
    fn names_in_wit_and_rust() {
        assert_eq!(kebab(&Ident::new("READ_ONLY", Span::call_site())), "read-only");
        assert_eq!(kebab(&Ident::new_raw("type", Span::call_site())), "type");
        assert_eq!(kebab(&Ident::new("NotFound", Span::call_site())), "not-found");
    }
}
