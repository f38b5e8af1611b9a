//! Hostile inputs, and what must hold for every one of them.
//!
//! [`random`] and [`mutate`] make bad modules from good ones, [`emit`] writes modules that no toolchain would, [`program`] makes
//! valid ones, and so does [`typed`], from the table of operators; [`script`] takes them out of scripts; [`component`] and
//! [`crossing`] make components, and the first of them feeds them. [`oracle`] feeds them to the engine in several [`way`]s, and panics only where the engine breaks a
//! promise; [`run`] and [`state`] are what it sees of a module, [`value`] what modules are called with.
//! The fuzz targets and `cargo test` are thin users of this library: [`case`] is what both run.
//! [`counting`] and `watch` end a process that takes too much memory or time for an input.
//! It expects nothing of a particular input: tests do.

#[expect(
    unsafe_code,
    reason = "vouches for code that it has serialized, and loads damaged code that it never runs"
)]
pub mod aot;
pub mod case;
pub mod component;
#[expect(unsafe_code, reason = "passes allocations on, and counts them")]
pub mod counting;
pub mod crossing;
pub mod emit;
pub mod mutate;
pub mod oracle;
pub mod program;
pub mod random;
pub mod run;
pub mod script;
pub mod state;
pub mod typed;
pub mod value;
mod watch;
pub mod way;
