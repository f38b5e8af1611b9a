//! Options that `run`, `wast` and `validate` share: the strategy and the features.
//!
//! Owns their spelling on the command line.
//! The features themselves, and what builds on what, are a table of the engine.

use crate::failure::Failure;
use clap::{Args, ValueEnum};
use sarsen::{Config, Engine, Feature};

/// How the engine is set up.
#[derive(Args)]
pub(crate) struct EngineOptions {
    /// How code is executed
    #[arg(long, value_enum, default_value_t = Strategy::Interpreter)]
    strategy: Strategy,
    /// Switches a WebAssembly feature on or off, with what builds on it; repeatable
    #[arg(short = 'W', value_name = "FEATURE[=yes|no]", value_parser = feature_switch, long_help = features_help())]
    features: Vec<(Feature, bool)>,
}

/// The engine's strategies, as the command line spells them.
#[derive(Clone, Copy, ValueEnum)]
enum Strategy {
    Interpreter,
    Jit,
    Tiered,
}

impl EngineOptions {
    /// The engine that the options describe; one that this build does not have is refused by name.
    pub(crate) fn engine(&self) -> Result<Engine, Failure> {
        let mut config = Config::new();
        config.strategy(match self.strategy {
            Strategy::Interpreter => sarsen::Strategy::Interpreter,
            Strategy::Jit => sarsen::Strategy::Jit,
            Strategy::Tiered => sarsen::Strategy::Tiered,
        });
        // In the order of the command line: the last word on a feature counts.
        for &(feature, on) in &self.features {
            config.wasm_feature(feature, on);
        }
        Engine::new(&config).map_err(Failure::usage)
    }
}

/// The table of features, for `--help`.
fn features_help() -> String {
    let mut help =
        "Switches a WebAssembly feature on or off, with what builds on it; repeatable. All are on.\n"
            .to_owned();
    for feature in Feature::ALL {
        help += &format!("\n{:<24}{}", feature.name(), feature.doc());
    }
    help
}

/// Parses `gc`, `gc=yes`, `gc=no`.
fn feature_switch(text: &str) -> Result<(Feature, bool), String> {
    let (name, on) = match text.split_once('=') {
        None | Some((_, "yes" | "y" | "true")) => (text.split('=').next().unwrap_or(text), true),
        Some((name, "no" | "n" | "false")) => (name, false),
        Some((_, other)) => return Err(format!("`{other}` is neither yes nor no")),
    };
    let feature = Feature::parse(name).ok_or_else(|| {
        let names: Vec<_> = Feature::ALL.iter().map(|feature| feature.name()).collect();
        format!("no feature is called `{name}`; there are {}", names.join(", "))
    })?;
    Ok((feature, on))
}
