//! WASI 0.2 from a guest's side: each function of each interface at least once, through a component that forwards to it.
//!
//! `interfaces` says what there is; `forward` makes the component; the other files are packages. That every function was
//! called is checked against the table below.

mod anything;
mod cli;
mod clocks;
mod config;
mod filesystem;
mod forward;
mod guest;
mod http;
mod interfaces;
mod io;
mod keyvalue;
mod network;
mod paths;
mod prices;
mod random;
mod sockets;

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
        include_str!("config.rs"),
        include_str!("http.rs"),
        include_str!("keyvalue.rs"),
        include_str!("sockets.rs"),
    ]
    .concat();
    let interfaces = [
        interfaces::INTERFACES,
        network::SOCKETS,
        network::HTTP,
        network::CONFIG,
        network::KEYVALUE,
        network::KEYVALUE_2,
    ]
    .concat();
    let funcs = interfaces.lines().filter_map(|line| line.strip_prefix("func "));
    for name in funcs.filter_map(|func| func.split(' ').next()) {
        let name = match name.strip_prefix("[constructor]") {
            Some(resource) => format!("{resource}.new"),
            None => name.split('.').next_back().unwrap().to_owned(),
        };
        // What is set and got is named once, in a table.
        let names = [&*name, name.strip_prefix("set-").unwrap_or(&name)];
        let is_called = |name: &&str| {
            [format!(".{name}\""), format!("\"{name}\"")].iter().any(|text| tests.contains(text))
        };
        assert!(names.iter().any(is_called), "{name}");
    }
}
