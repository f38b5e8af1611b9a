//! `cargo test` runs tidy, so that continuous integration has no rules of its own.
//!
//! It owns no rule.

#[test]
fn the_tree_is_tidy() {
    if let Err(complaints) = xtask::tidy::run(&xtask::workspace()) {
        panic!("\n{complaints}");
    }
}
