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
exception: where FILE is not a program (it exports no `_start`), `--invoke NAME` directly after it is sarsen's, unless \
`--invoke` or `--` came before FILE.

Arguments of an invoked function are spelled as in WebAssembly text: -7, 0xff, 1e-3, nan, \"i32x4 1 2 3 4\", null.

Exit codes: that of the program; 134 (3 on Windows) after a trap, 130 after Ctrl-C, 124 after --timeout, 141 when nobody reads \
its output any more; 1 if the module \
cannot be run, 2 if the command line is wrong.";

const INVOKE: &str = "--invoke";
const INVOKE_IS: &str = "--invoke=";

/// A file, and what follows it.
pub(super) struct Words {
    pub(super) file: PathBuf,
    pub(super) arguments: Vec<String>,
    /// Where on the command line options end.
    pub(super) start: usize,
    /// The first of them can name a function.
    can_invoke: bool,
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
        let arguments = arguments.map_err(|word| {
            Failure::usage(format_args!("{word:?} is not UTF-8, as arguments of guests are"))
        })?;
        let start = before - usize::from(escaped);
        Ok(Words { file, arguments, start, can_invoke: !invoke && !escaped, explicit })
    }

    /// Takes the function that was named after a file that is no program.
    pub(super) fn take_invoke(&mut self) -> Result<Option<String>, Failure> {
        match self.arguments.first() {
            Some(word) if self.can_invoke && word == INVOKE => {
                if self.arguments.len() < 2 {
                    return Err(Failure::usage("--invoke needs the name of a function"));
                }
                Ok(self.arguments.drain(..2).next_back())
            }
            Some(word) if self.can_invoke => {
                let name = word.strip_prefix(INVOKE_IS).map(str::to_owned);
                self.arguments.drain(..usize::from(name.is_some()));
                Ok(name)
            }
            _ => Ok(None),
        }
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
