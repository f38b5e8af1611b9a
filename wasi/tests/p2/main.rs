//! WASI 0.2 from a guest's side: each function of each interface at least once, through a component that forwards to it.
//!
//! `interfaces` says what there is; `forward` makes the component; the other files are packages. That every function was
//! called is checked against the table below.

mod cli;
mod clocks;
mod filesystem;
mod forward;
mod guest;
mod interfaces;
mod io;
mod paths;
mod random;

/// The name that tests call each function by is somewhere in them.
#[test]
fn each_function_is_called() {
    let tests = [
        include_str!("cli.rs"),
        include_str!("clocks.rs"),
        include_str!("filesystem.rs"),
        include_str!("io.rs"),
        include_str!("paths.rs"),
        include_str!("random.rs"),
    ]
    .concat();
    let funcs = interfaces::INTERFACES.lines().filter_map(|line| line.strip_prefix("func "));
    for name in funcs.filter_map(|func| func.split(' ').next()) {
        let name = name.split('.').next_back().unwrap();
        assert!(tests.contains(&format!(".{name}\"")) || tests.contains(&format!("\"{name}\"")), "{name}");
    }
}
