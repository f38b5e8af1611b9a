//! Patterns for operators whose types depend on their immediates, and what they refer to.
//!
//! It owns the types, tables, memories, segments and helpers of every generated program. A gap is a type in braces, which an
//! expression takes; `{statements}`; or `{callee}`, a function of type `$f`.

use sarsen_isa::ValKind::{self, F32, F64, I32, I64, V128};

/// What stands before the functions of a program.
pub(super) const PROLOGUE: &str = r#"
(type $f (func (param $i32 i32) (param $i64 i64) (param $f32 f32) (param $f64 f64) (param $v128 v128) (result i32)))
(rec (type $node (sub (struct (field (mut i32)) (field (mut i8)) (field (mut (ref null $node)))))))
(type $leaf (sub final $node (struct (field (mut i32)) (field (mut i8)) (field (mut (ref null $node))) (field (mut f64)))))
(type $bytes (array (mut i8)))
(type $words (array (mut i64)))
(type $funcs (array (mut funcref)))
(import "host" "note" (func $note (param i32 i64 f32 f64 v128) (result i32)))
(memory $first (export "first") 1)
(memory $long (export "long") i64 1)
(memory $small (export "small") i64 0x8100 0x9000 (pagesize 1))
(table $t (export "t") 8 64 funcref)
(table $others (export "others") i64 4 16 funcref)
(table $any (export "any") 4 anyref)
(global $gi (export "gi") (mut i32) (i32.const 1))
(global $gl (export "gl") (mut i64) (i64.const 2))
(global $gf (export "gf") (mut f32) (f32.const 3))
(global $gd (export "gd") (mut f64) (f64.const 4))
(global $gv (export "gv") (mut v128) (v128.const i64x2 5 6))
(global $node (export "node") (mut (ref null $node)) (ref.null $node))
(tag $e (param i32))
(data $d "the bytes of a segment that is not active")
(elem $s func $leaf $note)
(elem (table $t) (i32.const 2) func $leaf $note $leaf)
(elem declare func $leaf $note)
(func $leaf (type $f) (param $i32 i32) (param $i64 i64) (param f32 f64 v128) (result i32)
    (i32.add (local.get $i32) (i32.wrap_i64 (local.get $i64))))
(func $f32_canonical (param f32) (result f32)
    (select (local.get 0) (f32.const nan) (f32.eq (local.get 0) (local.get 0))))
(func $f64_canonical (param f64) (result f64)
    (select (local.get 0) (f64.const nan) (f64.eq (local.get 0) (local.get 0))))
(func $f32x4 (param v128) (result v128)
    (v128.bitselect (local.get 0) (v128.const f32x4 nan nan nan nan) (f32x4.eq (local.get 0) (local.get 0))))
(func $f64x2 (param v128) (result v128)
    (v128.bitselect (local.get 0) (v128.const f64x2 nan nan) (f64x2.eq (local.get 0) (local.get 0))))
"#;

/// Expressions with their types.
pub(super) const EXPRESSIONS: &[(ValKind, &str)] = &[
    (I32, "(select {i32} {i32} {i32})"),
    (I64, "(select (result i64) {i64} {i64} {i32})"),
    (V128, "(select {v128} {v128} {i32})"),
    (I64, "(if (result i64) {i32} (then {i64}) (else {i64}))"),
    (F64, "(block (result f64) (br_if 0 {f64} {i32}))"),
    (F32, "(block (result f32) (drop {i32}) (br 0 {f32}))"),
    (I32, "(block (result i32) (block (result i32) (br_table 0 1 0 {i32} {i32})) (i32.const 1) (i32.add))"),
    (I32, "(call {callee} {i32} {i64} {f32} {f64} {v128})"),
    (I32, "(call $note {i32} {i64} {f32} {f64} {v128})"),
    (I32, "(call_indirect $t (type $f) {i32} {i64} {f32} {f64} {v128} (i32.and {i32} (i32.const 7)))"),
    (I32, "(call_ref $f {i32} {i64} {f32} {f64} {v128} (ref.func $leaf))"),
    (I32, "(global.get $gi)"),
    (I64, "(global.get $gl)"),
    (F32, "(global.get $gf)"),
    (F64, "(global.get $gd)"),
    (V128, "(global.get $gv)"),
    (I32, "(local.tee $i32 {i32})"),
    (V128, "(local.tee $v128 {v128})"),
    (V128, "(i8x16.shuffle 0 17 2 31 4 5 6 7 16 9 10 11 12 13 14 15 {v128} {v128})"),
    (I32, "(memory.size $first)"),
    (I64, "(memory.size $long)"),
    (I32, "(memory.grow $first (i32.and {i32} (i32.const 1)))"),
    (I64, "(memory.grow $long (i64.and {i64} (i64.const 1)))"),
    (I64, "(memory.grow $small {i64})"),
    (I32, "(table.size $t)"),
    (I64, "(table.grow $others (ref.func $leaf) (i64.and {i64} (i64.const 3)))"),
    (I32, "(table.grow $t (ref.null func) (i32.and {i32} (i32.const 7)))"),
    (I32, "(ref.is_null (table.get $t (i32.and {i32} (i32.const 7))))"),
    (I32, "(ref.eq (ref.i31 {i32}) (ref.i31 {i32}))"),
    (I32, "(i31.get_s (ref.i31 {i32}))"),
    (I32, "(i31.get_u (ref.cast (ref null i31) (any.convert_extern (extern.convert_any (ref.i31 {i32})))))"),
    (I32, "(ref.test (ref $leaf) (global.get $node))"),
    (I32, "(ref.test (ref null i31) (table.get $any (i32.and {i32} (i32.const 3))))"),
    (I32, "(struct.get $node 0 (ref.cast (ref $node) (struct.new $node {i32} {i32} (global.get $node))))"),
    (I32, "(struct.get_s $node 1 (ref.as_non_null (global.get $node)))"),
    (I32, "(struct.get_u $node 1 (struct.new_default $leaf))"),
    (F64, "(struct.get $leaf 3 (struct.new $leaf {i32} {i32} (ref.null $node) {f64}))"),
    (I32, "(array.get_s $bytes (array.new $bytes {i32} (i32.const 9)) (i32.and {i32} (i32.const 7)))"),
    (I32, "(array.get_u $bytes (array.new_data $bytes $d (i32.const 3) (i32.const 8)) (i32.and {i32} (i32.const 7)))"),
    (I64, "(array.get $words (array.new_fixed $words 3 {i64} {i64} {i64}) (i32.and {i32} (i32.const 1)))"),
    (I32, "(array.len (array.new_default $words (i32.and {i32} (i32.const 255))))"),
    (I32, "(array.len (array.new_elem $funcs $s (i32.const 0) (i32.const 2)))"),
    (I32, "(block $h (result i32) (try_table (result i32) (catch $e $h) (throw $e {i32})))"),
    (
        I32,
        "(block $h (result i32) (try_table (catch $e $h) (throw_ref (block $x (result exnref)
            (try_table (catch_all_ref $x) (throw $e {i32})) (unreachable)))) (unreachable))",
    ),
    (I32, "(block $h (result i32) (try_table (result i32) (catch $e $h) (call {callee} {i32} {i64} {f32} {f64} {v128})))"),
    (I32, "(block (result i32) (drop (block $n (result (ref null $node)) (drop (br_on_null 1 {i32} (global.get $node)))
        (drop) (ref.null $node))) {i32})"),
    (I32, "(block (result i32) (drop (block $n (result (ref $node)) (br_on_non_null $n (global.get $node)) (return {i32}))) {i32})"),
    (I32, "(struct.get $leaf 0 (block $c (result (ref $leaf))
        (drop (br_on_cast $c (ref null $node) (ref $leaf) (global.get $node))) (struct.new_default $leaf)))"),
    (I32, "(ref.is_null (block $c (result (ref null $node))
        (br_on_cast_fail $c (ref null $node) (ref $leaf) (global.get $node))))"),
    (I32, "(memory.atomic.notify $first offset=8 (i32.and {i32} (i32.const 0x7ff8)) {i32})"),
    (I64, "(i64.xor (i64.add128 {i64} {i64} {i64} {i64}))"),
    (I64, "(i64.xor (i64.sub128 {i64} {i64} {i64} {i64}))"),
    (I64, "(i64.xor (i64.mul_wide_s {i64} {i64}))"),
    (I64, "(i64.xor (i64.mul_wide_u {i64} {i64}))"),
];

/// What has no result.
pub(super) const STATEMENTS: &[&str] = &[
    "(nop)",
    "(atomic.fence)",
    "block {statements} end",
    "(global.set $gi {i32})",
    "(global.set $gl {i64})",
    "(global.set $gf {f32})",
    "(global.set $gd {f64})",
    "(global.set $gv {v128})",
    "(global.set $node (struct.new $node {i32} {i32} (ref.null $node)))",
    "(global.set $node (struct.new $leaf {i32} {i32} (global.get $node) {f64}))",
    "(v128.store $long offset=16 (i64.and {i64} (i64.const 0x7ff0)) {v128})",
    "(memory.copy $first $first (i32.and {i32} (i32.const 0xfff)) (i32.and {i32} (i32.const 0xfff)) (i32.and {i32} (i32.const 0x7fff)))",
    "(memory.copy $long $first (i64.and {i64} (i64.const 0xfff)) (i32.and {i32} (i32.const 0xfff)) (i32.and {i32} (i32.const 0x7fff)))",
    "(memory.fill $small (i64.and {i64} (i64.const 0xfff)) {i32} (i64.and {i64} (i64.const 0x7fff)))",
    "(memory.init $first $d (i32.and {i32} (i32.const 0xfff)) (i32.const 3) (i32.const 9))",
    "(table.set $t (i32.and {i32} (i32.const 7)) (ref.func $leaf))",
    "(table.set $any (i32.and {i32} (i32.const 3)) (ref.i31 {i32}))",
    "(table.set $any (i32.and {i32} (i32.const 3)) (global.get $node))",
    "(table.fill $t (i32.and {i32} (i32.const 3)) (ref.null func) (i32.and {i32} (i32.const 3)))",
    "(table.copy $t $others (i32.and {i32} (i32.const 3)) (i64.and {i64} (i64.const 1)) (i32.and {i32} (i32.const 3)))",
    "(table.init $t $s (i32.and {i32} (i32.const 7)) (i32.const 0) (i32.const 1))",
    "(struct.set $node 1 (ref.cast (ref null $node) (global.get $node)) {i32})",
    "(array.set $bytes (array.new_default $bytes (i32.const 8)) (i32.and {i32} (i32.const 7)) {i32})",
    "(array.fill $words (array.new_default $words (i32.const 8)) (i32.and {i32} (i32.const 3)) {i64} (i32.and {i32} (i32.const 3)))",
    "(array.copy $words $words (array.new_default $words (i32.const 8)) (i32.and {i32} (i32.const 3))
        (array.new $words {i64} (i32.const 4)) (i32.const 1) (i32.and {i32} (i32.const 3)))",
    "(array.init_data $bytes $d (array.new_default $bytes (i32.const 8)) (i32.const 1) (i32.const 2) (i32.const 3))",
    "(array.init_elem $funcs $s (array.new_default $funcs (i32.const 8)) (i32.const 1) (i32.const 0) (i32.const 2))",
    "(block $b (br_if $b {i32}) {statements})",
    "(if {i32} (then (return {i32})))",
    "(if (i32.eqz (i32.and {i32} (i32.const 15))) (then (unreachable)))",
    "(if (i32.eqz (i32.and {i32} (i32.const 15))) (then (data.drop $d)))",
    "(if (i32.eqz (i32.and {i32} (i32.const 15))) (then (elem.drop $s)))",
    "(if (i32.eqz (i32.and {i32} (i32.const 3))) (then (throw $e {i32})))",
    "(if (i32.and {i32} (i32.const 1)) (then (return_call {callee} {i32} {i64} {f32} {f64} {v128})))",
    "(if (i32.and {i32} (i32.const 1)) (then (return_call_ref $f {i32} {i64} {f32} {f64} {v128} (ref.func $leaf))))",
    "(if {i32} (then (return_call_indirect $t (type $f) {i32} {i64} {f32} {f64} {v128} (i32.and {i32} (i32.const 7)))))",
    "(block $h (try_table (catch_all $h) {statements}))",
    "(if (i32.eqz (i32.and {i32} (i32.const 15)))
        (then (drop (memory.atomic.wait32 $first (i32.and {i32} (i32.const 0x7ff8)) {i32} (i64.const 0)))))",
    "(if (i32.eqz (i32.and {i32} (i32.const 15)))
        (then (drop (memory.atomic.wait64 $first (i32.and {i32} (i32.const 0x7ff8)) {i64} (i64.const 0)))))",
];
