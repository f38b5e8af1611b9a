//! The table of features: every proposal that can be switched on and off, and what builds on what.
//!
//! Which operators and types a feature allows is not here: operators name theirs in their rows, and validation in
//! `sarsen-module` knows the rest.

/// Gives the rows of the table of features to a macro: variant, snake-case name as the instruction table uses it, setter of a
/// configuration, name on the command line, features that it builds on; the doc line is before.
#[macro_export]
macro_rules! for_each_feature {
    ($consumer:ident) => {
        $consumer! {
            /// Imports and exports of mutable globals.
            MutableGlobal mutable_global wasm_mutable_global "mutable-global" [];
            /// Operators that extend the sign of a part of an integer.
            SignExtension sign_extension wasm_sign_extension "sign-extension" [];
            /// Conversions of floats to integers that do not trap.
            SaturatingFloatToInt saturating_float_to_int wasm_saturating_float_to_int "saturating-float-to-int" [];
            /// Floating-point types and operators.
            Floats floats wasm_floats "floats" [];
            /// Functions and blocks with several results; blocks with parameters.
            MultiValue multi_value wasm_multi_value "multi-value" [];
            /// Copies, fills and passive segments.
            BulkMemory bulk_memory wasm_bulk_memory "bulk-memory" [];
            /// Several tables, references as values.
            ReferenceTypes reference_types wasm_reference_types "reference-types" [BulkMemory];
            /// 128-bit vectors.
            Simd simd wasm_simd "simd" [Floats];
            /// Vector operators whose results the specification leaves open in part; here they have one.
            RelaxedSimd relaxed_simd wasm_relaxed_simd "relaxed-simd" [Simd];
            /// Calls that replace their caller.
            TailCall tail_call wasm_tail_call "tail-call" [];
            /// Constant expressions with arithmetic.
            ExtendedConst extended_const wasm_extended_const "extended-const" [];
            /// Several memories.
            MultiMemory multi_memory wasm_multi_memory "multi-memory" [];
            /// Memories and tables with 64-bit addresses.
            Memory64 memory64 wasm_memory64 "memory64" [];
            /// References with exact types and without null.
            FunctionReferences function_references wasm_function_references "function-references" [ReferenceTypes];
            /// Structs, arrays and unboxed integers, garbage-collected.
            Gc gc wasm_gc "gc" [FunctionReferences];
            /// Exceptions as values.
            Exceptions exceptions wasm_exceptions "exceptions" [ReferenceTypes];
            /// Shared memories and atomic accesses.
            Threads threads wasm_threads "threads" [BulkMemory];
            /// 128-bit integer arithmetic.
            WideArithmetic wide_arithmetic wasm_wide_arithmetic "wide-arithmetic" [];
            /// Memories with pages of one byte.
            CustomPageSizes custom_page_sizes wasm_custom_page_sizes "custom-page-sizes" [];
            /// Imports that share a module name or a type, written once.
            CompactImports compact_imports wasm_compact_imports "compact-imports" [];
            /// Hints on which way branches go.
            BranchHints branch_hints wasm_branch_hints "branch-hints" [];
            /// Annotations in the text format, custom sections and names among them.
            Annotations annotations wasm_annotations "annotations" [];
        }
    };
}

/// Declares features.
macro_rules! features {
    ($($(#[doc = $doc:literal])* $name:ident $snake:ident $setter:ident $text:literal [$($base:ident)*];)*) => {
        /// A part of WebAssembly that can be switched off.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum Feature { $($(#[doc = $doc])* $name,)* }

        impl Feature {
            /// Every feature.
            pub const ALL: &[Feature] = &[$(Feature::$name,)*];

            /// Its name on the command line.
            pub const fn name(self) -> &'static str {
                match self { $(Feature::$name => $text,)* }
            }

            /// What it is, in one line.
            pub const fn doc(self) -> &'static str {
                match self { $(Feature::$name => concat!($($doc),*).trim_ascii(),)* }
            }

            /// The features that it directly builds on.
            pub const fn builds_on(self) -> &'static [Feature] {
                match self { $(Feature::$name => &[$(Feature::$base,)*],)* }
            }
        }

        /// The feature that a row of the instruction table names.
        macro_rules! feature_of {
            (mvp) => { None };
            $(($snake) => { Some($crate::Feature::$name) };)*
        }
        pub(crate) use feature_of;
    };
}

for_each_feature!(features);

impl Feature {
    /// The feature with this name on the command line.
    pub fn parse(name: &str) -> Option<Feature> {
        Feature::ALL.iter().copied().find(|feature| feature.name() == name)
    }
}

/// A set of features, closed under what they build on.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Features(u32);

impl Default for Features {
    fn default() -> Features {
        Features::all()
    }
}

impl Features {
    /// Everything.
    pub const fn all() -> Features {
        Features((1 << Feature::ALL.len()) - 1)
    }

    /// Nothing beyond the first version.
    pub const fn none() -> Features {
        Features(0)
    }

    /// Whether `feature` is on.
    pub const fn contains(self, feature: Feature) -> bool {
        self.0 & (1 << feature as u8) != 0
    }

    /// Switches a feature on, and all that it builds on.
    pub fn enable(&mut self, feature: Feature) -> &mut Features {
        self.0 |= 1 << feature as u8;
        for &base in feature.builds_on() {
            self.enable(base);
        }
        self
    }

    /// Switches a feature off, and all that builds on it.
    pub fn disable(&mut self, feature: Feature) -> &mut Features {
        self.0 &= !(1 << feature as u8);
        for &other in Feature::ALL {
            if self.contains(other) && other.builds_on().contains(&feature) {
                self.disable(other);
            }
        }
        self
    }

    /// Switches a feature on or off.
    pub fn set(&mut self, feature: Feature, on: bool) -> &mut Features {
        if on { self.enable(feature) } else { self.disable(feature) }
    }

    /// The features that are on.
    pub fn iter(self) -> impl Iterator<Item = Feature> {
        Feature::ALL.iter().copied().filter(move |&feature| self.contains(feature))
    }
}

impl core::fmt::Debug for Features {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_set().entries(self.iter().map(Feature::name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switching_off_takes_along_what_builds_on_it() {
        let mut features = Features::default();
        features.disable(Feature::ReferenceTypes);
        for off in [Feature::ReferenceTypes, Feature::FunctionReferences, Feature::Gc, Feature::Exceptions] {
            assert!(!features.contains(off), "{}", off.name());
        }
        assert!(features.contains(Feature::BulkMemory));
        features.enable(Feature::Gc);
        assert!(features.contains(Feature::FunctionReferences) && features.contains(Feature::ReferenceTypes));
        assert!(!features.contains(Feature::Exceptions));
    }

    #[test]
    fn names_parse_back() {
        for &feature in Feature::ALL {
            assert_eq!(Feature::parse(feature.name()), Some(feature));
        }
        assert_eq!(Feature::parse("no such feature"), None);
    }
}
