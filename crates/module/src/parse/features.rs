//! Our features in wasmparser's terms. Which of them depend on others is said in the table of `sarsen-isa`.

use sarsen_isa::{Feature, Features};
use wasmparser::WasmFeatures;

/// What wasmparser must accept for `features`. Proposals that we do not have stay off.
pub(super) fn wasm_features(features: Features) -> WasmFeatures {
    features.iter().map(proposal).fold(WasmFeatures::GC_TYPES, WasmFeatures::union)
}

fn proposal(feature: Feature) -> WasmFeatures {
    match feature {
        Feature::MutableGlobal => WasmFeatures::MUTABLE_GLOBAL,
        Feature::SignExtension => WasmFeatures::SIGN_EXTENSION,
        Feature::SaturatingFloatToInt => WasmFeatures::SATURATING_FLOAT_TO_INT,
        Feature::Floats => WasmFeatures::FLOATS,
        Feature::MultiValue => WasmFeatures::MULTI_VALUE,
        Feature::BulkMemory => WasmFeatures::BULK_MEMORY,
        Feature::ReferenceTypes => WasmFeatures::REFERENCE_TYPES,
        Feature::Simd => WasmFeatures::SIMD,
        Feature::RelaxedSimd => WasmFeatures::RELAXED_SIMD,
        Feature::TailCall => WasmFeatures::TAIL_CALL,
        Feature::ExtendedConst => WasmFeatures::EXTENDED_CONST,
        Feature::MultiMemory => WasmFeatures::MULTI_MEMORY,
        Feature::Memory64 => WasmFeatures::MEMORY64,
        Feature::FunctionReferences => WasmFeatures::FUNCTION_REFERENCES,
        Feature::Gc => WasmFeatures::GC,
        Feature::Exceptions => WasmFeatures::EXCEPTIONS,
        Feature::Threads => WasmFeatures::THREADS,
        Feature::WideArithmetic => WasmFeatures::WIDE_ARITHMETIC,
        Feature::CustomPageSizes => WasmFeatures::CUSTOM_PAGE_SIZES,
        Feature::CompactImports => WasmFeatures::COMPACT_IMPORTS,
        // A custom section, and what binaries do not have: nothing to accept. Later features need a line here to be accepted.
        _ => WasmFeatures::empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_is_known() {
        for &feature in Feature::ALL {
            let nothing_to_accept = matches!(feature, Feature::BranchHints | Feature::Annotations);
            assert_eq!(proposal(feature).is_empty(), nothing_to_accept, "{}", feature.name());
        }
        let all = wasm_features(Features::all());
        assert!(!all.intersects(WasmFeatures::STACK_SWITCHING | WasmFeatures::LEGACY_EXCEPTIONS));
    }
}
