//! Whole processes, interleaved: what a shell's user waits for.
//!
//! Compares any commands, of which the first is ours; does not look at what they print, only that they succeed.

use crate::Result;
use crate::clock::{least, median};
use crate::options::Options;
use crate::table::Table;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Instant;

/// The command `processes`.
pub(crate) fn processes(options: &mut Options) -> Result<()> {
    let rounds: usize = options.take("rounds")?.unwrap_or(15);
    let commands = commands(options)?;
    for command in &commands {
        run(command)?;
    }
    let mut seconds = vec![Vec::new(); commands.len()];
    for _ in 0..rounds {
        for (command, seconds) in commands.iter().zip(&mut seconds) {
            seconds.push(run(command)?);
        }
    }
    print!("{}", report(&commands, &seconds));
    Ok(())
}

/// The commands to compare, and no other options: ours, and at least one other.
pub(crate) fn commands(options: &mut Options) -> Result<Vec<String>> {
    let mut commands = Vec::new();
    for name in ["ours", "other", "third"] {
        commands.extend(options.take::<String>(name)?);
    }
    options.finish()?;
    if commands.len() < 2 {
        return Err("--ours COMMAND and --other COMMAND are needed".into());
    }
    Ok(commands)
}

/// A command of words without quotes, which reads nothing.
pub(crate) fn command(text: &str) -> Result<Command> {
    let mut words = text.split_whitespace();
    let mut command = Command::new(words.next().ok_or("an empty command")?);
    command.args(words).stdin(Stdio::null());
    Ok(command)
}

/// Runs a command, its output read through a pipe; the seconds until all of it is over.
fn run(text: &str) -> Result<f64> {
    let mut command = command(text)?;
    let start = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut buffer = vec![0; 1 << 16];
    let mut output = child.stdout.take().ok_or("no output")?;
    while output.read(&mut buffer)? > 0 {}
    let status = child.wait()?;
    let seconds = start.elapsed().as_secs_f64();
    if status.success() { Ok(seconds) } else { Err(format!("{text}: {status}").into()) }
}

fn report(commands: &[String], seconds: &[Vec<f64>]) -> String {
    let mut table = Table::new(["command", "median ms", "least ms", "ours to it", "of best"]);
    for (command, times) in commands.iter().zip(seconds) {
        let ratio = median(seconds[0].iter().zip(times).map(|(ours, theirs)| ours / theirs));
        let best = least(seconds[0].iter().copied()) / least(times.iter().copied());
        table.row([
            command.clone(),
            format!("{:.2}", median(times.iter().copied()) * 1e3),
            format!("{:.2}", least(times.iter().copied()) * 1e3),
            format!("{ratio:.3}"),
            format!("{best:.3}"),
        ]);
    }
    table.render()
}
