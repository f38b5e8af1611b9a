//! What the unit tests of this crate share. What it loads is not run.

use crate::{Bytes, Error, Module, ModuleLimits, Parallelism};
use sarsen_isa::{Feature, Features};

/// Loads a module with everything on.
pub(crate) fn try_load(bytes: impl Into<Bytes>) -> Result<Module, Error> {
    let limits = ModuleLimits::default();
    Module::new(&Default::default(), bytes, &Features::all(), &limits, Parallelism::Sequential)
}

/// Loads a module that is valid.
pub(crate) fn load(wat: &str) -> Module {
    try_load(wat).unwrap()
}

/// Validates with everything on but some features.
pub(crate) fn validate_without(features: &[Feature], wat: &str) -> Result<(), Error> {
    let mut enabled = Features::all();
    for &feature in features {
        enabled.disable(feature);
    }
    Module::validate(wat, &enabled, &ModuleLimits::default(), Parallelism::Sequential)
}

/// A module that uses something of nearly every section and proposal.
pub(crate) const RICH: &str = r#"(module $rich
  (rec
    (type $node (sub (struct (field (ref null $node)) (field (mut i8)))))
    (type $fancy (sub $node (struct (field (ref null $node)) (field (mut i8)) (field v128)))))
  (type $bytes (array (mut i8)))
  (type $unary (func (param i32) (result i32)))
  (import "host" "log" (func $log (type $unary)))
  (import "host" "memory" (memory $shared 1 2 shared))
  (import "host" "base" (global $base i32))
  (import "host" "table" (table $imported 1 funcref))
  (import "host" "tag" (tag $imported_tag (param i32)))
  (memory $big i64 1 (pagesize 1))
  (table $table i64 2 4 (ref null func) (ref.func $id))
  (table $objects 1 (ref null $node))
  (global $sum i32 (i32.add (global.get $base) (i32.const 4)))
  (global $object (ref $node) (struct.new $node (ref.null $node) (i32.const 7)))
  (global $array (mut (ref $bytes)) (array.new_fixed $bytes 2 (i32.const 1) (i32.const 2)))
  (global $vector v128 (v128.const i64x2 1 2))
  (tag $oops (param i64))
  (export "id" (func $id))
  (export "big" (memory $big))
  (export "a" (global $sum))
  (start $main)
  (elem (table $table) (i64.const 0) func $id $log)
  (elem $passive (ref null func) (ref.func $main) (ref.null func))
  (elem declare func $main)
  (elem $computed i31ref (ref.i31 (i32.const 3)) (ref.null i31))
  (func $id (type $unary) (local $copy i64)
    (block $out
      (@metadata.code.branch_hint "\01")
      (br_if $out (local.get 0)))
    (drop (block $caught (result exnref)
      (try_table (catch_all_ref $caught) (throw $oops (i64.const 1)))
      unreachable))
    unreachable)
  (func $main (drop (call $log (i32.const 1))))
  (func $wide (param i64 i64) (result i64 i64)
    (i64.mul_wide_u (local.get 0) (local.get 1)))
  (func $tail (type $unary) (return_call $log (local.get 0)))
  (data (memory $big) (i64.const 0) "hello")
  (data $later "bye")
)"#;
