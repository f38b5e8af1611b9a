//! Tasks that are a cargo command with the right environment.
//!
//! It owns no logic beyond that.

use std::path::Path;
use std::process::Command;

/// Rewrites the expectations of all golden tests.
pub fn bless(workspace: &Path) -> Result<(), String> {
    let mut cargo = cargo(workspace, &["test", "--workspace", "--quiet"]);
    run(cargo.env("BLESS", "1").env("UPDATE_EXPECT", "1"))
}

/// Runs the benches; `rest` goes to criterion.
pub fn bench(workspace: &Path, rest: &[String]) -> Result<(), String> {
    run(cargo(workspace, &["bench", "--workspace"]).arg("--").args(rest))
}

/// A cargo command in the workspace.
pub(crate) fn cargo(workspace: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(workspace);
    command
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?}: {status}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}
