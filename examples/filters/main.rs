//! Filters: plugins in Rust and C, through which each line of standard input goes.
//!
//! `cargo run --release -p sarsen-examples --example filters -- PLUGIN...`, with plugins like those of `examples/filters/built`. A
//! plugin whose file changes is loaded again while the program runs; one that fails leaves the line as it is.

mod host;

use host::{Host, Plugin};
use sarsen::{Error, Result};
use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// How often files are looked at.
const WATCH: Duration = Duration::from_millis(500);

/// What a plugin has for a line.
const TIMEOUT: Duration = Duration::from_millis(500);

fn first_line(error: &Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

fn watch(plugins: &[Plugin]) {
    loop {
        thread::sleep(WATCH);
        for plugin in plugins {
            match plugin.reload() {
                Ok(true) => println!("({} is new)", plugin.name()),
                Ok(false) => {}
                Err(error) => println!("({} stays as it was: {})", plugin.name(), first_line(&error)),
            }
        }
    }
}

/// A line after all filters.
fn filtered(plugins: &[Plugin], line: String) -> String {
    plugins.iter().fold(line, |line, plugin| match plugin.apply(&line) {
        Ok(Ok(text)) => text,
        Ok(Err(problem)) => {
            println!("({} cannot do that: {problem})", plugin.name());
            line
        }
        Err(error) => {
            println!("({} failed: {})", plugin.name(), first_line(&error));
            line
        }
    })
}

fn main() -> Result<()> {
    let log = |name: &str, message: &str| println!("({name}: {message})");
    let host = Arc::new(Host::new(Arc::new(log), TIMEOUT)?);
    let plugins: Result<Vec<Plugin>> =
        std::env::args_os().skip(1).map(|file| Plugin::load(&host, Path::new(&file))).collect();
    let plugins: Arc<[Plugin]> = plugins?.into();

    let watched = Arc::clone(&plugins);
    thread::spawn(move || watch(&watched));
    for line in std::io::stdin().lock().lines() {
        println!("{}", filtered(&plugins, line?));
    }
    Ok(())
}
