//! Compares Sarsen with other WebAssembly runtimes: all in one process, interleaved round by round, on the guests of
//! `sarsen-benches` and on generated modules.
//!
//! Owns measurement and reports. It is excluded from the workspace because it builds the peers; nothing of Sarsen depends on it.
//! Invariant: a figure is printed only after the engines agreed on the guest's result.

mod agree;
mod big_module;
mod calls;
mod chart;
mod check;
mod clock;
mod compare;
mod compile;
mod components;
mod contention;
#[expect(unsafe_code, reason = "counts what the system's allocator hands out")]
mod counting;
mod density;
#[expect(unsafe_code, reason = "code that was compiled before is loaded as it is")]
mod engine;
mod instances;
mod interleave;
mod memory;
mod metering;
mod options;
mod pauses;
mod precompiled;
mod processes;
mod programs;
mod report;
mod servers;
mod startup;
mod table;
mod tiers;
#[expect(unsafe_code, reason = "asks what finished processes have used")]
mod usage;
mod waiting;

use options::Options;
use std::process::ExitCode;

/// What can go wrong here ends in one line to the user.
type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

const HELP: &str = "\
usage: sarsen-peers [COMMAND] [--OPTION VALUE]...

  run      [--only NAME] [--rounds 7] [--svg FILE]   run time of the guests in all engines (default)
           [--external NAME=PROGRAM]               and in a program that prints `RESULT NANOSECONDS`
  match    [--only NAME] [--rounds 7]              run time of the guests in both forms of Sarsen's interpreter
  jit      [--only NAME] [--rounds 7]              run time of the guests, compiled, in Sarsen and Wasmtime
  compile  [--megabytes 2 | --module FILE] [--rounds 3]   time and memory of compiling a module, with one thread
  tiers    [--only NAME] [--rounds 7] [--from warm|cold|loop]   Sarsen's strategies: when all is compiled, from a
                                                   new module on, and a program that is one loop
  calls    [--count 1000000] [--rounds 15] [--only NAME]  calls between host and guest, compiled
  components [--count 100000] [--rounds 15]        calls of components, between them, and their instances, compiled
  precompiled [--megabytes 20 | --module FILE --export NAME] [--rounds 15]   file of compiled code to first result
  instances [--count 1000] [--threads 1] [--rounds 15]   store, instance, call and drop, of a large and a small module
  contention [--count 8000] [--rounds 15]          the same by 1, 2, 4 and 8 threads at once
  metering [--only NAME] [--rounds 7]              what fuel and epochs cost the guests, compiled
  waiting  [--guests 10000] [--seconds 10]         bytes and mappings that guests take that wait for a timer
  density  [--instances 10000]                     bytes and mappings that idle instances of a small module take
  gc       [--only NAME] [--rounds 7]              run time of the guests that allocate objects
  pauses   [--depth 16] [--steps 20000] [--rounds 5]   how long collectors stop a guest
  processes --ours COMMAND --other COMMAND [--third COMMAND] [--rounds 15]   whole processes
  servers --ours COMMAND --other COMMAND [--third COMMAND]   HTTP servers as whole processes: the first answer, and load
           [--starts 15] [--rounds 3] [--seconds 4]      by `wrk`; a command is without --addr
  programs --dir DIR [--rounds 3] [--only NAME] [--seconds 60] [--busy 0]   everyday programs as whole processes
           [--sarsen PATH] [--wasmtime PATH] [--wasmi PATH]
  startup  [--megabytes 6 | --module FILE --export NAME] [--rounds 15]   bytes to first result
  memory   [--megabytes 20 | --module FILE]          bytes held by a loaded, unrun module
  agree    [--count 1000] [--seed 0]                 results, traps and state of generated programs in all engines
  check                                              results of all guests in all engines, once
  loop     --only NAME --engine NAME [--seconds 5]   one guest in one engine, for a profiler
";

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<()> {
    let mut options = Options::parse(std::env::args().skip(1), "run")?;
    match options.command() {
        "run" => compare::run(&mut options),
        "match" => compare::dispatch_forms(&mut options),
        "jit" => compare::compilers(&mut options),
        "tiers" => tiers::tiers(&mut options),
        "compile" => compile::compile(&mut options),
        "contention" => contention::contention(&mut options),
        "components" => components::components(&mut options),
        "calls" => calls::calls(&mut options),
        "precompiled" => precompiled::precompiled(&mut options),
        "instances" => instances::instances(&mut options),
        "density" => density::density(&mut options),
        "gc" => compare::collectors(&mut options),
        "processes" => processes::processes(&mut options),
        "servers" => servers::servers(&mut options),
        "programs" => programs::programs(&mut options),
        "spin" => programs::spin(),
        "pauses" => pauses::pauses(&mut options),
        "startup" => startup::startup(&mut options),
        "metering" => metering::metering(&mut options),
        "waiting" => waiting::waiting(&mut options),
        "memory" => memory::memory(&mut options),
        "agree" => agree::agree(&mut options),
        "check" => check::check(&options),
        "loop" => compare::repeat(&mut options),
        "help" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(format!("no command `{other}`\n\n{HELP}").into()),
    }
}
