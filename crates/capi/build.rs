//! The name by which programs ask for the library when they start, whoever has built it: the one that `cargo xtask capi` installs it
//! under.

use std::env::var;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libsarsen.so.0");
    } else if is("CARGO_CFG_TARGET_VENDOR", "apple") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libsarsen.dylib");
    }
}
