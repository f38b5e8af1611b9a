//! `wasi:config`: names and values that the embedder has chosen.
//!
//! # Invariant
//!
//! Nothing of the machine is in it: not a variable of the environment, not a file.

use crate::p2::{WasiCtxView, WasiView, functions};
use sarsen::Result;
use sarsen_component::{ComponentType, Linker, Lower};

/// The versions of the draft that guests are built with. None promises anything to another, but this interface has not changed.
const VERSIONS: [&str; 2] = ["0.2.0-rc.1", "0.2.0-draft"];

/// Why a value is not known. What is here does not fail.
#[derive(ComponentType, Lower, Debug)]
#[component(variant)]
enum Error {
    #[component(name = "upstream")]
    #[expect(dead_code, reason = "part of the interface")]
    Upstream(String),
    #[component(name = "io")]
    #[expect(dead_code, reason = "part of the interface")]
    Io(String),
}

type Outcome<T> = Result<T, Error>;

/// The guest is told what has come of it.
fn told<T>(_: &mut WasiCtxView<'_>, outcome: Outcome<T>) -> Result<(Outcome<T>,)> {
    Ok((outcome,))
}

/// Defines `wasi:config`.
///
/// # Errors
/// If one of the names is defined already.
pub fn add_to_linker<T: WasiView + 'static>(linker: &mut Linker<T>) -> Result<()> {
    for version in VERSIONS {
        let mut linker = linker.instance(&format!("wasi:config/store@{version}"))?;
        functions! { linker, told;
            "get" = config_get(key: String);
            "get-all" = config_get_all();
        }
    }
    Ok(())
}

impl WasiCtxView<'_> {
    fn config_get(&mut self, key: String) -> Outcome<Option<String>> {
        let found = self.ctx.host.config.iter().find(|(name, _)| *name == key);
        Ok(found.map(|(_, value)| value.clone()))
    }

    fn config_get_all(&mut self) -> Outcome<Vec<(String, String)>> {
        Ok(self.ctx.host.config.clone())
    }
}
