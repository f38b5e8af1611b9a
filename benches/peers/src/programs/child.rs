//! One process: started, watched, its output read and summed, its time taken.
//!
//! Invariant: processes are waited for one after the other, so that what children have used grows by what this one has.

use super::list::Program;
use crate::Result;
use crate::usage::used_by_children;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use std::{io, thread};

/// How a process went.
pub(crate) struct Outcome {
    /// Seconds from start to end.
    pub(crate) wall: f64,
    /// Seconds of processors, its own and the system's for it.
    pub(crate) cpu: f64,
    /// FNV-1a of its standard output.
    pub(crate) output: u64,
    /// Why it counts as failed.
    pub(crate) failure: Option<String>,
}

/// Runs a command with the program's standard input, and ends it when it takes longer than the limit.
pub(crate) fn run(
    mut command: Command,
    program: &Program,
    folder: &Path,
    limit: Duration,
) -> Result<Outcome> {
    let input = match program.input {
        Some(name) => Stdio::from(File::open(folder.join(name))?),
        None => Stdio::null(),
    };
    let before = used_by_children()?;
    let start = Instant::now();
    let spawned =
        command.current_dir(folder).stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    let output = child.stdout.take().ok_or("no output")?;
    let errors = child.stderr.take().ok_or("no error output")?;
    let (sender, receiver) = channel();
    let (output, errors, late) = thread::scope(|scope| {
        let output = scope.spawn(move || {
            let sum = sum(output);
            let _ = sender.send(());
            sum
        });
        let errors = scope.spawn(move || io::read_to_string(errors));
        let late = receiver.recv_timeout(limit) == Err(RecvTimeoutError::Timeout);
        if late {
            let _ = child.kill();
        }
        (output.join(), errors.join(), late)
    });
    let status = child.wait()?;
    let wall = start.elapsed().as_secs_f64();
    let cpu = used_by_children()? - before;
    let (output, errors) = (output.map_err(|_| "a reader ended")??, errors.map_err(|_| "a reader ended")?);
    let failure = if late {
        Some(format!("takes more than {} s", limit.as_secs()))
    } else {
        let said = errors.unwrap_or_default();
        (!status.success()).then(|| format!("{status}: {}", said.lines().next().unwrap_or_default()))
    };
    Ok(Outcome { wall, cpu, output, failure })
}

/// FNV-1a with 64 bits of all that comes.
fn sum(mut from: impl Read) -> io::Result<u64> {
    let mut buffer = vec![0; 1 << 16];
    let mut sum = 0xcbf2_9ce4_8422_2325;
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(sum),
            count => {
                for &byte in &buffer[..count] {
                    sum = (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_sum_is_that_of_its_authors() {
        assert_eq!(super::sum(b"foobar".as_slice()).unwrap(), 0x8594_4171_f739_67e8);
    }
}
