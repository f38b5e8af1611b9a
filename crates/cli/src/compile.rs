//! `sarsen compile`: modules to compiled modules, which `sarsen run` starts at once.
//!
//! Owns where they go, and that a file is there whole or not at all: what is mapped somewhere must not change.
//! The engine compiles.

mod progress;

use crate::failure::Failure;
use crate::input;
use crate::load::EXTENSION;
use crate::options::{Strategy, Switch, config, features_help};
use clap::{Args, ValueEnum};
use progress::Progress;
use sarsen::Engine;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Compile a module ahead of time
#[derive(Args)]
#[command(
    after_help = "What comes out runs with `sarsen run`, on machines with the same processor features or more, and by \
                        the same version of sarsen, under a name that ends with `.sarsen`. It is machine code, which nothing confines: \
                        run it only if you trust whoever has compiled it."
)]
pub(crate) struct Compile {
    /// The module, binary or text
    file: PathBuf,
    /// Where the compiled module goes: FILE with the extension `.sarsen` if not said
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What it is for: x86_64, aarch64 or riscv64, as it is or with `-linux`; this machine if not said
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,
    /// Which features of the processor it may use; `native` if not said, or `baseline` if there is a target
    #[arg(long, value_enum, value_name = "CPU")]
    cpu: Option<Cpu>,
    /// Lets the module be run with --fuel, and not without
    #[arg(long)]
    fuel: bool,
    /// Lets the module be run with --timeout
    #[arg(long)]
    interruptible: bool,
    /// Switches a WebAssembly feature on or off, with what builds on it; repeatable
    #[arg(short = 'W', long = "wasm", value_name = "FEATURE[=yes|no]", long_help = features_help())]
    wasm: Vec<Switch>,
}

/// Which features of a processor compiled code may use.
#[derive(Clone, Copy, ValueEnum)]
enum Cpu {
    /// All that this machine has
    Native,
    /// What every processor of the last decade has
    Baseline,
}

impl Compile {
    /// Compiles the module, and writes the file.
    pub(crate) fn execute(self) -> Result<(), Failure> {
        let engine = self.engine()?;
        let output = self.output.clone().unwrap_or_else(|| self.file.with_extension(EXTENSION));
        if output == self.file {
            return Err(Failure::usage(
                "the compiled module would replace the module; say where it goes with -o",
            ));
        }
        let bytes = input::bytes(&self.file)?;
        let progress = Progress::start();
        let compiled = engine.precompile_module_with_progress(bytes, &|done, all| progress.report(done, all));
        drop(progress);
        let compiled = compiled.map_err(|error| Failure::of_engine(&self.file, &error))?;
        write(&output, &compiled).map_err(|error| Failure::of(&output, error))
    }

    fn engine(&self) -> Result<Engine, Failure> {
        let mut config = config(Strategy::Jit, &self.wasm);
        config.consume_fuel(self.fuel).interruptible(self.interruptible);
        if let Some(target) = &self.target {
            config.target(target);
        }
        if let Some(cpu) = self.cpu {
            config.cpu(match cpu {
                Cpu::Native => sarsen::Cpu::Native,
                Cpu::Baseline => sarsen::Cpu::Baseline,
            });
        }
        Engine::new(&config).map_err(Failure::usage)
    }
}

/// Writes a file beside, and renames it: whoever runs the old one goes on with that.
fn write(output: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::metadata(output).is_ok_and(|there| !there.is_file()) {
        // A device, a pipe, or a folder, which will say so.
        return fs::write(output, bytes);
    }
    let mut beside = output.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, output));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}
