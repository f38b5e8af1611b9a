//! The tests of the example `plugin-host`, which are in its own file.

#[expect(dead_code, reason = "its `main` is not called here")]
#[path = "../plugin-host/main.rs"]
mod plugin_host;
