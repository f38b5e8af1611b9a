//! Whether compiled code fits a machine and an engine.

use crate::artifact::{Binding, CodeOptions};
use crate::{Error, Result};
use sarsen_abi::{
    CONVENTION, REGISTER_SLOTS, VmFunc, VmFunctions, VmHeap, VmInstance, VmMemory, VmStore, VmTable,
};
use sarsen_isa::Features;

impl Binding {
    /// The sizes of what code and runtime share, and numbers that both know.
    pub(crate) fn layout() -> String {
        let sizes = [
            size_of::<VmInstance>(),
            size_of::<VmStore>(),
            size_of::<VmFunc>(),
            size_of::<VmFunctions>(),
            size_of::<VmMemory>(),
            size_of::<VmTable>(),
            size_of::<VmHeap>(),
            sarsen_vm::BUILTINS.len(),
            REGISTER_SLOTS,
            CONVENTION,
        ];
        sizes.map(|size| size.to_string()).join(".")
    }

    /// What such code uses of the processor that one with these features does not have.
    pub(crate) fn missing(&self, cpu_features: &[&str]) -> impl Iterator<Item = String> {
        let missing = self.cpu_features.iter().filter(|feature| !cpu_features.contains(&feature.as_str()));
        missing.map(|feature| {
            let name = feature.strip_prefix("has_").unwrap_or(feature);
            format!("compiled for processors with {name}, which this one does not have")
        })
    }

    /// Whether this machine can run such code, which has `host` and `cpu_features`, in an engine with these options and
    /// features.
    pub(crate) fn check(
        &self,
        host: &str,
        cpu_features: &[&str],
        options: &CodeOptions,
        features: Features,
    ) -> Result<()> {
        let version = env!("CARGO_PKG_VERSION");
        let mut problems = Vec::new();
        if self.version != version {
            problems.push(format!("compiled by Sarsen {}, and this is {version}", self.version));
        } else if self.layout != Binding::layout() {
            problems.push(format!("compiled by another build of Sarsen {version}"));
        }
        if self.target != host {
            problems.push(format!("compiled for {}, and this machine is {host}", self.target));
        } else {
            problems.extend(self.missing(cpu_features));
        }
        problems.extend(self.options.problems(options));
        let off = self.features.iter().filter(|&feature| !features.contains(feature));
        problems.extend(
            off.map(|feature| format!("compiled with the feature `{}`, which is off", feature.name())),
        );
        if problems.is_empty() { Ok(()) } else { Err(Error::msg(problems.join("; "))) }
    }
}

impl CodeOptions {
    /// Why an engine with other options cannot have such code. Code that does more than the engine asks for is no problem.
    fn problems(&self, engine: &CodeOptions) -> Vec<String> {
        let guards = (self.memory_guard, engine.memory_guard);
        let guard = format!(
            "compiled for memories with a guard of {} bytes, this engine's have {}",
            guards.0, guards.1
        );
        let rules = [
            (self.fuel && !engine.fuel, "compiled with fuel, this engine does not count fuel"),
            (!self.fuel && engine.fuel, "compiled without fuel, this engine counts fuel"),
            (
                self.signals && !engine.signals,
                "compiled with traps by signals, this engine does without signals",
            ),
            (
                !self.interruptible && engine.interruptible,
                "compiled without looking for interrupts, this engine is interruptible",
            ),
            (
                !self.spectre_guards && engine.spectre_guards,
                "compiled without Spectre guards, this engine has them",
            ),
            (guards.0 > guards.1 && engine.signals, &guard),
        ];
        rules.into_iter().filter(|(broken, _)| *broken).map(|(_, rule)| rule.to_owned()).collect()
    }
}
