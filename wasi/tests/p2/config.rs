//! `wasi:config`: what was set is seen, and nothing else.

use crate::guest::{Guest, text};
use sarsen_component::Val;
use sarsen_wasi::WasiCtxBuilder;

#[test]
fn what_was_set_is_seen() {
    let mut grants = WasiCtxBuilder::new();
    grants.env("SECRET", "1").config_var("color", "red").config_var("size", "3").config_var("color", "blue");
    let mut guest = Guest::config(&mut grants);
    let some = |value: &str| Val::Option(Some(Box::new(text(value))));
    assert_eq!(guest.ok("store.get", &[text("color")]), some("blue"));
    assert_eq!(guest.ok("store.get", &[text("size")]), some("3"));
    assert_eq!(guest.ok("store.get", &[text("SECRET")]), Val::Option(None));
    let pair = |name: &str, value: &str| Val::Tuple(vec![text(name), text(value)]);
    let all = Val::List(vec![pair("size", "3"), pair("color", "blue")]);
    assert_eq!(guest.ok("store.get-all", &[]), all);
}
