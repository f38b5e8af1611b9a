//! A runtime in a program of its own, for peers without a Rust library.
//!
//! The program gets FILE and n, runs `run(n)` once and prints `RESULT NANOSECONDS`. It must take binary modules; it is not asked for
//! start-up times.

use super::{Engine, Loaded, Run, Start};
use crate::Result;
use sarsen_benches::Guest;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

pub(super) struct External {
    /// Leaked once per process: reports keep names.
    name: &'static str,
    program: String,
}

struct LoadedFile {
    program: String,
    file: PathBuf,
}

impl External {
    /// From `NAME=PROGRAM`.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let (name, program) = text.split_once('=').ok_or("--external is NAME=PROGRAM")?;
        Ok(Self { name: name.to_owned().leak(), program: program.to_owned() })
    }
}

impl Engine for External {
    fn name(&self) -> &'static str {
        self.name
    }

    fn supports(&self, guest: &Guest) -> bool {
        self.load(guest.wasm).and_then(|module| module.run(1)).is_ok()
    }

    fn load(&self, wasm: &[u8]) -> Result<Box<dyn Loaded>> {
        let file = std::env::temp_dir().join(format!("sarsen-peers-{}.wasm", std::process::id()));
        std::fs::write(&file, wat::parse_bytes(wasm)?)?;
        Ok(Box::new(LoadedFile { program: self.program.clone(), file }))
    }

    fn load_lazily(&self, wasm: &[u8]) -> Result<Box<dyn Loaded>> {
        self.load(wasm)
    }

    fn start(&self, _wasm: &[u8], _name: &str) -> Result<Start> {
        Err(format!("starts are not measured in {}", self.name).into())
    }
}

impl Loaded for LoadedFile {
    fn run(&self, n: i32) -> Result<Run> {
        let output = Command::new(&self.program).arg(&self.file).arg(n.to_string()).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().into());
        }
        let text = String::from_utf8(output.stdout)?;
        let (result, nanoseconds) = text.trim().split_once(' ').ok_or("not `RESULT NANOSECONDS`")?;
        Ok(Run { result: result.parse()?, time: Duration::from_nanos(nanoseconds.parse()?) })
    }

    fn instantiate(&self) -> Result<Duration> {
        Err(format!("instances are not measured in {}", self.program).into())
    }
}

impl Drop for LoadedFile {
    fn drop(&mut self) {
        // Nobody needs the temporary file; if it cannot be removed, nothing is lost.
        let _ = std::fs::remove_file(&self.file);
    }
}
