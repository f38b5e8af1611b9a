//! `--cache`: what is done with the cache before and after a run.
//!
//! Owns when a process is started that completes it, and how.
//! What is in the cache, and whether that is worth completing, is the engine's matter.

use super::words::Words;
use crate::failure::Failure;
use clap::ValueEnum;
use sarsen::Module;
use serde::Deserialize;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, io};

/// What the cache is used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum, Deserialize)]
#[serde(try_from = "Spelled")]
pub(crate) enum Caching {
    /// To start where earlier runs have ended; from the second run on, a process in the background compiles what they have called
    #[default]
    #[value(aliases = ["y", "true", "t", "on", "1"])]
    Yes,
    /// Nothing
    #[value(aliases = ["n", "false", "f", "off", "0"])]
    No,
    /// As `yes`, but without other processes
    Alone,
    /// To compile, at once and without running anything, what earlier runs have called
    Complete,
}

/// How it can be spelled in files.
#[derive(Deserialize)]
#[serde(untagged, expecting = "it is true, false, or one of \"yes\", \"no\" and \"alone\"")]
enum Spelled {
    Switch(bool),
    Word(String),
}

impl TryFrom<Spelled> for Caching {
    type Error = String;

    fn try_from(spelled: Spelled) -> Result<Caching, String> {
        match spelled {
            Spelled::Switch(true) => Ok(Caching::Yes),
            Spelled::Switch(false) => Ok(Caching::No),
            Spelled::Word(word) => match Caching::from_str(&word, true)? {
                Caching::Complete => Err("`complete` runs nothing; it is for the command line".to_owned()),
                caching => Ok(caching),
            },
        }
    }
}

/// A process in the background takes no longer.
const LIMIT: Duration = Duration::from_secs(30);

/// Keeps what has become of a module, and has it completed if that is worth it, by a process with this command line.
///
/// That the next run starts slower is no failure of this one.
pub(super) fn keep(
    module: &Module,
    caching: Caching,
    command_line: &[OsString],
    words: &Words,
    config: Option<&Path>,
) {
    let is_kept = module.save_to_cache().is_ok();
    // What comes out of a pipe comes once.
    let is_file = |path: &Path| path.metadata().is_ok_and(|file| file.is_file());
    let can_be_read = || is_file(&words.file) && config.is_none_or(is_file);
    if caching == Caching::Yes && is_kept && module.cache_is_incomplete() && can_be_read() {
        let started = complete_aside(command_line, words.start);
        tracing::debug!(?started, "completing the cache");
    }
}

/// Starts a process that nobody waits for, not even who waits for this one's output; `end` is where options end.
fn complete_aside(command_line: &[OsString], end: usize) -> io::Result<u32> {
    let (options, rest) = command_line.split_at(end);
    let mut command = Command::new(env::current_exe()?);
    command.args(&options[1..]).arg("--cache=complete").args(rest);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    {
        crate::inherited::keep();
        // Who stops this one's process group has no quarrel with the next run's start.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
    }
    command.spawn().map(|process| process.id())
}

/// Lets others have the processors.
pub(super) fn yield_to_others() {
    // Where it cannot be had, it is not needed to be right.
    #[cfg(unix)]
    let _ = rustix::process::nice(19);
}

/// Is the process that completes the cache.
pub(super) fn complete(module: &Module, file: &Path) -> Result<(), Failure> {
    if module.tier_stats().is_none() {
        let problem =
            "--cache=complete compiles what strategy `tiered` has kept; there is nothing like that here";
        return Err(Failure::usage(problem));
    }
    module.complete_cache(LIMIT).map(drop).map_err(|error| Failure::of_engine(file, &error))
}
