//! In place of a command, in builds that have not the feature it belongs to.
//!
//! It takes whatever the command would take, and says why nothing happens.

use crate::failure::Failure;
use clap::Args;
use std::ffi::OsString;
use std::io::Write;

/// (Not in this build)
#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Command {
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl Command {
    /// Refuses.
    pub(crate) fn execute(self, _out: &mut impl Write) -> Result<(), Failure> {
        let count = self.arguments.len();
        Err(Failure::usage(format_args!(
            "this sarsen was built without the command, whose {count} arguments are ignored"
        )))
    }
}
