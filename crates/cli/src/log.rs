//! What the engine does, line by line on the error stream, for people who ask for it: `SARSEN_LOG=debug`.
//!
//! Without the variable nothing is set up, and nothing is paid.

use std::str::FromStr;
use tracing::Level;

/// The variable that says from which level on events are shown: `error`, `warn`, `info`, `debug` or `trace`.
const VARIABLE: &str = "SARSEN_LOG";

/// Shows events if the variable says so.
pub(crate) fn start() {
    let Ok(level) = std::env::var(VARIABLE) else { return };
    match Level::from_str(&level) {
        Ok(level) => {
            tracing_subscriber::fmt()
                .with_max_level(level)
                .with_writer(std::io::stderr)
                .with_ansi(false)
                .init();
        }
        Err(_) => {
            crate::terminal::complain(&format!(
                "warning: {VARIABLE} is `{level}`; it can be error, warn, info, debug or trace\n"
            ));
        }
    }
}
