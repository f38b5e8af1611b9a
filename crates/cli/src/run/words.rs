//! FILE and what follows it: whose words are whose.
//!
//! Owns the rule, and its wording for `--help`.
//! What the words mean is for the guest, or for [`super::entry`], to say.

use crate::COMMANDS;
use crate::failure::Failure;
use crate::terminal;
use std::ffi::OsString;
use std::path::PathBuf;

/// The rule.
pub(super) const RULES: &str = "\
Options of sarsen come before FILE. Everything after FILE belongs to the guest, whatever it looks like, with one \
exception: `--invoke NAME` directly after FILE is sarsen's, unless `--invoke` or `--` came before FILE.

Arguments of an invoked function are spelled as in WebAssembly text: -7, 0xff, 1e-3, nan, \"i32x4 1 2 3 4\", null.

Exit codes: that of the program; 134 (3 on Windows) after a trap, 130 after Ctrl-C, 124 after --timeout; 1 if the module \
cannot be run, 2 if the command line is wrong.";

const INVOKE: &str = "--invoke";

/// A file, and what follows it.
pub(super) struct Words {
    pub(super) file: PathBuf,
    /// The function that was named after the file.
    pub(super) invoke: Option<String>,
    pub(super) arguments: Vec<String>,
    /// `run` was said.
    explicit: bool,
}

impl Words {
    /// Sorts `words`, which end `command_line`; `invoke` was given before them, or not.
    pub(super) fn of(
        command_line: &[OsString],
        words: Vec<OsString>,
        invoke: bool,
    ) -> Result<Words, Failure> {
        let before = command_line.len() - words.len();
        let escaped = before > 0 && command_line[before - 1] == "--";
        let explicit = command_line.get(1).is_some_and(|word| word == "run");
        let mut words = words.into_iter();
        let file = PathBuf::from(words.next().unwrap_or_default());
        let arguments: Result<Vec<String>, _> = words.map(OsString::into_string).collect();
        let mut arguments = arguments.map_err(|word| {
            Failure::usage(format_args!("{word:?} is not UTF-8, as arguments of guests are"))
        })?;
        let mut named = None;
        if !invoke && !escaped {
            if arguments.first().is_some_and(|word| word == INVOKE) {
                if arguments.len() < 2 {
                    return Err(Failure::usage("--invoke needs the name of a function"));
                }
                named = Some(arguments.remove(1));
                arguments.remove(0);
            } else if let Some(name) = arguments.first().and_then(|word| word.strip_prefix("--invoke=")) {
                named = Some(name.to_owned());
                arguments.remove(0);
            }
        }
        Ok(Words { file, invoke: named, arguments, explicit })
    }

    /// The arguments of a program, of which the first is its name.
    pub(super) fn argv(&self, name: Option<&str>) -> Vec<String> {
        let name =
            name.map(str::to_owned).or_else(|| Some(self.file.file_name()?.to_string_lossy().into_owned()));
        let mut argv = vec![name.unwrap_or_default()];
        argv.extend_from_slice(&self.arguments);
        argv
    }

    /// Where `run` was left out, a file that cannot be read may have been meant as a command.
    pub(super) fn explain(&self, failure: Failure) -> Failure {
        let name = self.file.to_string_lossy();
        match terminal::nearest(&name, COMMANDS.into_iter()) {
            Some(near) if !self.explicit && !self.file.exists() => {
                failure.with_hint(format_args!("did you mean the command `{near}`?"))
            }
            _ => failure,
        }
    }
}
