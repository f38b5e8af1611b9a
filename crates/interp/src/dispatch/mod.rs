//! From one instruction to the next: two files with the same instructions.
//!
//! `threaded` jumps from handler to handler and needs a compiler that turns sibling calls into jumps: optimized builds
//! on the processors that are known to get them. `match_loop` works everywhere. Which one a build uses by default is
//! decided here, by target and profile, and nowhere else. What the instructions do is in [`crate::exec`].
//!
//! # Invariants
//!
//! - Code runs only in the form of dispatch for which it was encoded.
//! - Stubs never move, and are never freed.

mod match_loop;
#[cfg(all(
    any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"),
    not(debug_assertions),
    not(miri)
))]
mod threaded;
#[cfg(not(all(
    any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"),
    not(debug_assertions),
    not(miri)
)))]
#[path = "no_threaded.rs"]
mod threaded;

use crate::inst::{self, Family};
use crate::machine::{Ip, Machine};
use sarsen_abi::Exit;
use std::sync::OnceLock;

/// How instructions follow one another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dispatch {
    /// Every handler jumps to the next.
    Threaded,
    /// A loop around one large `match`.
    Match,
}

impl Default for Dispatch {
    /// The fastest that this build has.
    fn default() -> Dispatch {
        if threaded::AVAILABLE { Dispatch::Threaded } else { Dispatch::Match }
    }
}

impl Dispatch {
    /// Whether this build has it.
    pub fn is_available(self) -> bool {
        self == Dispatch::Match || threaded::AVAILABLE
    }
}

/// What the first word of an instruction is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Encoding {
    /// The address of its handler.
    Address,
    /// Its number.
    Number,
}

impl Encoding {
    /// The first word of instruction `id`.
    pub(crate) fn encode(self, id: u16) -> u64 {
        match self {
            Encoding::Address => threaded::address(id),
            Encoding::Number => u64::from(id),
        }
    }
}

impl Dispatch {
    /// How code for it is encoded.
    pub(crate) fn encoding(self) -> Encoding {
        match self {
            Dispatch::Threaded if threaded::AVAILABLE => Encoding::Address,
            _ => Encoding::Number,
        }
    }

    /// Code that is not part of any function.
    pub(crate) fn stubs(self) -> &'static Stubs {
        static THREADED: OnceLock<Stubs> = OnceLock::new();
        static MATCH: OnceLock<Stubs> = OnceLock::new();
        match self.encoding() {
            Encoding::Address => THREADED.get_or_init(|| Stubs::new(Encoding::Address)),
            Encoding::Number => MATCH.get_or_init(|| Stubs::new(Encoding::Number)),
        }
    }

    /// Executes from `m` on until the activation is over.
    ///
    /// # Safety
    /// The machine's invariants must hold, and its code must be encoded for this form of dispatch.
    pub(crate) unsafe fn run(self, m: Machine) -> Exit {
        // SAFETY: by contract.
        unsafe {
            match self.encoding() {
                Encoding::Address => threaded::run(m),
                Encoding::Number => match_loop::run(m),
            }
        }
    }
}

/// Return addresses that lead out of wasm code. The word before each says that the frames coincide.
pub(crate) struct Stubs {
    words: [u64; 4],
}

impl Stubs {
    fn new(encoding: Encoding) -> Stubs {
        let halt = encoding.encode(inst::base(Family::Halt));
        let bridge = encoding.encode(inst::base(Family::ReturnBridge));
        Stubs { words: [0, halt, 0, bridge] }
    }

    /// Returns to the host.
    pub(crate) fn halt(&self) -> Ip {
        &raw const self.words[1]
    }

    /// Returns to another instance.
    pub(crate) fn bridge(&self) -> Ip {
        &raw const self.words[3]
    }

    /// Whether `position` is one of them, or the word before it.
    pub(crate) fn is_stub(&self, position: Ip) -> bool {
        self.words.as_ptr_range().contains(&position)
    }

    /// Whether `position` is the one to the host, or the word before it.
    pub(crate) fn is_halt(&self, position: Ip) -> bool {
        self.words[..2].as_ptr_range().contains(&position)
    }
}
