//! Compiled code: what it takes to run it, whoever compiled it.
//!
//! An image is inert bytes (`image`). Published (`code`), its text can be executed, and everybody who has a position in it
//! can find out what it is (`registry`). Calls from the host go in through `call`, and come out again whichever way they
//! end: by themselves, through a runtime function (`functions`) or through a fault (`faults`). Frames are found through frame
//! pointers (`frames`). Who measures is told where which code lies (`perf`), by its names (`symbols`). Nothing here knows how
//! code is made.

mod call;
mod code;
mod faults;
mod frames;
pub(crate) mod functions;
mod image;
mod perf;
mod registry;
mod symbols;

pub(crate) use call::NATIVE;
pub use call::{call_native, enter_native};
pub use code::NativeCode;
pub(crate) use functions::INTERPRETED;
pub use functions::functions;
pub(crate) use functions::{call_interpreted, call_interpreted_in_registers};
pub use image::{Collection, ContextLocation, Handler, INLINED, Image, ImageError, ImageParts, Site};
pub use perf::Perf;
pub(crate) use registry::is_in_use;

#[cfg(all(test, target_arch = "x86_64", target_os = "linux", not(miri)))]
mod tests;
