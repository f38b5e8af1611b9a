//! The command line: one command and `--name value` options.
//!
//! Knows no command and no option by name; a command asks for what it understands, then `finish` refuses the rest.

use crate::Result;
use std::collections::BTreeMap;
use std::str::FromStr;

/// What the user typed.
pub(crate) struct Options {
    command: String,
    values: BTreeMap<String, String>,
}

impl Options {
    /// Reads `[command] [--name value]...`; without a command it is `default_command`.
    pub(crate) fn parse(arguments: impl IntoIterator<Item = String>, default_command: &str) -> Result<Self> {
        let mut command = None;
        let mut values = BTreeMap::new();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            match argument.strip_prefix("--") {
                Some(name) => {
                    let value = arguments.next().ok_or_else(|| format!("--{name} needs a value"))?;
                    values.insert(name.to_owned(), value);
                }
                None if command.is_none() => command = Some(argument),
                None => return Err(format!("unexpected argument `{argument}`").into()),
            }
        }
        Ok(Self { command: command.unwrap_or_else(|| default_command.to_owned()), values })
    }

    /// The command.
    pub(crate) fn command(&self) -> &str {
        &self.command
    }

    /// Takes the value of an option.
    pub(crate) fn take<T: FromStr>(&mut self, name: &str) -> Result<Option<T>> {
        match self.values.remove(name) {
            None => Ok(None),
            Some(text) => match text.parse() {
                Ok(value) => Ok(Some(value)),
                Err(_) => Err(format!("--{name}: cannot read `{text}`").into()),
            },
        }
    }

    /// Fails if an option was not taken by anybody.
    pub(crate) fn finish(&self) -> Result<()> {
        match self.values.keys().next() {
            Some(name) => Err(format!("`{}` has no option --{name}", self.command).into()),
            None => Ok(()),
        }
    }
}
