//! Names of WIT and of Rust, each in the words of the other.

use heck::{ToKebabCase, ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;

/// The name in WIT of something that has this one in Rust, unless an attribute says otherwise.
pub(crate) fn kebab(ident: &Ident) -> String {
    ident.unraw().to_string().to_kebab_case()
}

/// Of a function, a parameter, a field or a module in Rust.
pub(crate) fn snake(name: &str) -> Ident {
    ident(&name.to_snake_case())
}

/// Of a type or a case in Rust.
pub(crate) fn camel(name: &str) -> Ident {
    ident(&name.to_upper_camel_case())
}

/// Of a flag in Rust.
pub(crate) fn constant(name: &str) -> Ident {
    ident(&name.to_snake_case().to_uppercase())
}

/// A name that is not a word of the language: those get an underscore.
fn ident(name: &str) -> Ident {
    let is_word = name == "gen" || syn::parse_str::<Ident>(name).is_err();
    Ident::new(&format!("{name}{}", if is_word { "_" } else { "" }), Span::call_site())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_wit_and_rust() {
        assert_eq!(kebab(&Ident::new("READ_ONLY", Span::call_site())), "read-only");
        assert_eq!(kebab(&Ident::new_raw("type", Span::call_site())), "type");
        assert_eq!(kebab(&Ident::new("NotFound", Span::call_site())), "not-found");
        assert_eq!(snake("get-2-d").to_string(), "get_2_d");
        assert_eq!(snake("type").to_string(), "type_");
        assert_eq!(snake("self").to_string(), "self_");
        assert_eq!(camel("error-code").to_string(), "ErrorCode");
        assert_eq!(constant("read-only").to_string(), "READ_ONLY");
    }
}
