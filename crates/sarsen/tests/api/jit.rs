//! The same tests as in `main.rs`, in compiled code.

#[path = "main.rs"]
mod api;

use api::{assert_says, config, engine, link, load, load_in};
