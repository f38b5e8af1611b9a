//! The same tests as in `main.rs`, where functions are compiled while they run.

#[path = "main.rs"]
mod api;

use api::{assert_says, config, engine, link, load, load_in};
