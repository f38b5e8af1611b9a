//! What a run took, for `--stats`.
//!
//! Owns the form: one line each, `name: value`.
//! It measures nothing but time and what the system says of the process.

use crate::terminal;
use sarsen::Module;
use std::time::{Duration, Instant};

/// The moments of a run.
pub(super) struct Stopwatch {
    start: Instant,
    first_instruction: Option<Instant>,
}

impl Stopwatch {
    pub(super) fn start() -> Stopwatch {
        Stopwatch { start: Instant::now(), first_instruction: None }
    }

    /// The guest's code starts.
    pub(super) fn first_instruction(&mut self) {
        self.first_instruction.get_or_insert_with(Instant::now);
    }

    /// Says on the error stream what the run of these modules took; their memories have `memory` bytes.
    pub(super) fn report(&self, modules: &[Module], memory: usize) {
        let end = Instant::now();
        let first = self.first_instruction.unwrap_or(end);
        let mut lines = format!(
            "time to first instruction: {}\nrun time: {}\n",
            milliseconds(first - self.start),
            milliseconds(end - first)
        );
        if let Some(process) = peak_of_process() {
            lines += &format!("peak memory: {}\n", mebibytes(process));
        }
        lines += &format!("peak memory of the guest: {}\n", mebibytes(memory));
        let sum = |of: fn(&Module) -> usize| modules.iter().map(of).sum::<usize>();
        lines += &format!("functions translated: {}\n", sum(Module::translated_functions));
        lines += &format!("functions compiled: {}\n", sum(Module::compiled_functions));
        let tiers: Vec<_> = modules.iter().filter_map(Module::tier_stats).collect();
        if !tiers.is_empty() {
            let micros = tiers.iter().map(|tier| tier.micros).sum();
            lines += &format!(
                "loops taken over by compiled code: {}\n",
                tiers.iter().map(|tier| tier.loops).sum::<u32>()
            );
            lines += &format!("time compiling: {}\n", milliseconds(Duration::from_micros(micros)));
        }
        let interpreted: Vec<u32> = modules.iter().flat_map(Module::interpreted_functions).collect();
        if !interpreted.is_empty() {
            lines += &format!("functions left to the interpreter: {}\n", some(&interpreted));
        }
        terminal::complain(&lines);
    }
}

/// Functions by index that are named at most.
const NAMED: usize = 5;

/// How many functions, and which: `2 (functions 3, 17)`.
fn some(functions: &[u32]) -> String {
    let named: Vec<String> = functions.iter().take(NAMED).map(u32::to_string).collect();
    let more = if functions.len() > NAMED { ", .." } else { "" };
    let plural = if functions.len() == 1 { "" } else { "s" };
    format!("{} (function{plural} {}{more})", functions.len(), named.join(", "))
}

fn milliseconds(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}

fn mebibytes(bytes: usize) -> String {
    format!("{:.2} MiB", bytes as f64 / (1 << 20) as f64)
}

/// The most memory that this process has had, where the system says so.
fn peak_of_process() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}
