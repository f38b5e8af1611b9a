//! What compiled code is bound to, as lines of an artifact's header. What fits it is `compile/fit.rs`' matter.

use super::damaged;
use crate::Result;
use sarsen_isa::{Feature, Features};

/// What compiled code is bound to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Binding {
    /// Sarsen's version.
    pub(crate) version: String,
    /// The sizes of what code and runtime share, for builds with the same version.
    pub(crate) layout: String,
    /// The architecture.
    pub(crate) target: String,
    /// What the code uses of the processor.
    pub(crate) cpu_features: Vec<String>,
    pub(crate) options: CodeOptions,
    /// What the module may use.
    pub(crate) features: Features,
    /// How many functions have no code.
    pub(crate) interpreted: u32,
}

/// What code is like, as far as an engine must be like that too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct CodeOptions {
    pub(crate) fuel: bool,
    pub(crate) signals: bool,
    pub(crate) interruptible: bool,
    pub(crate) spectre_guards: bool,
    pub(crate) memory_guard: u64,
}

impl Binding {
    /// A line for each.
    pub(crate) fn to_text(&self) -> String {
        let features: Vec<&str> = self.features.iter().map(Feature::name).collect();
        let mut lines = vec![
            ("version", self.version.clone()),
            ("layout", self.layout.clone()),
            ("target", self.target.clone()),
            ("cpu", self.cpu_features.join(" ")),
        ];
        lines.extend(self.options.lines());
        lines.extend([("features", features.join(" ")), ("interpreted", self.interpreted.to_string())]);
        lines.iter().map(|(key, value)| format!("{key}: {value}\n")).collect()
    }

    pub(super) fn read(text: &str) -> Result<Binding> {
        let mut lines = text.lines();
        let mut line = |key: &str| -> Result<&str> {
            let value = lines.next().and_then(|line| line.strip_prefix(key)?.strip_prefix(": "));
            value.ok_or_else(|| damaged(format!("the header does not say `{key}`")))
        };
        fn number<N: std::str::FromStr>(key: &str, text: &str) -> Result<N> {
            text.parse().map_err(|_| damaged(format!("`{text}` is no value of `{key}`")))
        }
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let (version, layout) = (line("version")?.to_owned(), line("layout")?.to_owned());
        let (target, cpu_features) = (line("target")?.to_owned(), words(line("cpu")?));
        let mut flag = |key: &str| match line(key)? {
            "yes" => Ok(true),
            "no" => Ok(false),
            other => Err(damaged(format!("`{other}` is no value of `{key}`"))),
        };
        let options = CodeOptions {
            fuel: flag("fuel")?,
            signals: flag("signals")?,
            interruptible: flag("interruptible")?,
            spectre_guards: flag("spectre-guards")?,
            memory_guard: number("memory-guard", line("memory-guard")?)?,
        };
        let mut features = Features::none();
        for name in line("features")?.split_whitespace() {
            let feature = Feature::parse(name);
            features.enable(feature.ok_or_else(|| damaged(format!("no feature is called `{name}`")))?);
        }
        let interpreted = number("interpreted", line("interpreted")?)?;
        Ok(Binding { version, layout, target, cpu_features, options, features, interpreted })
    }
}

impl CodeOptions {
    /// A name and a value for each.
    pub(super) fn lines(&self) -> [(&'static str, String); 5] {
        let flag = |on: bool| if on { "yes" } else { "no" }.to_owned();
        [
            ("fuel", flag(self.fuel)),
            ("signals", flag(self.signals)),
            ("interruptible", flag(self.interruptible)),
            ("spectre-guards", flag(self.spectre_guards)),
            ("memory-guard", self.memory_guard.to_string()),
        ]
    }
}
