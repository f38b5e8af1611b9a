//! Values of options of `sarsen run`: a granted directory, a size, a time, where a stream leads.
//!
//! Owns their spelling, which is the same on the command line and in a configuration file.
//! It opens nothing: what is granted with them is in `crate::run::grants`.

use sarsen_wasi::{AddressPattern, AddressPatternError};
use serde::Deserialize;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// Lets configuration files spell a value as the command line does.
macro_rules! as_text {
    ($($ty:ty),*) => {
        $(impl TryFrom<String> for $ty {
            type Error = String;
            fn try_from(text: String) -> Result<$ty, String> {
                text.parse()
            }
        })*
    };
}

as_text!(Grant, KeyValue, Pattern, Variable, Preload, Redirect, Time);

/// `HOST[::GUEST][:ro]`: a directory, the name that the guest knows it by, and whether it may change it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Grant {
    pub(crate) host: PathBuf,
    pub(crate) guest: String,
    pub(crate) read_only: bool,
}

impl FromStr for Grant {
    type Err = String;

    fn from_str(text: &str) -> Result<Grant, String> {
        let (names, read_only) = match text.strip_suffix(":ro") {
            Some(names) => (names, true),
            None => (text, false),
        };
        let (host, guest) = names.split_once("::").unwrap_or((names, names));
        if host.is_empty() || guest.is_empty() {
            return Err("a directory has a name".to_owned());
        }
        Ok(Grant { host: host.into(), guest: guest.to_owned(), read_only })
    }
}

/// `HOST:PORT`, with patterns for either.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Pattern(pub(crate) AddressPattern);

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Pattern, String> {
        text.parse().map(Pattern).map_err(|error: AddressPatternError| error.to_string())
    }
}

/// `NAME` for a bucket of values in memory, `NAME=FILE` for one that lasts.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct KeyValue {
    pub(crate) name: String,
    pub(crate) file: Option<PathBuf>,
}

impl FromStr for KeyValue {
    type Err = String;

    fn from_str(text: &str) -> Result<KeyValue, String> {
        match text.split_once('=') {
            Some((_, "")) => Err("a bucket in a file has the file's name after `=`".to_owned()),
            Some((name, file)) => Ok(KeyValue { name: name.to_owned(), file: Some(file.into()) }),
            None => Ok(KeyValue { name: text.to_owned(), file: None }),
        }
    }
}

/// `K=V`, or `K` for the value that sarsen itself was started with.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) value: Option<String>,
}

impl FromStr for Variable {
    type Err = String;

    fn from_str(text: &str) -> Result<Variable, String> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        if name.is_empty() {
            return Err("a variable has a name".to_owned());
        }
        Ok(Variable { name: name.to_owned(), value })
    }
}

/// `NAME=FILE`: a module whose exports can be imported from `NAME`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Preload {
    pub(crate) name: String,
    pub(crate) file: PathBuf,
}

impl FromStr for Preload {
    type Err = String;

    fn from_str(text: &str) -> Result<Preload, String> {
        match text.split_once('=') {
            Some((name, file)) if !file.is_empty() => {
                Ok(Preload { name: name.to_owned(), file: file.into() })
            }
            _ => Err("it is spelled NAME=FILE".to_owned()),
        }
    }
}

/// `inherit`, `null` or a file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Redirect {
    #[default]
    Inherit,
    Null,
    File(PathBuf),
}

impl FromStr for Redirect {
    type Err = String;

    fn from_str(text: &str) -> Result<Redirect, String> {
        Ok(match text {
            "inherit" => Redirect::Inherit,
            "null" => Redirect::Null,
            file => Redirect::File(file.into()),
        })
    }
}

/// `65536`, `64KiB`, `64MiB`, `1GiB`; `64K`, `64M` and `1G` are the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "NumberOrText")]
pub(crate) struct Size(pub(crate) usize);

/// Configuration files have numbers.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a size is a number of bytes, or spelled like \"64MiB\"")]
enum NumberOrText {
    Number(usize),
    Text(String),
}

impl TryFrom<NumberOrText> for Size {
    type Error = String;

    fn try_from(value: NumberOrText) -> Result<Size, String> {
        match value {
            NumberOrText::Number(bytes) => Ok(Size(bytes)),
            NumberOrText::Text(text) => text.parse(),
        }
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Size, String> {
        let (number, unit) = split(text);
        let shift = match unit {
            "" | "B" => 0,
            "K" | "KiB" => 10,
            "M" | "MiB" => 20,
            "G" | "GiB" => 30,
            _ => return Err(format!("`{unit}` is not a unit of size; there are B, KiB, MiB and GiB")),
        };
        let number: usize = number.parse().map_err(|_| "it is spelled like 64MiB".to_owned())?;
        number.checked_mul(1 << shift).map(Size).ok_or_else(|| "that is more than there can be".to_owned())
    }
}

/// `500ms`, `5s`, `1.5m`, `2h`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Time(pub(crate) Duration);

impl FromStr for Time {
    type Err = String;

    fn from_str(text: &str) -> Result<Time, String> {
        let (number, unit) = split(text);
        let seconds = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            "" => return Err("it needs a unit, as in 5s; there are ms, s, m and h".to_owned()),
            _ => return Err(format!("`{unit}` is not a unit of time; there are ms, s, m and h")),
        };
        let number: f64 = number.parse().map_err(|_| "it is spelled like 5s".to_owned())?;
        Duration::try_from_secs_f64(number * seconds)
            .map(Time)
            .map_err(|_| "that is longer than there is time".to_owned())
    }
}

/// A number and its unit.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(text: &str) -> (PathBuf, String, bool) {
        let Grant { host, guest, read_only } = text.parse().expect("it is spelled right");
        (host, guest, read_only)
    }

    #[test]
    fn directories() {
        assert_eq!(grant("."), (".".into(), ".".to_owned(), false));
        assert_eq!(grant("a:b::/"), ("a:b".into(), "/".to_owned(), false));
        assert_eq!(grant("/tmp::/t:ro"), ("/tmp".into(), "/t".to_owned(), true));
        assert_eq!(grant("data:ro"), ("data".into(), "data".to_owned(), true));
        for wrong in ["", "::", "a::", "::b", ":ro"] {
            assert!(wrong.parse::<Grant>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn variables() {
        let variable = |text: &str| text.parse::<Variable>().map(|variable| (variable.name, variable.value));
        assert_eq!(variable("A=b=c"), Ok(("A".to_owned(), Some("b=c".to_owned()))));
        assert_eq!(variable("A="), Ok(("A".to_owned(), Some(String::new()))));
        assert_eq!(variable("A"), Ok(("A".to_owned(), None)));
        assert!(variable("=b").is_err());
    }

    #[test]
    fn sizes() {
        let size = |text: &str| text.parse::<Size>().map(|size| size.0);
        assert_eq!(size("17"), Ok(17));
        assert_eq!(size("64MiB"), Ok(64 << 20));
        assert_eq!((size("3K"), size("2G")), (Ok(3 << 10), Ok(2 << 30)));
        for wrong in ["", "MiB", "-1", "1.5K", "1TB", "99999999999999999G"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times() {
        let time = |text: &str| text.parse::<Time>().map(|time| time.0);
        assert_eq!(time("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(time("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(time("1.5m"), Ok(Duration::from_secs(90)));
        assert_eq!(time("2h"), Ok(Duration::from_secs(7200)));
        for wrong in ["", "5", "s", "-5s", "1..s", "5 s", "5d"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
