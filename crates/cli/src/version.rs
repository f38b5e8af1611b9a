//! `sarsen --version`: what this build is and has.
//!
//! Owns the form; tiers and features are asked from the engine.

use crate::component;
use crate::options::Strategy;
use clap::ValueEnum;
use sarsen::{Config, Engine, Feature};

/// The version, the tiers that this build has, and the features of WebAssembly that are on.
pub(crate) fn long() -> String {
    let tiers: Vec<String> = Strategy::value_variants()
        .iter()
        .filter(|strategy| Engine::new(Config::new().strategy(strategy.of_engine())).is_ok())
        .filter_map(|strategy| Some(strategy.to_possible_value()?.get_name().to_owned()))
        .collect();
    let features: Vec<&str> = Feature::ALL.iter().map(|feature| feature.name()).collect();
    format!(
        "sarsen {}\ntiers: {}\nfeatures: {}\nwasi: {}preview 1 (wasi_snapshot_preview1, wasi_unstable), threads",
        env!("CARGO_PKG_VERSION"),
        tiers.join(" "),
        features.join(" "),
        component::WASI
    )
}
