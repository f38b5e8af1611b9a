//! The instructions whose handlers may have a frame, and why.
//!
//! An exception that no handler needs is an error, so that the list only holds what is true.
//! It judges nothing: `frame` does.

/// Instructions that may break the rules.
pub(super) struct Exception {
    /// Names of types: a generic one without arguments means all its variants, with arguments that one. Instructions with
    /// the same meaning share a handler, which may have the name of either: then all are named, with `|` between.
    pub(super) instructions: &'static [&'static str],
    /// Why their handlers cannot do without.
    pub(super) reason: &'static str,
}

/// The exceptions for the instruction called `name`, in the words of the list.
pub(super) fn covering(exceptions: &[Exception], name: &str) -> Option<&'static str> {
    let family = name.split_once('<').map_or(name, |(family, _)| family);
    let names = |listed: &str| listed.split('|').any(|one| one.trim() == name || one.trim() == family);
    let mut listed = exceptions.iter().flat_map(|exception| exception.instructions);
    listed.find(|listed| names(listed)).copied()
}

/// All exceptions.
pub(super) const EXCEPTIONS: &[Exception] = &[
    Exception {
        instructions: &["CallBuiltin", "RefTest", "RefCast", "TableGet", "TableSet"],
        reason: "call the runtime, which is most of what they do, or do so for nulls",
    },
    Exception {
        instructions: &[
            "EnterCompiled",
            "CallImported",
            "ReturnCallImported",
            "ReturnCallIndirect",
            "ReturnCallRef",
            "ThrowRef",
        ],
        reason: "leave the function through the runtime, with the registers aside",
    },
    Exception {
        instructions: &["CopySpan", "EnterFar", "LeaveFar", "ReturnFar"],
        reason: "move or clear any number of slots with library calls",
    },
    Exception {
        instructions: &["Enter<9>", "ReturnCall"],
        reason: "have a loop over slots, with a frame around the loop alone",
    },
    Exception {
        instructions: &[
            "LoadAny",
            "StoreAny",
            "VectorLoadAny",
            "VectorStoreAny",
            "LoadLane",
            "StoreLane",
            "Atomic",
            "AtomicAddress",
        ],
        reason: "find their memory by number: record, address and length need more than the three free registers",
    },
    Exception {
        instructions: &[
            "Vector<I8x16ExtractLaneS>",
            "Vector<I8x16ExtractLaneU>",
            "Vector<I8x16ReplaceLane>",
            "Vector<I16x8ExtractLaneS>",
            "Vector<I16x8ExtractLaneU>",
            "Vector<I16x8ReplaceLane>",
            "Vector<I32x4ExtractLane>",
            "Vector<I32x4ReplaceLane>",
            "Vector<I64x2ExtractLane>",
            "Vector<I64x2ReplaceLane>",
            "Vector<F32x4ExtractLane>",
            "Vector<F32x4ReplaceLane>",
            "Vector<F64x2ExtractLane>",
            "Vector<F64x2ReplaceLane>",
        ],
        reason: "pick a lane by number, which vectors in registers cannot",
    },
    Exception {
        instructions: &[
            "Vector<I8x16AllTrue>",
            "Vector<I8x16Bitmask>",
            "Vector<I16x8AllTrue>",
            "Vector<I16x8Bitmask>",
            "Vector<I32x4Bitmask>",
            "Vector<I32x4TruncSatF32x4S> | Vector<I32x4RelaxedTruncF32x4S>",
            "Vector<I32x4TruncSatF32x4U> | Vector<I32x4RelaxedTruncF32x4U>",
            "Vector<I8x16Swizzle> | Vector<I8x16RelaxedSwizzle>",
            "Vector<I64x2ExtMulLowI32x4S>",
            "Vector<I64x2ExtMulLowI32x4U>",
            "Vector<I64x2ExtMulHighI32x4S>",
            "Vector<I64x2ExtMulHighI32x4U>",
            "Vector<V128Bitselect> | Vector<I8x16RelaxedLaneselect> | Vector<I16x8RelaxedLaneselect> \
                | Vector<I32x4RelaxedLaneselect> | Vector<I64x2RelaxedLaneselect>",
            "Vector<I32x4RelaxedDotI8x16I7x16AddS>",
            "VectorLoad<V128Load8x8S, S>",
            "VectorLoad<V128Load8x8S, A>",
            "VectorLoad<V128Load8x8U, S>",
            "VectorLoad<V128Load8x8U, A>",
            "VectorLoad<V128Load16x4S, S>",
            "VectorLoad<V128Load16x4S, A>",
            "VectorLoad<V128Load16x4U, S>",
            "VectorLoad<V128Load16x4U, A>",
            "Shuffle",
        ],
        reason: "go lane by lane in integer registers, because the compiler finds no vector instruction for the kernel",
    },
    Exception {
        instructions: &[
            "Vector<F32x4RelaxedMadd>",
            "Vector<F32x4RelaxedNmadd>",
            "Vector<F64x2RelaxedMadd>",
            "Vector<F64x2RelaxedNmadd>",
            "Add128",
            "Sub128",
        ],
        reason: "have four slots or more at a time, and three free registers",
    },
    Exception { instructions: &["Fence"], reason: "locks a word below the stack pointer: that is the fence" },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_covers_variants() {
        let exceptions = [Exception { instructions: &["Call", "Binary<I32Add, SS>"], reason: "a test" }];
        assert_eq!(covering(&exceptions, "Call"), Some("Call"));
        assert_eq!(covering(&exceptions, "Call<S>"), Some("Call"));
        assert_eq!(covering(&exceptions, "CallRef<S>"), None);
        assert_eq!(covering(&exceptions, "Binary<I32Add, SS>"), Some("Binary<I32Add, SS>"));
        assert_eq!(covering(&exceptions, "Binary<I32Add, SI>"), None);
        let either = [Exception { instructions: &["Vector<A> | Vector<B>"], reason: "a test" }];
        assert_eq!(covering(&either, "Vector<B>"), Some("Vector<A> | Vector<B>"));
    }

    #[test]
    fn no_instruction_is_listed_twice() {
        let mut all: Vec<&str> =
            EXCEPTIONS.iter().flat_map(|exception| exception.instructions).copied().collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
