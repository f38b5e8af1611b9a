//! Options of the engine: the strategy and the features, which `run`, `wast` and `validate` share.
//!
//! Owns their spelling on the command line.
//! The features themselves, and what builds on what, are a table of the engine; the other options of `run` are in
//! [`crate::run`].

use crate::failure::Failure;
use clap::{Args, ValueEnum};
use sarsen::{Config, Engine, Feature};
use serde::Deserialize;
use std::str::FromStr;

/// How the engine is set up.
#[derive(Args)]
pub(crate) struct EngineOptions {
    /// How code is executed
    #[arg(long, value_enum, default_value_t)]
    strategy: Strategy,
    /// Switches a WebAssembly feature on or off, with what builds on it; repeatable
    #[arg(short = 'W', long = "wasm", value_name = "FEATURE[=yes|no]", long_help = features_help())]
    wasm: Vec<Switch>,
}

/// The engine's strategies, as the command line spells them.
#[derive(Clone, Copy, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Strategy {
    Interpreter,
    Jit,
    Tiered,
}

impl Default for Strategy {
    fn default() -> Strategy {
        match sarsen::Strategy::default() {
            sarsen::Strategy::Tiered => Strategy::Tiered,
            _ => Strategy::Interpreter,
        }
    }
}

impl Strategy {
    pub(crate) fn of_engine(self) -> sarsen::Strategy {
        match self {
            Strategy::Interpreter => sarsen::Strategy::Interpreter,
            Strategy::Jit => sarsen::Strategy::Jit,
            Strategy::Tiered => sarsen::Strategy::Tiered,
        }
    }
}

/// Who is told where compiled code lies.
#[derive(Clone, Copy, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
#[value(rename_all = "lower")]
pub(crate) enum Profiler {
    /// Nobody
    None,
    /// Linux' `perf`, by both of the following
    Perf,
    /// `perf report`: perf-PID.map, where it looks for that
    PerfMap,
    /// `perf inject -j`, after `perf record -k mono`: jit-PID.dump in the current directory
    JitDump,
}

impl Profiler {
    pub(crate) fn of_engine(self) -> sarsen::Profiler {
        match self {
            Profiler::None => sarsen::Profiler::None,
            Profiler::Perf => sarsen::Profiler::Perf,
            Profiler::PerfMap => sarsen::Profiler::PerfMap,
            Profiler::JitDump => sarsen::Profiler::JitDump,
        }
    }
}

impl EngineOptions {
    /// The engine that the options describe; one that this build does not have is refused by name.
    pub(crate) fn engine(&self) -> Result<Engine, Failure> {
        Engine::new(&config(self.strategy, &self.wasm)).map_err(Failure::usage)
    }
}

/// A configuration with this strategy and these features.
pub(crate) fn config(strategy: Strategy, switches: &[Switch]) -> Config {
    let mut config = Config::new();
    config.strategy(strategy.of_engine());
    // In the order of the command line: the last word on a feature counts.
    for switch in switches {
        config.wasm_feature(switch.feature, switch.on);
    }
    config
}

/// The table of features, for `--help`.
pub(crate) fn features_help() -> String {
    let mut help =
        "Switches a WebAssembly feature on or off, with what builds on it; repeatable. All are on.\n"
            .to_owned();
    for feature in Feature::ALL {
        help += &format!("\n{:<24}{}", feature.name(), feature.doc());
    }
    help
}

/// A feature that is switched on or off: `gc`, `gc=yes`, `gc=no`.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Switch {
    feature: Feature,
    on: bool,
}

impl FromStr for Switch {
    type Err = String;

    fn from_str(text: &str) -> Result<Switch, String> {
        let (name, on) = match text.split_once('=') {
            None => (text, true),
            Some((name, "yes" | "y" | "true")) => (name, true),
            Some((name, "no" | "n" | "false")) => (name, false),
            Some((_, other)) => return Err(format!("`{other}` is neither yes nor no")),
        };
        let feature = Feature::parse(name).ok_or_else(|| {
            let names: Vec<_> = Feature::ALL.iter().map(|feature| feature.name()).collect();
            format!("no feature is called `{name}`; there are {}", names.join(", "))
        })?;
        Ok(Switch { feature, on })
    }
}

impl TryFrom<String> for Switch {
    type Error = String;

    fn try_from(text: String) -> Result<Switch, String> {
        text.parse()
    }
}
