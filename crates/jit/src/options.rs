//! What code is compiled for: the properties that it may rely on, and those that it must have.

use std::fmt;

/// How functions are compiled. Code that was compiled with other options than an engine's does not run there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CompileOptions {
    /// Code pays fuel.
    pub fuel: bool,
    /// Traps are raised by faulting instructions; otherwise by checks and calls.
    pub signals: bool,
    /// Code looks at the store's interrupt flag, at loops and entries.
    pub interruptible: bool,
    /// Indices that were checked by a branch are also masked by data flow.
    pub spectre_guards: bool,
    /// Bytes of inaccessible addresses behind the 4 GiB that every 32-bit memory has reserved; 0 if they are not reserved.
    pub memory_guard: u64,
    /// Calls of small functions are replaced by their bodies.
    pub inlining: bool,
    /// What the code runs on.
    pub target: Target,
}

/// A processor, and how much of it may be used. Systems are always Linux: nothing in code depends on them but the
/// convention of the runtime's functions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Target {
    /// Its architecture.
    pub arch: Arch,
    /// Which of its features.
    pub cpu: Cpu,
}

/// An architecture that code can be compiled for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arch {
    /// 64-bit x86.
    X86_64,
    /// 64-bit ARM.
    Aarch64,
    /// 64-bit RISC-V.
    Riscv64,
}

/// Which features of a processor code may use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cpu {
    /// All that this machine has.
    Native,
    /// What every processor of the last decade has: x86-64-v2, ARMv8-A, RV64GC with vectors.
    Baseline,
}

impl Arch {
    /// Every architecture.
    pub const ALL: [Arch; 3] = [Arch::X86_64, Arch::Aarch64, Arch::Riscv64];

    /// This machine's, if there is a compiler for it.
    pub fn host() -> Option<Arch> {
        Arch::ALL.into_iter().find(|arch| arch.name() == std::env::consts::ARCH)
    }

    /// Its usual name.
    pub fn name(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64",
            Arch::Aarch64 => "aarch64",
            Arch::Riscv64 => "riscv64",
        }
    }
}

impl fmt::Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
