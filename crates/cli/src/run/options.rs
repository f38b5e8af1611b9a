//! The options of `sarsen run`: one list, for the command line and for configuration files.
//!
//! Owns which options there are and what they are when nobody says anything.
//! How values are spelled is in [`super::values`], what is done with them in the other files of this folder.

use super::caching::Caching;
use super::values::{Grant, KeyValue, Pattern, Preload, Redirect, Size, Time, Variable};
use crate::cache;
use crate::failure::Failure;
use crate::options::{self, Profiler, Strategy, Switch, features_help};
use clap::Args;
use clap::builder::BoolishValueParser;
use sarsen::Engine;
use sarsen_wasi::SocketPolicy;
use serde::Deserialize;
use std::path::Path;

/// How a guest is run, and what it is granted.
#[derive(Args, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Options {
    /// Grants a directory, which the guest knows as GUEST; `:ro` for reading only; repeatable
    #[arg(long, value_name = "HOST[::GUEST][:ro]", help_heading = "Grants")]
    pub(crate) dir: Vec<Grant>,
    /// Sets an environment variable, or passes on one of sarsen's; repeatable
    #[arg(long, value_name = "K=V|K", help_heading = "Grants")]
    pub(crate) env: Vec<Variable>,
    /// Passes on all environment variables
    #[arg(long, value_name = "yes|no", help_heading = "Grants", num_args = 0..=1, require_equals = true,
        default_missing_value = "yes", value_parser = BoolishValueParser::new(), hide_possible_values = true)]
    pub(crate) inherit_env: Option<bool>,
    /// Grants a TCP listener, whose descriptor follows those of the directories; port 0 for any; repeatable
    #[arg(long, value_name = "ADDRESS:PORT", help_heading = "Grants")]
    pub(crate) listen: Vec<String>,
    /// Grants connections, datagrams and requests to what a pattern matches: `*:443`, `10.0.0.0/8:*`, `example.com:80`; repeatable
    #[arg(long, value_name = "HOST:PORT", help_heading = "Grants")]
    pub(crate) connect: Vec<Pattern>,
    /// Grants local addresses to listen at, for components: `127.0.0.1:8080`, `*:*`; repeatable
    #[arg(long, value_name = "ADDRESS:PORT", help_heading = "Grants")]
    pub(crate) bind: Vec<Pattern>,
    /// Grants looking up any name; those that `--connect` names can be looked up anyway
    #[arg(long, value_name = "yes|no", help_heading = "Grants", num_args = 0..=1, require_equals = true,
        default_missing_value = "yes", value_parser = BoolishValueParser::new(), hide_possible_values = true)]
    pub(crate) lookup: Option<bool>,
    /// Sets a value that `wasi:config` shows; repeatable
    #[arg(long, value_name = "K=V", help_heading = "Grants")]
    pub(crate) config_var: Vec<Variable>,
    /// Grants a bucket of `wasi:keyvalue`, in memory or in a file; repeatable
    #[arg(long, value_name = "NAME[=FILE]", help_heading = "Grants")]
    pub(crate) keyvalue: Vec<KeyValue>,
    /// Where standard input comes from: a file, `inherit` or `null`
    #[arg(long, value_name = "FILE", help_heading = "Grants")]
    pub(crate) stdin: Option<Redirect>,
    /// Where standard output goes: a file, `inherit` or `null`
    #[arg(long, value_name = "FILE", help_heading = "Grants")]
    pub(crate) stdout: Option<Redirect>,
    /// Where error output goes: a file, `inherit` or `null`
    #[arg(long, value_name = "FILE", help_heading = "Grants")]
    pub(crate) stderr: Option<Redirect>,
    /// Makes runs repeatable: clocks are simulated, random bytes follow from N
    #[arg(long, value_name = "N", help_heading = "Grants")]
    pub(crate) seed: Option<u64>,

    /// The exported function to call, with the arguments after FILE; without it, `_start`
    #[arg(long, value_name = "NAME")]
    pub(crate) invoke: Option<String>,
    /// The program's name, as the guest sees it; without it, that of the file
    #[arg(long, value_name = "NAME")]
    pub(crate) argv0: Option<String>,
    /// Makes the exports of another module importable from NAME; repeatable, in order
    #[arg(long, value_name = "NAME=FILE")]
    pub(crate) preload: Vec<Preload>,
    /// Says on exit, on the error stream, what the run took
    #[arg(long, value_name = "yes|no", num_args = 0..=1, require_equals = true,
        default_missing_value = "yes", value_parser = BoolishValueParser::new(), hide_possible_values = true)]
    pub(crate) stats: Option<bool>,

    /// Ends the guest after so many operators (each thread has as much)
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub(crate) fuel: Option<u64>,
    /// Ends the guest after a time: 500ms, 5s, 2m
    #[arg(long, value_name = "TIME", help_heading = "Limits")]
    pub(crate) timeout: Option<Time>,
    /// How much all memories of all threads may have together, and as much each for tables and for garbage-collected objects: 64MiB
    #[arg(long, value_name = "SIZE", help_heading = "Limits")]
    pub(crate) max_memory: Option<Size>,
    /// How much the stack of calls may have: 1MiB
    #[arg(long, value_name = "SIZE", help_heading = "Limits")]
    pub(crate) max_stack: Option<Size>,
    /// How many threads the guest may start at once
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub(crate) max_threads: Option<usize>,

    /// How code is executed: in the interpreter at first, and compiled when it is hot, unless something else is said here
    #[arg(long, value_enum, help_heading = "Engine")]
    pub(crate) strategy: Option<Strategy>,
    /// Keeps what is known of modules, and the code of what they call, from run to run; `yes` unless something else is said
    #[arg(long, value_enum, ignore_case = true, value_name = "HOW", help_heading = "Engine", num_args = 0..=1, require_equals = true,
        default_missing_value = "yes", overrides_with = "cache")]
    pub(crate) cache: Option<Caching>,
    /// Tells a profiler where which function lies; functions are compiled then, unless something else is said
    #[arg(long, value_enum, value_name = "PROFILER", help_heading = "Engine")]
    pub(crate) profile: Option<Profiler>,
    /// Switches a WebAssembly feature on or off, with what builds on it; repeatable
    #[arg(short = 'W', long = "wasm", value_name = "FEATURE[=yes|no]", long_help = features_help(),
        help_heading = "Engine")]
    pub(crate) wasm: Vec<Switch>,
}

/// Threads that a guest may start if nobody says how many.
const MAX_THREADS: usize = 256;

/// The addresses of a stack are reserved before anything runs, and where there are none, stores cannot be made.
const LARGEST_STACK: usize = 1 << 30;

impl Options {
    /// The options of a configuration file: TOML, whose keys are the long names.
    pub(crate) fn from_file(file: &Path) -> Result<Options, Failure> {
        let text = std::fs::read_to_string(file).map_err(|error| Failure::usage_of(file, error))?;
        toml::from_str(&text).map_err(|error| Failure::usage_of(file, error.to_string().trim_end()))
    }

    /// These options, and those of `base` where these say nothing. What can be repeated is there from both, so that what
    /// is said here is said last.
    pub(crate) fn over(self, base: Options) -> Options {
        Options {
            dir: both(base.dir, self.dir),
            env: both(base.env, self.env),
            inherit_env: self.inherit_env.or(base.inherit_env),
            listen: both(base.listen, self.listen),
            connect: both(base.connect, self.connect),
            bind: both(base.bind, self.bind),
            lookup: self.lookup.or(base.lookup),
            config_var: both(base.config_var, self.config_var),
            keyvalue: both(base.keyvalue, self.keyvalue),
            stdin: self.stdin.or(base.stdin),
            stdout: self.stdout.or(base.stdout),
            stderr: self.stderr.or(base.stderr),
            seed: self.seed.or(base.seed),
            invoke: self.invoke.or(base.invoke),
            argv0: self.argv0.or(base.argv0),
            preload: both(base.preload, self.preload),
            stats: self.stats.or(base.stats),
            fuel: self.fuel.or(base.fuel),
            timeout: self.timeout.or(base.timeout),
            max_memory: self.max_memory.or(base.max_memory),
            max_stack: self.max_stack.or(base.max_stack),
            max_threads: self.max_threads.or(base.max_threads),
            strategy: self.strategy.or(base.strategy),
            cache: self.cache.or(base.cache),
            profile: self.profile.or(base.profile),
            wasm: both(base.wasm, self.wasm),
        }
    }

    /// What the cache is used for.
    pub(crate) fn caching(&self) -> Caching {
        self.cache.unwrap_or_default()
    }

    /// The engine that the options describe, for code that can be stopped if they or the program want that; one
    /// that this build does not have is refused by name.
    pub(crate) fn engine(&self, interruptible: bool) -> Result<Engine, Failure> {
        let profiler = self.profile.unwrap_or(Profiler::None).of_engine();
        let compiles = profiler != sarsen::Profiler::None;
        let strategy =
            self.strategy.unwrap_or_else(|| if compiles { Strategy::Jit } else { Strategy::default() });
        let mut config = options::config(strategy, &self.wasm);
        config.profiler(profiler);
        // What profilers are told of has to be compiled here.
        let is_cached = self.caching() != Caching::No && !compiles;
        config.cache(is_cached.then(cache::cache).flatten());
        config.consume_fuel(self.fuel.is_some());
        config.interruptible(interruptible || self.timeout.is_some());
        if let Some(Size(bytes)) = self.max_stack {
            if bytes > LARGEST_STACK {
                let gibibytes = LARGEST_STACK >> 30;
                return Err(Failure::usage(format_args!("--max-stack can be {gibibytes}GiB at most")));
            }
            config.max_wasm_stack(bytes);
        }
        Engine::new(&config).map_err(Failure::usage)
    }

    /// What of the network is granted.
    pub(crate) fn policy(&self) -> SocketPolicy {
        let mut policy = SocketPolicy::new();
        policy.allow_name_lookup(self.lookup.unwrap_or(false));
        for Pattern(pattern) in &self.connect {
            policy.allow_connect(pattern.clone());
        }
        for Pattern(pattern) in &self.bind {
            policy.allow_listen(pattern.clone());
        }
        policy
    }

    pub(crate) fn max_threads(&self) -> usize {
        self.max_threads.unwrap_or(MAX_THREADS)
    }

    pub(crate) fn wants_stats(&self) -> bool {
        self.stats.unwrap_or(false)
    }
}

fn both<T>(mut first: Vec<T>, then: Vec<T>) -> Vec<T> {
    first.extend(then);
    first
}
