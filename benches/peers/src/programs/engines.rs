//! How each engine is told to run a program.
//!
//! Does not run programs, except to fill a cache.

use super::child::run;
use super::list::Program;
use crate::Result;
use crate::options::Options;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Whose command line it is.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// Ours, with a strategy: from scratch each time.
    Sarsen(&'static str),
    /// Ours as users have it: finds what has been hot before.
    Warm,
    /// Wasmtime: compiles each time.
    Uncached,
    /// Wasmtime: finds what it has compiled.
    Cached,
    /// Wasmtime: is given what it has compiled.
    Precompiled,
    /// wasmi.
    Wasmi,
}

/// An engine, set up in one way.
pub(crate) struct Engine {
    /// What the table calls it.
    pub(crate) name: &'static str,
    way: Way,
    path: PathBuf,
}

/// How many of them are ours and start from scratch; they come first, and the first is what users get in the first run. The
/// next one is what they get in later ones.
pub(crate) const OURS: usize = 3;

/// Where caches, Wasmtime's configuration and precompiled files lie in the folder.
const CACHE: &str = "cache";

/// All of them, by the paths that the options give.
pub(crate) fn all(options: &mut Options) -> Result<Vec<Engine>> {
    let sarsen = path(options, "sarsen")?;
    let wasmtime = path(options, "wasmtime")?;
    let wasmi = path(options, "wasmi")?;
    let ways = [
        ("tiered", Way::Sarsen("tiered"), &sarsen),
        ("jit", Way::Sarsen("jit"), &sarsen),
        ("interpreter", Way::Sarsen("interpreter"), &sarsen),
        ("warm", Way::Warm, &sarsen),
        ("wasmtime", Way::Uncached, &wasmtime),
        ("cached", Way::Cached, &wasmtime),
        ("precompiled", Way::Precompiled, &wasmtime),
        ("wasmi", Way::Wasmi, &wasmi),
    ];
    Ok(ways.map(|(name, way, path)| Engine { name, way, path: path.clone() }).into())
}

/// Where a command is that an option may name; otherwise it is searched for by its own name.
fn path(options: &mut Options, name: &str) -> Result<PathBuf> {
    match options.take::<PathBuf>(name)? {
        // It is started in another folder.
        Some(path) => path.canonicalize().map_err(|error| format!("{}: {error}", path.display()).into()),
        None => Ok(name.into()),
    }
}

/// Makes the folder of the cache.
pub(crate) fn prepare(folder: &Path) -> Result<()> {
    let cache = folder.join(CACHE);
    fs::create_dir_all(&cache)?;
    fs::write(cache.join("wasmtime.toml"), format!("[cache]\ndirectory = {:?}\n", cache.join("wasmtime")))?;
    Ok(())
}

impl Engine {
    /// The command that runs a program, with the folder as current directory.
    pub(crate) fn command(&self, program: &Program, folder: &Path) -> Command {
        self.go_on(self.start(folder), program)
    }

    /// The command with the options of the engine.
    fn start(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.path);
        command.arg("run");
        match self.way {
            Way::Sarsen(strategy) => command.args(["--cache=no", "--strategy", strategy]),
            // Without processes that would go on beside others.
            Way::Warm => {
                command.env("SARSEN_CACHE_DIR", folder.join(CACHE).join("sarsen")).arg("--cache=alone")
            }
            Way::Uncached => command.args(["-C", "cache=n"]),
            Way::Cached => {
                let file = folder.join(CACHE).join("wasmtime.toml");
                command.args(["-C", "cache=y", "-C"]).arg(format!("cache-config={}", file.display()))
            }
            Way::Precompiled => command.args(["-C", "cache=n", "--allow-precompiled"]),
            Way::Wasmi => &mut command,
        };
        command
    }

    /// The command with what the program is given.
    fn go_on(&self, mut command: Command, program: &Program) -> Command {
        for (host, guest) in program.folders {
            // wasmi knows folders by one name only.
            let both = host != guest && self.way != Way::Wasmi;
            command.arg("--dir").arg(if both { format!("{host}::{guest}") } else { (*host).to_owned() });
        }
        command.arg(if self.way == Way::Precompiled { precompiled(program) } else { program.wasm.into() });
        command.args(program.arguments);
        command
    }

    /// Runs what leaves something in a cache.
    fn fill(&self, command: Command, program: &Program, folder: &Path) -> Result<()> {
        let outcome = run(command, program, folder, Duration::from_secs(600))?;
        outcome.failure.map_or(Ok(()), |failure| Err(failure.into()))
    }

    /// Does once what later runs profit from; an error is why the program cannot be run.
    pub(crate) fn warm_up(&self, program: &Program, folder: &Path) -> Result<()> {
        let wasm = folder.join(program.wasm);
        let made = fs::metadata(&wasm).map_err(|error| format!("{}: {error}", program.wasm))?.modified()?;
        match self.way {
            Way::Wasmi if program.folders.iter().any(|(host, guest)| host != guest) => {
                Err("knows folders by one name only".into())
            }
            Way::Precompiled => {
                let file = folder.join(precompiled(program));
                if fs::metadata(&file).and_then(|found| found.modified()).is_ok_and(|time| time > made) {
                    return Ok(());
                }
                let output =
                    Command::new(&self.path).arg("compile").arg("-o").arg(&file).arg(&wasm).output()?;
                let said = String::from_utf8_lossy(&output.stderr);
                if output.status.success() { Ok(()) } else { Err(said.into_owned().into()) }
            }
            Way::Cached => self.fill(self.command(program, folder), program, folder),
            Way::Warm => {
                // The second run starts a process that completes the cache. Here, that is waited for.
                for _ in 0..2 {
                    self.fill(self.command(program, folder), program, folder)?;
                }
                let mut command = self.start(folder);
                command.arg("--cache=complete");
                self.fill(self.go_on(command, program), program, folder)
            }
            _ => Ok(()),
        }
    }
}

/// Where the precompiled file of a program lies in the folder; its name is one that programs tell.
fn precompiled(program: &Program) -> PathBuf {
    Path::new(CACHE).join(program.wasm)
}
