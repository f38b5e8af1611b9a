//! What a compiled module says about itself.
//!
//! Owns the form of that for people.
//! What is in its header is the engine's matter; the module that it was made from is shown as any other.

use crate::failure::Failure;
use crate::input::{self, Bytes};
use sarsen::ArtifactInfo;
use std::io::Write;
use std::path::Path;

/// A compiled module, whatever machine it is for.
pub(super) struct Artifact {
    pub(super) info: ArtifactInfo,
    bytes: Vec<u8>,
}

/// The compiled module in `file`; none if it is something else.
pub(super) fn read(file: &Path) -> Result<Option<Artifact>, Failure> {
    if !input::is_artifact(file) {
        return Ok(None);
    }
    let bytes = std::fs::read(file).map_err(|error| Failure::of(file, error))?;
    let info = ArtifactInfo::read(&bytes).map_err(|error| Failure::of_engine(file, &error))?;
    Ok(Some(Artifact { info, bytes }))
}

impl Artifact {
    /// The module that it was made from.
    pub(super) fn wasm(&self) -> Bytes {
        Bytes::from(self.bytes[self.info.wasm()].to_vec())
    }

    /// Bytes of all.
    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Prints what it is, and what it is bound to.
    pub(super) fn overview(&self, file: &Path, out: &mut impl Write) -> Result<(), Failure> {
        let info = &self.info;
        writeln!(out, "{}: {} bytes, compiled by sarsen {}", file.display(), self.size(), info.version())?;
        writeln!(out, "\ntarget: {}", info.target())?;
        let cpu: Vec<&str> =
            info.cpu_features().map(|name| name.strip_prefix("has_").unwrap_or(name)).collect();
        writeln!(out, "cpu: {}", if cpu.is_empty() { "baseline".to_owned() } else { cpu.join(" ") })?;
        let options: Vec<String> = info.options().map(|(name, value)| format!("{name}={value}")).collect();
        writeln!(out, "options: {}", options.join(" "))?;
        writeln!(
            out,
            "functions: {}, {} of them interpreted",
            info.functions(),
            info.interpreted_functions()
        )?;
        let sizes = [info.code_size(), info.table_size(), info.wasm().len()];
        writeln!(out, "sizes: code {}, tables {}, module {}", sizes[0], sizes[1], sizes[2])?;
        Ok(())
    }
}
