//! The table of instructions: one row per WebAssembly operator, grouped by shape.
//!
//! [`for_each_op!`](crate::for_each_op) passes the whole table to a macro. A row starts with a doc line, the proposal
//! (a row of the feature table, or `mvp`), the name that wasmparser's `Operator` uses too, and the mnemonic. What follows
//! depends on the group:
//!
//! | group | then |
//! |---|---|
//! | `unary`, `unary_trapping`, `vector_unary` | `(operand) -> result, kernel, clif` |
//! | `binary`, `binary_trapping` | `(operands) -> result, kernel, clif, commutes or ordered` |
//! | `compare` | `(operands) -> i32, kernel, clif condition, swap operator, negate operator or _` |
//! | `load`, `atomic_load`, `atomic_cmpxchg` | `type in memory => type on the stack` |
//! | `store`, `atomic_store` | `type on the stack => type in memory` |
//! | `atomic_rmw` | `type in memory => type on the stack, update` |
//! | `vector_binary`, `vector_ternary` | `(operands) -> result, kernel, clif` |
//! | `vector_extract`, `vector_replace` | `[lanes] (operands) -> result, kernel` |
//! | `vector_load` | `number of bytes => kernel` |
//! | `vector_load_lane`, `vector_store_lane` | `type in memory [lanes]` |
//! | `hand` | `[immediates]`; everything else about them is written by hand |
//!
//! A kernel is a function of [`crate::kernel`]; a CLIF instruction (for lane comparisons in brackets with its condition) is
//! given where one instruction has the same meaning, else `_`. Immediates are named as in [`crate::Imm`].
//! Rows are fixed token trees: a consumer takes all groups in one pattern. `tests/kernels/mod.rs` is a complete one.

/// Passes the table to a macro: see the module that defines it for the format.
#[macro_export]
macro_rules! for_each_op {
    ($consumer:ident) => {
        $consumer! {
            unary {
                /// Counts leading zero bits.
                mvp I32Clz "i32.clz" (i32) -> i32, i32_clz, clz;
                /// Counts trailing zero bits.
                mvp I32Ctz "i32.ctz" (i32) -> i32, i32_ctz, ctz;
                /// Counts one bits.
                mvp I32Popcnt "i32.popcnt" (i32) -> i32, i32_popcnt, popcnt;
                /// Whether the operand is zero.
                mvp I32Eqz "i32.eqz" (i32) -> i32, i32_eqz, _;
                /// Sign-extends the low 8 bits.
                sign_extension I32Extend8S "i32.extend8_s" (i32) -> i32, i32_extend8_s, _;
                /// Sign-extends the low 16 bits.
                sign_extension I32Extend16S "i32.extend16_s" (i32) -> i32, i32_extend16_s, _;
                /// Counts leading zero bits.
                mvp I64Clz "i64.clz" (i64) -> i64, i64_clz, clz;
                /// Counts trailing zero bits.
                mvp I64Ctz "i64.ctz" (i64) -> i64, i64_ctz, ctz;
                /// Counts one bits.
                mvp I64Popcnt "i64.popcnt" (i64) -> i64, i64_popcnt, popcnt;
                /// Whether the operand is zero.
                mvp I64Eqz "i64.eqz" (i64) -> i32, i64_eqz, _;
                /// Sign-extends the low 8 bits.
                sign_extension I64Extend8S "i64.extend8_s" (i64) -> i64, i64_extend8_s, _;
                /// Sign-extends the low 16 bits.
                sign_extension I64Extend16S "i64.extend16_s" (i64) -> i64, i64_extend16_s, _;
                /// Sign-extends the low 32 bits.
                sign_extension I64Extend32S "i64.extend32_s" (i64) -> i64, i64_extend32_s, _;
                /// Clears the sign.
                mvp F32Abs "f32.abs" (f32) -> f32, f32_abs, fabs;
                /// Flips the sign.
                mvp F32Neg "f32.neg" (f32) -> f32, f32_neg, fneg;
                /// Rounds up.
                mvp F32Ceil "f32.ceil" (f32) -> f32, f32_ceil, ceil;
                /// Rounds down.
                mvp F32Floor "f32.floor" (f32) -> f32, f32_floor, floor;
                /// Rounds towards zero.
                mvp F32Trunc "f32.trunc" (f32) -> f32, f32_trunc, trunc;
                /// Rounds to the nearest integer, ties to even.
                mvp F32Nearest "f32.nearest" (f32) -> f32, f32_nearest, nearest;
                /// Square root.
                mvp F32Sqrt "f32.sqrt" (f32) -> f32, f32_sqrt, sqrt;
                /// Clears the sign.
                mvp F64Abs "f64.abs" (f64) -> f64, f64_abs, fabs;
                /// Flips the sign.
                mvp F64Neg "f64.neg" (f64) -> f64, f64_neg, fneg;
                /// Rounds up.
                mvp F64Ceil "f64.ceil" (f64) -> f64, f64_ceil, ceil;
                /// Rounds down.
                mvp F64Floor "f64.floor" (f64) -> f64, f64_floor, floor;
                /// Rounds towards zero.
                mvp F64Trunc "f64.trunc" (f64) -> f64, f64_trunc, trunc;
                /// Rounds to the nearest integer, ties to even.
                mvp F64Nearest "f64.nearest" (f64) -> f64, f64_nearest, nearest;
                /// Square root.
                mvp F64Sqrt "f64.sqrt" (f64) -> f64, f64_sqrt, sqrt;
                /// The low 32 bits.
                mvp I32WrapI64 "i32.wrap_i64" (i64) -> i32, i32_wrap_i64, ireduce;
                /// Sign-extends.
                mvp I64ExtendI32S "i64.extend_i32_s" (i32) -> i64, i64_extend_i32_s, sextend;
                /// Zero-extends.
                mvp I64ExtendI32U "i64.extend_i32_u" (i32) -> i64, i64_extend_i32_u, uextend;
                /// Rounds to single precision.
                mvp F32DemoteF64 "f32.demote_f64" (f64) -> f32, f32_demote_f64, fdemote;
                /// Widens to double precision.
                mvp F64PromoteF32 "f64.promote_f32" (f32) -> f64, f64_promote_f32, fpromote;
                /// Converts a signed integer, rounding to nearest.
                mvp F32ConvertI32S "f32.convert_i32_s" (i32) -> f32, f32_convert_i32_s, fcvt_from_sint;
                /// Converts an unsigned integer, rounding to nearest.
                mvp F32ConvertI32U "f32.convert_i32_u" (i32) -> f32, f32_convert_i32_u, fcvt_from_uint;
                /// Converts a signed integer, rounding to nearest.
                mvp F32ConvertI64S "f32.convert_i64_s" (i64) -> f32, f32_convert_i64_s, fcvt_from_sint;
                /// Converts an unsigned integer, rounding to nearest.
                mvp F32ConvertI64U "f32.convert_i64_u" (i64) -> f32, f32_convert_i64_u, fcvt_from_uint;
                /// Converts a signed integer, rounding to nearest.
                mvp F64ConvertI32S "f64.convert_i32_s" (i32) -> f64, f64_convert_i32_s, fcvt_from_sint;
                /// Converts an unsigned integer, rounding to nearest.
                mvp F64ConvertI32U "f64.convert_i32_u" (i32) -> f64, f64_convert_i32_u, fcvt_from_uint;
                /// Converts a signed integer, rounding to nearest.
                mvp F64ConvertI64S "f64.convert_i64_s" (i64) -> f64, f64_convert_i64_s, fcvt_from_sint;
                /// Converts an unsigned integer, rounding to nearest.
                mvp F64ConvertI64U "f64.convert_i64_u" (i64) -> f64, f64_convert_i64_u, fcvt_from_uint;
                /// The same bits.
                mvp I32ReinterpretF32 "i32.reinterpret_f32" (f32) -> i32, i32_reinterpret_f32, bitcast;
                /// The same bits.
                mvp I64ReinterpretF64 "i64.reinterpret_f64" (f64) -> i64, i64_reinterpret_f64, bitcast;
                /// The same bits.
                mvp F32ReinterpretI32 "f32.reinterpret_i32" (i32) -> f32, f32_reinterpret_i32, bitcast;
                /// The same bits.
                mvp F64ReinterpretI64 "f64.reinterpret_i64" (i64) -> f64, f64_reinterpret_i64, bitcast;
                /// Truncates to a signed integer; what does not fit becomes the nearest bound, NaN zero.
                saturating_float_to_int I32TruncSatF32S "i32.trunc_sat_f32_s" (f32) -> i32, i32_trunc_sat_f32_s, fcvt_to_sint_sat;
                /// Truncates to an unsigned integer; what does not fit becomes the nearest bound, NaN zero.
                saturating_float_to_int I32TruncSatF32U "i32.trunc_sat_f32_u" (f32) -> i32, i32_trunc_sat_f32_u, fcvt_to_uint_sat;
                /// Truncates to a signed integer; what does not fit becomes the nearest bound, NaN zero.
                saturating_float_to_int I32TruncSatF64S "i32.trunc_sat_f64_s" (f64) -> i32, i32_trunc_sat_f64_s, fcvt_to_sint_sat;
                /// Truncates to an unsigned integer; what does not fit becomes the nearest bound, NaN zero.
                saturating_float_to_int I32TruncSatF64U "i32.trunc_sat_f64_u" (f64) -> i32, i32_trunc_sat_f64_u, fcvt_to_uint_sat;
                /// Truncates to a signed integer; what does not fit becomes the nearest bound, NaN zero.
                saturating_float_to_int I64TruncSatF32S "i64.trunc_sat_f32_s" (f32) -> i64, i64_trunc_sat_f32_s, fcvt_to_sint_sat;
                /// Truncates to an unsigned integer; what does not fit becomes the nearest bound, NaN zero.
                saturating_float_to_int I64TruncSatF32U "i64.trunc_sat_f32_u" (f32) -> i64, i64_trunc_sat_f32_u, fcvt_to_uint_sat;
                /// Truncates to a signed integer; what does not fit becomes the nearest bound, NaN zero.
                saturating_float_to_int I64TruncSatF64S "i64.trunc_sat_f64_s" (f64) -> i64, i64_trunc_sat_f64_s, fcvt_to_sint_sat;
                /// Truncates to an unsigned integer; what does not fit becomes the nearest bound, NaN zero.
                saturating_float_to_int I64TruncSatF64U "i64.trunc_sat_f64_u" (f64) -> i64, i64_trunc_sat_f64_u, fcvt_to_uint_sat;
            }
            unary_trapping {
                /// Truncates to a signed integer; traps on what does not fit.
                mvp I32TruncF32S "i32.trunc_f32_s" (f32) -> i32, i32_trunc_f32_s, fcvt_to_sint;
                /// Truncates to an unsigned integer; traps on what does not fit.
                mvp I32TruncF32U "i32.trunc_f32_u" (f32) -> i32, i32_trunc_f32_u, fcvt_to_uint;
                /// Truncates to a signed integer; traps on what does not fit.
                mvp I32TruncF64S "i32.trunc_f64_s" (f64) -> i32, i32_trunc_f64_s, fcvt_to_sint;
                /// Truncates to an unsigned integer; traps on what does not fit.
                mvp I32TruncF64U "i32.trunc_f64_u" (f64) -> i32, i32_trunc_f64_u, fcvt_to_uint;
                /// Truncates to a signed integer; traps on what does not fit.
                mvp I64TruncF32S "i64.trunc_f32_s" (f32) -> i64, i64_trunc_f32_s, fcvt_to_sint;
                /// Truncates to an unsigned integer; traps on what does not fit.
                mvp I64TruncF32U "i64.trunc_f32_u" (f32) -> i64, i64_trunc_f32_u, fcvt_to_uint;
                /// Truncates to a signed integer; traps on what does not fit.
                mvp I64TruncF64S "i64.trunc_f64_s" (f64) -> i64, i64_trunc_f64_s, fcvt_to_sint;
                /// Truncates to an unsigned integer; traps on what does not fit.
                mvp I64TruncF64U "i64.trunc_f64_u" (f64) -> i64, i64_trunc_f64_u, fcvt_to_uint;
            }
            binary {
                /// Adds.
                mvp I32Add "i32.add" (i32 i32) -> i32, i32_add, iadd, commutes;
                /// Subtracts.
                mvp I32Sub "i32.sub" (i32 i32) -> i32, i32_sub, isub, ordered;
                /// Multiplies.
                mvp I32Mul "i32.mul" (i32 i32) -> i32, i32_mul, imul, commutes;
                /// Bitwise and.
                mvp I32And "i32.and" (i32 i32) -> i32, i32_and, band, commutes;
                /// Bitwise or.
                mvp I32Or "i32.or" (i32 i32) -> i32, i32_or, bor, commutes;
                /// Bitwise exclusive or.
                mvp I32Xor "i32.xor" (i32 i32) -> i32, i32_xor, bxor, commutes;
                /// Shifts left.
                mvp I32Shl "i32.shl" (i32 i32) -> i32, i32_shl, ishl, ordered;
                /// Shifts right, keeping the sign.
                mvp I32ShrS "i32.shr_s" (i32 i32) -> i32, i32_shr_s, sshr, ordered;
                /// Shifts right, filling with zeros.
                mvp I32ShrU "i32.shr_u" (i32 i32) -> i32, i32_shr_u, ushr, ordered;
                /// Rotates left.
                mvp I32Rotl "i32.rotl" (i32 i32) -> i32, i32_rotl, rotl, ordered;
                /// Rotates right.
                mvp I32Rotr "i32.rotr" (i32 i32) -> i32, i32_rotr, rotr, ordered;
                /// Adds.
                mvp I64Add "i64.add" (i64 i64) -> i64, i64_add, iadd, commutes;
                /// Subtracts.
                mvp I64Sub "i64.sub" (i64 i64) -> i64, i64_sub, isub, ordered;
                /// Multiplies.
                mvp I64Mul "i64.mul" (i64 i64) -> i64, i64_mul, imul, commutes;
                /// Bitwise and.
                mvp I64And "i64.and" (i64 i64) -> i64, i64_and, band, commutes;
                /// Bitwise or.
                mvp I64Or "i64.or" (i64 i64) -> i64, i64_or, bor, commutes;
                /// Bitwise exclusive or.
                mvp I64Xor "i64.xor" (i64 i64) -> i64, i64_xor, bxor, commutes;
                /// Shifts left.
                mvp I64Shl "i64.shl" (i64 i64) -> i64, i64_shl, ishl, ordered;
                /// Shifts right, keeping the sign.
                mvp I64ShrS "i64.shr_s" (i64 i64) -> i64, i64_shr_s, sshr, ordered;
                /// Shifts right, filling with zeros.
                mvp I64ShrU "i64.shr_u" (i64 i64) -> i64, i64_shr_u, ushr, ordered;
                /// Rotates left.
                mvp I64Rotl "i64.rotl" (i64 i64) -> i64, i64_rotl, rotl, ordered;
                /// Rotates right.
                mvp I64Rotr "i64.rotr" (i64 i64) -> i64, i64_rotr, rotr, ordered;
                /// Adds.
                mvp F32Add "f32.add" (f32 f32) -> f32, f32_add, fadd, commutes;
                /// Subtracts.
                mvp F32Sub "f32.sub" (f32 f32) -> f32, f32_sub, fsub, ordered;
                /// Multiplies.
                mvp F32Mul "f32.mul" (f32 f32) -> f32, f32_mul, fmul, commutes;
                /// Divides.
                mvp F32Div "f32.div" (f32 f32) -> f32, f32_div, fdiv, ordered;
                /// The smaller; NaN if either is.
                mvp F32Min "f32.min" (f32 f32) -> f32, f32_min, fmin, commutes;
                /// The larger; NaN if either is.
                mvp F32Max "f32.max" (f32 f32) -> f32, f32_max, fmax, commutes;
                /// The magnitude of the first with the sign of the second.
                mvp F32Copysign "f32.copysign" (f32 f32) -> f32, f32_copysign, fcopysign, ordered;
                /// Adds.
                mvp F64Add "f64.add" (f64 f64) -> f64, f64_add, fadd, commutes;
                /// Subtracts.
                mvp F64Sub "f64.sub" (f64 f64) -> f64, f64_sub, fsub, ordered;
                /// Multiplies.
                mvp F64Mul "f64.mul" (f64 f64) -> f64, f64_mul, fmul, commutes;
                /// Divides.
                mvp F64Div "f64.div" (f64 f64) -> f64, f64_div, fdiv, ordered;
                /// The smaller; NaN if either is.
                mvp F64Min "f64.min" (f64 f64) -> f64, f64_min, fmin, commutes;
                /// The larger; NaN if either is.
                mvp F64Max "f64.max" (f64 f64) -> f64, f64_max, fmax, commutes;
                /// The magnitude of the first with the sign of the second.
                mvp F64Copysign "f64.copysign" (f64 f64) -> f64, f64_copysign, fcopysign, ordered;
            }
            binary_trapping {
                /// Signed quotient; traps on zero and on overflow.
                mvp I32DivS "i32.div_s" (i32 i32) -> i32, i32_div_s, sdiv, ordered;
                /// Unsigned quotient; traps on zero.
                mvp I32DivU "i32.div_u" (i32 i32) -> i32, i32_div_u, udiv, ordered;
                /// Signed remainder; traps on zero.
                mvp I32RemS "i32.rem_s" (i32 i32) -> i32, i32_rem_s, srem, ordered;
                /// Unsigned remainder; traps on zero.
                mvp I32RemU "i32.rem_u" (i32 i32) -> i32, i32_rem_u, urem, ordered;
                /// Signed quotient; traps on zero and on overflow.
                mvp I64DivS "i64.div_s" (i64 i64) -> i64, i64_div_s, sdiv, ordered;
                /// Unsigned quotient; traps on zero.
                mvp I64DivU "i64.div_u" (i64 i64) -> i64, i64_div_u, udiv, ordered;
                /// Signed remainder; traps on zero.
                mvp I64RemS "i64.rem_s" (i64 i64) -> i64, i64_rem_s, srem, ordered;
                /// Unsigned remainder; traps on zero.
                mvp I64RemU "i64.rem_u" (i64 i64) -> i64, i64_rem_u, urem, ordered;
            }
            compare {
                /// Equal.
                mvp I32Eq "i32.eq" (i32 i32) -> i32, i32_eq, icmp eq, swap I32Eq, negate I32Ne;
                /// Not equal.
                mvp I32Ne "i32.ne" (i32 i32) -> i32, i32_ne, icmp ne, swap I32Ne, negate I32Eq;
                /// Signed less.
                mvp I32LtS "i32.lt_s" (i32 i32) -> i32, i32_lt_s, icmp slt, swap I32GtS, negate I32GeS;
                /// Unsigned less.
                mvp I32LtU "i32.lt_u" (i32 i32) -> i32, i32_lt_u, icmp ult, swap I32GtU, negate I32GeU;
                /// Signed greater.
                mvp I32GtS "i32.gt_s" (i32 i32) -> i32, i32_gt_s, icmp sgt, swap I32LtS, negate I32LeS;
                /// Unsigned greater.
                mvp I32GtU "i32.gt_u" (i32 i32) -> i32, i32_gt_u, icmp ugt, swap I32LtU, negate I32LeU;
                /// Signed less or equal.
                mvp I32LeS "i32.le_s" (i32 i32) -> i32, i32_le_s, icmp sle, swap I32GeS, negate I32GtS;
                /// Unsigned less or equal.
                mvp I32LeU "i32.le_u" (i32 i32) -> i32, i32_le_u, icmp ule, swap I32GeU, negate I32GtU;
                /// Signed greater or equal.
                mvp I32GeS "i32.ge_s" (i32 i32) -> i32, i32_ge_s, icmp sge, swap I32LeS, negate I32LtS;
                /// Unsigned greater or equal.
                mvp I32GeU "i32.ge_u" (i32 i32) -> i32, i32_ge_u, icmp uge, swap I32LeU, negate I32LtU;
                /// Equal.
                mvp I64Eq "i64.eq" (i64 i64) -> i32, i64_eq, icmp eq, swap I64Eq, negate I64Ne;
                /// Not equal.
                mvp I64Ne "i64.ne" (i64 i64) -> i32, i64_ne, icmp ne, swap I64Ne, negate I64Eq;
                /// Signed less.
                mvp I64LtS "i64.lt_s" (i64 i64) -> i32, i64_lt_s, icmp slt, swap I64GtS, negate I64GeS;
                /// Unsigned less.
                mvp I64LtU "i64.lt_u" (i64 i64) -> i32, i64_lt_u, icmp ult, swap I64GtU, negate I64GeU;
                /// Signed greater.
                mvp I64GtS "i64.gt_s" (i64 i64) -> i32, i64_gt_s, icmp sgt, swap I64LtS, negate I64LeS;
                /// Unsigned greater.
                mvp I64GtU "i64.gt_u" (i64 i64) -> i32, i64_gt_u, icmp ugt, swap I64LtU, negate I64LeU;
                /// Signed less or equal.
                mvp I64LeS "i64.le_s" (i64 i64) -> i32, i64_le_s, icmp sle, swap I64GeS, negate I64GtS;
                /// Unsigned less or equal.
                mvp I64LeU "i64.le_u" (i64 i64) -> i32, i64_le_u, icmp ule, swap I64GeU, negate I64GtU;
                /// Signed greater or equal.
                mvp I64GeS "i64.ge_s" (i64 i64) -> i32, i64_ge_s, icmp sge, swap I64LeS, negate I64LtS;
                /// Unsigned greater or equal.
                mvp I64GeU "i64.ge_u" (i64 i64) -> i32, i64_ge_u, icmp uge, swap I64LeU, negate I64LtU;
                /// Equal; false on NaN.
                mvp F32Eq "f32.eq" (f32 f32) -> i32, f32_eq, fcmp eq, swap F32Eq, negate F32Ne;
                /// Not equal; true on NaN.
                mvp F32Ne "f32.ne" (f32 f32) -> i32, f32_ne, fcmp ne, swap F32Ne, negate F32Eq;
                /// Less; false on NaN.
                mvp F32Lt "f32.lt" (f32 f32) -> i32, f32_lt, fcmp lt, swap F32Gt, negate _;
                /// Greater; false on NaN.
                mvp F32Gt "f32.gt" (f32 f32) -> i32, f32_gt, fcmp gt, swap F32Lt, negate _;
                /// Less or equal; false on NaN.
                mvp F32Le "f32.le" (f32 f32) -> i32, f32_le, fcmp le, swap F32Ge, negate _;
                /// Greater or equal; false on NaN.
                mvp F32Ge "f32.ge" (f32 f32) -> i32, f32_ge, fcmp ge, swap F32Le, negate _;
                /// Equal; false on NaN.
                mvp F64Eq "f64.eq" (f64 f64) -> i32, f64_eq, fcmp eq, swap F64Eq, negate F64Ne;
                /// Not equal; true on NaN.
                mvp F64Ne "f64.ne" (f64 f64) -> i32, f64_ne, fcmp ne, swap F64Ne, negate F64Eq;
                /// Less; false on NaN.
                mvp F64Lt "f64.lt" (f64 f64) -> i32, f64_lt, fcmp lt, swap F64Gt, negate _;
                /// Greater; false on NaN.
                mvp F64Gt "f64.gt" (f64 f64) -> i32, f64_gt, fcmp gt, swap F64Lt, negate _;
                /// Less or equal; false on NaN.
                mvp F64Le "f64.le" (f64 f64) -> i32, f64_le, fcmp le, swap F64Ge, negate _;
                /// Greater or equal; false on NaN.
                mvp F64Ge "f64.ge" (f64 f64) -> i32, f64_ge, fcmp ge, swap F64Le, negate _;
            }
            load {
                /// Loads four bytes.
                mvp I32Load "i32.load" i32 => i32;
                /// Loads eight bytes.
                mvp I64Load "i64.load" i64 => i64;
                /// Loads four bytes.
                mvp F32Load "f32.load" f32 => f32;
                /// Loads eight bytes.
                mvp F64Load "f64.load" f64 => f64;
                /// Loads 8 bits, sign-extended.
                mvp I32Load8S "i32.load8_s" i8 => i32;
                /// Loads 8 bits, zero-extended.
                mvp I32Load8U "i32.load8_u" u8 => i32;
                /// Loads 16 bits, sign-extended.
                mvp I32Load16S "i32.load16_s" i16 => i32;
                /// Loads 16 bits, zero-extended.
                mvp I32Load16U "i32.load16_u" u16 => i32;
                /// Loads 8 bits, sign-extended.
                mvp I64Load8S "i64.load8_s" i8 => i64;
                /// Loads 8 bits, zero-extended.
                mvp I64Load8U "i64.load8_u" u8 => i64;
                /// Loads 16 bits, sign-extended.
                mvp I64Load16S "i64.load16_s" i16 => i64;
                /// Loads 16 bits, zero-extended.
                mvp I64Load16U "i64.load16_u" u16 => i64;
                /// Loads 32 bits, sign-extended.
                mvp I64Load32S "i64.load32_s" i32 => i64;
                /// Loads 32 bits, zero-extended.
                mvp I64Load32U "i64.load32_u" u32 => i64;
            }
            store {
                /// Stores four bytes.
                mvp I32Store "i32.store" i32 => i32;
                /// Stores eight bytes.
                mvp I64Store "i64.store" i64 => i64;
                /// Stores four bytes.
                mvp F32Store "f32.store" f32 => f32;
                /// Stores eight bytes.
                mvp F64Store "f64.store" f64 => f64;
                /// Stores the low 8 bits.
                mvp I32Store8 "i32.store8" i32 => u8;
                /// Stores the low 16 bits.
                mvp I32Store16 "i32.store16" i32 => u16;
                /// Stores the low 8 bits.
                mvp I64Store8 "i64.store8" i64 => u8;
                /// Stores the low 16 bits.
                mvp I64Store16 "i64.store16" i64 => u16;
                /// Stores the low 32 bits.
                mvp I64Store32 "i64.store32" i64 => u32;
            }
            vector_unary {
                /// Every lane is the operand.
                simd I8x16Splat "i8x16.splat" (i32) -> v128, i8x16_splat, splat;
                /// Every lane is the operand.
                simd I16x8Splat "i16x8.splat" (i32) -> v128, i16x8_splat, splat;
                /// Every lane is the operand.
                simd I32x4Splat "i32x4.splat" (i32) -> v128, i32x4_splat, splat;
                /// Every lane is the operand.
                simd I64x2Splat "i64x2.splat" (i64) -> v128, i64x2_splat, splat;
                /// Every lane is the operand.
                simd F32x4Splat "f32x4.splat" (f32) -> v128, f32x4_splat, splat;
                /// Every lane is the operand.
                simd F64x2Splat "f64x2.splat" (f64) -> v128, f64x2_splat, splat;
                /// Bitwise complement.
                simd V128Not "v128.not" (v128) -> v128, v128_not, bnot;
                /// Whether any bit is set.
                simd V128AnyTrue "v128.any_true" (v128) -> i32, v128_any_true, vany_true;
                /// Absolute value of every lane, wrapping.
                simd I8x16Abs "i8x16.abs" (v128) -> v128, i8x16_abs, iabs;
                /// Negates every lane, wrapping.
                simd I8x16Neg "i8x16.neg" (v128) -> v128, i8x16_neg, ineg;
                /// Whether every lane is non-zero.
                simd I8x16AllTrue "i8x16.all_true" (v128) -> i32, i8x16_all_true, vall_true;
                /// The lanes' sign bits.
                simd I8x16Bitmask "i8x16.bitmask" (v128) -> i32, i8x16_bitmask, vhigh_bits;
                /// Absolute value of every lane, wrapping.
                simd I16x8Abs "i16x8.abs" (v128) -> v128, i16x8_abs, iabs;
                /// Negates every lane, wrapping.
                simd I16x8Neg "i16x8.neg" (v128) -> v128, i16x8_neg, ineg;
                /// Whether every lane is non-zero.
                simd I16x8AllTrue "i16x8.all_true" (v128) -> i32, i16x8_all_true, vall_true;
                /// The lanes' sign bits.
                simd I16x8Bitmask "i16x8.bitmask" (v128) -> i32, i16x8_bitmask, vhigh_bits;
                /// Absolute value of every lane, wrapping.
                simd I32x4Abs "i32x4.abs" (v128) -> v128, i32x4_abs, iabs;
                /// Negates every lane, wrapping.
                simd I32x4Neg "i32x4.neg" (v128) -> v128, i32x4_neg, ineg;
                /// Whether every lane is non-zero.
                simd I32x4AllTrue "i32x4.all_true" (v128) -> i32, i32x4_all_true, vall_true;
                /// The lanes' sign bits.
                simd I32x4Bitmask "i32x4.bitmask" (v128) -> i32, i32x4_bitmask, vhigh_bits;
                /// Absolute value of every lane, wrapping.
                simd I64x2Abs "i64x2.abs" (v128) -> v128, i64x2_abs, iabs;
                /// Negates every lane, wrapping.
                simd I64x2Neg "i64x2.neg" (v128) -> v128, i64x2_neg, ineg;
                /// Whether every lane is non-zero.
                simd I64x2AllTrue "i64x2.all_true" (v128) -> i32, i64x2_all_true, vall_true;
                /// The lanes' sign bits.
                simd I64x2Bitmask "i64x2.bitmask" (v128) -> i32, i64x2_bitmask, vhigh_bits;
                /// Counts the one bits of every lane.
                simd I8x16Popcnt "i8x16.popcnt" (v128) -> v128, i8x16_popcnt, popcnt;
                /// Adds neighbouring lanes after sign-extending them.
                simd I16x8ExtAddPairwiseI8x16S "i16x8.extadd_pairwise_i8x16_s" (v128) -> v128, i16x8_extadd_pairwise_i8x16_s, _;
                /// Adds neighbouring lanes after zero-extending them.
                simd I16x8ExtAddPairwiseI8x16U "i16x8.extadd_pairwise_i8x16_u" (v128) -> v128, i16x8_extadd_pairwise_i8x16_u, _;
                /// Adds neighbouring lanes after sign-extending them.
                simd I32x4ExtAddPairwiseI16x8S "i32x4.extadd_pairwise_i16x8_s" (v128) -> v128, i32x4_extadd_pairwise_i16x8_s, _;
                /// Adds neighbouring lanes after zero-extending them.
                simd I32x4ExtAddPairwiseI16x8U "i32x4.extadd_pairwise_i16x8_u" (v128) -> v128, i32x4_extadd_pairwise_i16x8_u, _;
                /// Sign-extends the low half of the lanes.
                simd I16x8ExtendLowI8x16S "i16x8.extend_low_i8x16_s" (v128) -> v128, i16x8_extend_low_i8x16_s, swiden_low;
                /// Zero-extends the low half of the lanes.
                simd I16x8ExtendLowI8x16U "i16x8.extend_low_i8x16_u" (v128) -> v128, i16x8_extend_low_i8x16_u, uwiden_low;
                /// Sign-extends the high half of the lanes.
                simd I16x8ExtendHighI8x16S "i16x8.extend_high_i8x16_s" (v128) -> v128, i16x8_extend_high_i8x16_s, swiden_high;
                /// Zero-extends the high half of the lanes.
                simd I16x8ExtendHighI8x16U "i16x8.extend_high_i8x16_u" (v128) -> v128, i16x8_extend_high_i8x16_u, uwiden_high;
                /// Sign-extends the low half of the lanes.
                simd I32x4ExtendLowI16x8S "i32x4.extend_low_i16x8_s" (v128) -> v128, i32x4_extend_low_i16x8_s, swiden_low;
                /// Zero-extends the low half of the lanes.
                simd I32x4ExtendLowI16x8U "i32x4.extend_low_i16x8_u" (v128) -> v128, i32x4_extend_low_i16x8_u, uwiden_low;
                /// Sign-extends the high half of the lanes.
                simd I32x4ExtendHighI16x8S "i32x4.extend_high_i16x8_s" (v128) -> v128, i32x4_extend_high_i16x8_s, swiden_high;
                /// Zero-extends the high half of the lanes.
                simd I32x4ExtendHighI16x8U "i32x4.extend_high_i16x8_u" (v128) -> v128, i32x4_extend_high_i16x8_u, uwiden_high;
                /// Sign-extends the low half of the lanes.
                simd I64x2ExtendLowI32x4S "i64x2.extend_low_i32x4_s" (v128) -> v128, i64x2_extend_low_i32x4_s, swiden_low;
                /// Zero-extends the low half of the lanes.
                simd I64x2ExtendLowI32x4U "i64x2.extend_low_i32x4_u" (v128) -> v128, i64x2_extend_low_i32x4_u, uwiden_low;
                /// Sign-extends the high half of the lanes.
                simd I64x2ExtendHighI32x4S "i64x2.extend_high_i32x4_s" (v128) -> v128, i64x2_extend_high_i32x4_s, swiden_high;
                /// Zero-extends the high half of the lanes.
                simd I64x2ExtendHighI32x4U "i64x2.extend_high_i32x4_u" (v128) -> v128, i64x2_extend_high_i32x4_u, uwiden_high;
                /// Clears the sign in every lane.
                simd F32x4Abs "f32x4.abs" (v128) -> v128, f32x4_abs, fabs;
                /// Flips the sign in every lane.
                simd F32x4Neg "f32x4.neg" (v128) -> v128, f32x4_neg, fneg;
                /// Square root of every lane.
                simd F32x4Sqrt "f32x4.sqrt" (v128) -> v128, f32x4_sqrt, sqrt;
                /// Rounds up in every lane.
                simd F32x4Ceil "f32x4.ceil" (v128) -> v128, f32x4_ceil, ceil;
                /// Rounds down in every lane.
                simd F32x4Floor "f32x4.floor" (v128) -> v128, f32x4_floor, floor;
                /// Rounds towards zero in every lane.
                simd F32x4Trunc "f32x4.trunc" (v128) -> v128, f32x4_trunc, trunc;
                /// Rounds to the nearest integer, ties to even in every lane.
                simd F32x4Nearest "f32x4.nearest" (v128) -> v128, f32x4_nearest, nearest;
                /// Clears the sign in every lane.
                simd F64x2Abs "f64x2.abs" (v128) -> v128, f64x2_abs, fabs;
                /// Flips the sign in every lane.
                simd F64x2Neg "f64x2.neg" (v128) -> v128, f64x2_neg, fneg;
                /// Square root of every lane.
                simd F64x2Sqrt "f64x2.sqrt" (v128) -> v128, f64x2_sqrt, sqrt;
                /// Rounds up in every lane.
                simd F64x2Ceil "f64x2.ceil" (v128) -> v128, f64x2_ceil, ceil;
                /// Rounds down in every lane.
                simd F64x2Floor "f64x2.floor" (v128) -> v128, f64x2_floor, floor;
                /// Rounds towards zero in every lane.
                simd F64x2Trunc "f64x2.trunc" (v128) -> v128, f64x2_trunc, trunc;
                /// Rounds to the nearest integer, ties to even in every lane.
                simd F64x2Nearest "f64x2.nearest" (v128) -> v128, f64x2_nearest, nearest;
                /// Truncates every lane to a signed integer, saturating.
                simd I32x4TruncSatF32x4S "i32x4.trunc_sat_f32x4_s" (v128) -> v128, i32x4_trunc_sat_f32x4_s, fcvt_to_sint_sat;
                /// Truncates every lane to an unsigned integer, saturating.
                simd I32x4TruncSatF32x4U "i32x4.trunc_sat_f32x4_u" (v128) -> v128, i32x4_trunc_sat_f32x4_u, fcvt_to_uint_sat;
                /// Truncates both lanes to signed integers, saturating; the other two become zero.
                simd I32x4TruncSatF64x2SZero "i32x4.trunc_sat_f64x2_s_zero" (v128) -> v128, i32x4_trunc_sat_f64x2_s_zero, _;
                /// Truncates both lanes to unsigned integers, saturating; the other two become zero.
                simd I32x4TruncSatF64x2UZero "i32x4.trunc_sat_f64x2_u_zero" (v128) -> v128, i32x4_trunc_sat_f64x2_u_zero, _;
                /// Converts signed lanes.
                simd F32x4ConvertI32x4S "f32x4.convert_i32x4_s" (v128) -> v128, f32x4_convert_i32x4_s, fcvt_from_sint;
                /// Converts unsigned lanes.
                simd F32x4ConvertI32x4U "f32x4.convert_i32x4_u" (v128) -> v128, f32x4_convert_i32x4_u, fcvt_from_uint;
                /// Converts the two low signed lanes.
                simd F64x2ConvertLowI32x4S "f64x2.convert_low_i32x4_s" (v128) -> v128, f64x2_convert_low_i32x4_s, _;
                /// Converts the two low unsigned lanes.
                simd F64x2ConvertLowI32x4U "f64x2.convert_low_i32x4_u" (v128) -> v128, f64x2_convert_low_i32x4_u, _;
                /// Rounds both lanes to single precision; the other two become zero.
                simd F32x4DemoteF64x2Zero "f32x4.demote_f64x2_zero" (v128) -> v128, f32x4_demote_f64x2_zero, fvdemote;
                /// Widens the two low lanes.
                simd F64x2PromoteLowF32x4 "f64x2.promote_low_f32x4" (v128) -> v128, f64x2_promote_low_f32x4, fvpromote_low;
                /// As `i32x4.trunc_sat_f32x4_s`.
                relaxed_simd I32x4RelaxedTruncF32x4S "i32x4.relaxed_trunc_f32x4_s" (v128) -> v128, i32x4_relaxed_trunc_f32x4_s, _;
                /// As `i32x4.trunc_sat_f32x4_u`.
                relaxed_simd I32x4RelaxedTruncF32x4U "i32x4.relaxed_trunc_f32x4_u" (v128) -> v128, i32x4_relaxed_trunc_f32x4_u, _;
                /// As `i32x4.trunc_sat_f64x2_s_zero`.
                relaxed_simd I32x4RelaxedTruncF64x2SZero "i32x4.relaxed_trunc_f64x2_s_zero" (v128) -> v128, i32x4_relaxed_trunc_f64x2_s_zero, _;
                /// As `i32x4.trunc_sat_f64x2_u_zero`.
                relaxed_simd I32x4RelaxedTruncF64x2UZero "i32x4.relaxed_trunc_f64x2_u_zero" (v128) -> v128, i32x4_relaxed_trunc_f64x2_u_zero, _;
            }
            vector_binary {
                /// Bitwise and.
                simd V128And "v128.and" (v128 v128) -> v128, v128_and, band;
                /// Bitwise and with the complement of the second.
                simd V128AndNot "v128.andnot" (v128 v128) -> v128, v128_andnot, band_not;
                /// Bitwise or.
                simd V128Or "v128.or" (v128 v128) -> v128, v128_or, bor;
                /// Bitwise exclusive or.
                simd V128Xor "v128.xor" (v128 v128) -> v128, v128_xor, bxor;
                /// Picks lanes by index; zero where the index is too large.
                simd I8x16Swizzle "i8x16.swizzle" (v128 v128) -> v128, i8x16_swizzle, swizzle;
                /// As `i8x16.swizzle`.
                relaxed_simd I8x16RelaxedSwizzle "i8x16.relaxed_swizzle" (v128 v128) -> v128, i8x16_relaxed_swizzle, swizzle;
                /// All ones in lanes that are equal.
                simd I8x16Eq "i8x16.eq" (v128 v128) -> v128, i8x16_eq, [icmp eq];
                /// All ones in lanes that are not equal.
                simd I8x16Ne "i8x16.ne" (v128 v128) -> v128, i8x16_ne, [icmp ne];
                /// All ones in lanes that are signed less.
                simd I8x16LtS "i8x16.lt_s" (v128 v128) -> v128, i8x16_lt_s, [icmp slt];
                /// All ones in lanes that are unsigned less.
                simd I8x16LtU "i8x16.lt_u" (v128 v128) -> v128, i8x16_lt_u, [icmp ult];
                /// All ones in lanes that are signed greater.
                simd I8x16GtS "i8x16.gt_s" (v128 v128) -> v128, i8x16_gt_s, [icmp sgt];
                /// All ones in lanes that are unsigned greater.
                simd I8x16GtU "i8x16.gt_u" (v128 v128) -> v128, i8x16_gt_u, [icmp ugt];
                /// All ones in lanes that are signed less or equal.
                simd I8x16LeS "i8x16.le_s" (v128 v128) -> v128, i8x16_le_s, [icmp sle];
                /// All ones in lanes that are unsigned less or equal.
                simd I8x16LeU "i8x16.le_u" (v128 v128) -> v128, i8x16_le_u, [icmp ule];
                /// All ones in lanes that are signed greater or equal.
                simd I8x16GeS "i8x16.ge_s" (v128 v128) -> v128, i8x16_ge_s, [icmp sge];
                /// All ones in lanes that are unsigned greater or equal.
                simd I8x16GeU "i8x16.ge_u" (v128 v128) -> v128, i8x16_ge_u, [icmp uge];
                /// All ones in lanes that are equal.
                simd I16x8Eq "i16x8.eq" (v128 v128) -> v128, i16x8_eq, [icmp eq];
                /// All ones in lanes that are not equal.
                simd I16x8Ne "i16x8.ne" (v128 v128) -> v128, i16x8_ne, [icmp ne];
                /// All ones in lanes that are signed less.
                simd I16x8LtS "i16x8.lt_s" (v128 v128) -> v128, i16x8_lt_s, [icmp slt];
                /// All ones in lanes that are unsigned less.
                simd I16x8LtU "i16x8.lt_u" (v128 v128) -> v128, i16x8_lt_u, [icmp ult];
                /// All ones in lanes that are signed greater.
                simd I16x8GtS "i16x8.gt_s" (v128 v128) -> v128, i16x8_gt_s, [icmp sgt];
                /// All ones in lanes that are unsigned greater.
                simd I16x8GtU "i16x8.gt_u" (v128 v128) -> v128, i16x8_gt_u, [icmp ugt];
                /// All ones in lanes that are signed less or equal.
                simd I16x8LeS "i16x8.le_s" (v128 v128) -> v128, i16x8_le_s, [icmp sle];
                /// All ones in lanes that are unsigned less or equal.
                simd I16x8LeU "i16x8.le_u" (v128 v128) -> v128, i16x8_le_u, [icmp ule];
                /// All ones in lanes that are signed greater or equal.
                simd I16x8GeS "i16x8.ge_s" (v128 v128) -> v128, i16x8_ge_s, [icmp sge];
                /// All ones in lanes that are unsigned greater or equal.
                simd I16x8GeU "i16x8.ge_u" (v128 v128) -> v128, i16x8_ge_u, [icmp uge];
                /// All ones in lanes that are equal.
                simd I32x4Eq "i32x4.eq" (v128 v128) -> v128, i32x4_eq, [icmp eq];
                /// All ones in lanes that are not equal.
                simd I32x4Ne "i32x4.ne" (v128 v128) -> v128, i32x4_ne, [icmp ne];
                /// All ones in lanes that are signed less.
                simd I32x4LtS "i32x4.lt_s" (v128 v128) -> v128, i32x4_lt_s, [icmp slt];
                /// All ones in lanes that are unsigned less.
                simd I32x4LtU "i32x4.lt_u" (v128 v128) -> v128, i32x4_lt_u, [icmp ult];
                /// All ones in lanes that are signed greater.
                simd I32x4GtS "i32x4.gt_s" (v128 v128) -> v128, i32x4_gt_s, [icmp sgt];
                /// All ones in lanes that are unsigned greater.
                simd I32x4GtU "i32x4.gt_u" (v128 v128) -> v128, i32x4_gt_u, [icmp ugt];
                /// All ones in lanes that are signed less or equal.
                simd I32x4LeS "i32x4.le_s" (v128 v128) -> v128, i32x4_le_s, [icmp sle];
                /// All ones in lanes that are unsigned less or equal.
                simd I32x4LeU "i32x4.le_u" (v128 v128) -> v128, i32x4_le_u, [icmp ule];
                /// All ones in lanes that are signed greater or equal.
                simd I32x4GeS "i32x4.ge_s" (v128 v128) -> v128, i32x4_ge_s, [icmp sge];
                /// All ones in lanes that are unsigned greater or equal.
                simd I32x4GeU "i32x4.ge_u" (v128 v128) -> v128, i32x4_ge_u, [icmp uge];
                /// All ones in lanes that are equal.
                simd I64x2Eq "i64x2.eq" (v128 v128) -> v128, i64x2_eq, [icmp eq];
                /// All ones in lanes that are not equal.
                simd I64x2Ne "i64x2.ne" (v128 v128) -> v128, i64x2_ne, [icmp ne];
                /// All ones in lanes that are signed less.
                simd I64x2LtS "i64x2.lt_s" (v128 v128) -> v128, i64x2_lt_s, [icmp slt];
                /// All ones in lanes that are signed greater.
                simd I64x2GtS "i64x2.gt_s" (v128 v128) -> v128, i64x2_gt_s, [icmp sgt];
                /// All ones in lanes that are signed less or equal.
                simd I64x2LeS "i64x2.le_s" (v128 v128) -> v128, i64x2_le_s, [icmp sle];
                /// All ones in lanes that are signed greater or equal.
                simd I64x2GeS "i64x2.ge_s" (v128 v128) -> v128, i64x2_ge_s, [icmp sge];
                /// All ones in lanes that are equal.
                simd F32x4Eq "f32x4.eq" (v128 v128) -> v128, f32x4_eq, [fcmp eq];
                /// All ones in lanes that are not equal.
                simd F32x4Ne "f32x4.ne" (v128 v128) -> v128, f32x4_ne, [fcmp ne];
                /// All ones in lanes that are less.
                simd F32x4Lt "f32x4.lt" (v128 v128) -> v128, f32x4_lt, [fcmp lt];
                /// All ones in lanes that are greater.
                simd F32x4Gt "f32x4.gt" (v128 v128) -> v128, f32x4_gt, [fcmp gt];
                /// All ones in lanes that are less or equal.
                simd F32x4Le "f32x4.le" (v128 v128) -> v128, f32x4_le, [fcmp le];
                /// All ones in lanes that are greater or equal.
                simd F32x4Ge "f32x4.ge" (v128 v128) -> v128, f32x4_ge, [fcmp ge];
                /// All ones in lanes that are equal.
                simd F64x2Eq "f64x2.eq" (v128 v128) -> v128, f64x2_eq, [fcmp eq];
                /// All ones in lanes that are not equal.
                simd F64x2Ne "f64x2.ne" (v128 v128) -> v128, f64x2_ne, [fcmp ne];
                /// All ones in lanes that are less.
                simd F64x2Lt "f64x2.lt" (v128 v128) -> v128, f64x2_lt, [fcmp lt];
                /// All ones in lanes that are greater.
                simd F64x2Gt "f64x2.gt" (v128 v128) -> v128, f64x2_gt, [fcmp gt];
                /// All ones in lanes that are less or equal.
                simd F64x2Le "f64x2.le" (v128 v128) -> v128, f64x2_le, [fcmp le];
                /// All ones in lanes that are greater or equal.
                simd F64x2Ge "f64x2.ge" (v128 v128) -> v128, f64x2_ge, [fcmp ge];
                /// Adds lanes.
                simd I8x16Add "i8x16.add" (v128 v128) -> v128, i8x16_add, iadd;
                /// Subtracts lanes.
                simd I8x16Sub "i8x16.sub" (v128 v128) -> v128, i8x16_sub, isub;
                /// Shifts lanes left.
                simd I8x16Shl "i8x16.shl" (v128 i32) -> v128, i8x16_shl, ishl;
                /// Shifts lanes right, keeping the sign.
                simd I8x16ShrS "i8x16.shr_s" (v128 i32) -> v128, i8x16_shr_s, sshr;
                /// Shifts lanes right, filling with zeros.
                simd I8x16ShrU "i8x16.shr_u" (v128 i32) -> v128, i8x16_shr_u, ushr;
                /// Adds lanes.
                simd I16x8Add "i16x8.add" (v128 v128) -> v128, i16x8_add, iadd;
                /// Subtracts lanes.
                simd I16x8Sub "i16x8.sub" (v128 v128) -> v128, i16x8_sub, isub;
                /// Multiplies lanes.
                simd I16x8Mul "i16x8.mul" (v128 v128) -> v128, i16x8_mul, imul;
                /// Shifts lanes left.
                simd I16x8Shl "i16x8.shl" (v128 i32) -> v128, i16x8_shl, ishl;
                /// Shifts lanes right, keeping the sign.
                simd I16x8ShrS "i16x8.shr_s" (v128 i32) -> v128, i16x8_shr_s, sshr;
                /// Shifts lanes right, filling with zeros.
                simd I16x8ShrU "i16x8.shr_u" (v128 i32) -> v128, i16x8_shr_u, ushr;
                /// Adds lanes.
                simd I32x4Add "i32x4.add" (v128 v128) -> v128, i32x4_add, iadd;
                /// Subtracts lanes.
                simd I32x4Sub "i32x4.sub" (v128 v128) -> v128, i32x4_sub, isub;
                /// Multiplies lanes.
                simd I32x4Mul "i32x4.mul" (v128 v128) -> v128, i32x4_mul, imul;
                /// Shifts lanes left.
                simd I32x4Shl "i32x4.shl" (v128 i32) -> v128, i32x4_shl, ishl;
                /// Shifts lanes right, keeping the sign.
                simd I32x4ShrS "i32x4.shr_s" (v128 i32) -> v128, i32x4_shr_s, sshr;
                /// Shifts lanes right, filling with zeros.
                simd I32x4ShrU "i32x4.shr_u" (v128 i32) -> v128, i32x4_shr_u, ushr;
                /// Adds lanes.
                simd I64x2Add "i64x2.add" (v128 v128) -> v128, i64x2_add, iadd;
                /// Subtracts lanes.
                simd I64x2Sub "i64x2.sub" (v128 v128) -> v128, i64x2_sub, isub;
                /// Multiplies lanes.
                simd I64x2Mul "i64x2.mul" (v128 v128) -> v128, i64x2_mul, imul;
                /// Shifts lanes left.
                simd I64x2Shl "i64x2.shl" (v128 i32) -> v128, i64x2_shl, ishl;
                /// Shifts lanes right, keeping the sign.
                simd I64x2ShrS "i64x2.shr_s" (v128 i32) -> v128, i64x2_shr_s, sshr;
                /// Shifts lanes right, filling with zeros.
                simd I64x2ShrU "i64x2.shr_u" (v128 i32) -> v128, i64x2_shr_u, ushr;
                /// Adds signed lanes, saturating.
                simd I8x16AddSatS "i8x16.add_sat_s" (v128 v128) -> v128, i8x16_add_sat_s, sadd_sat;
                /// Adds unsigned lanes, saturating.
                simd I8x16AddSatU "i8x16.add_sat_u" (v128 v128) -> v128, i8x16_add_sat_u, uadd_sat;
                /// Subtracts signed lanes, saturating.
                simd I8x16SubSatS "i8x16.sub_sat_s" (v128 v128) -> v128, i8x16_sub_sat_s, ssub_sat;
                /// Subtracts unsigned lanes, saturating.
                simd I8x16SubSatU "i8x16.sub_sat_u" (v128 v128) -> v128, i8x16_sub_sat_u, usub_sat;
                /// Rounding average of unsigned lanes.
                simd I8x16AvgrU "i8x16.avgr_u" (v128 v128) -> v128, i8x16_avgr_u, avg_round;
                /// Adds signed lanes, saturating.
                simd I16x8AddSatS "i16x8.add_sat_s" (v128 v128) -> v128, i16x8_add_sat_s, sadd_sat;
                /// Adds unsigned lanes, saturating.
                simd I16x8AddSatU "i16x8.add_sat_u" (v128 v128) -> v128, i16x8_add_sat_u, uadd_sat;
                /// Subtracts signed lanes, saturating.
                simd I16x8SubSatS "i16x8.sub_sat_s" (v128 v128) -> v128, i16x8_sub_sat_s, ssub_sat;
                /// Subtracts unsigned lanes, saturating.
                simd I16x8SubSatU "i16x8.sub_sat_u" (v128 v128) -> v128, i16x8_sub_sat_u, usub_sat;
                /// Rounding average of unsigned lanes.
                simd I16x8AvgrU "i16x8.avgr_u" (v128 v128) -> v128, i16x8_avgr_u, avg_round;
                /// The smaller of signed lanes.
                simd I8x16MinS "i8x16.min_s" (v128 v128) -> v128, i8x16_min_s, smin;
                /// The smaller of unsigned lanes.
                simd I8x16MinU "i8x16.min_u" (v128 v128) -> v128, i8x16_min_u, umin;
                /// The larger of signed lanes.
                simd I8x16MaxS "i8x16.max_s" (v128 v128) -> v128, i8x16_max_s, smax;
                /// The larger of unsigned lanes.
                simd I8x16MaxU "i8x16.max_u" (v128 v128) -> v128, i8x16_max_u, umax;
                /// The smaller of signed lanes.
                simd I16x8MinS "i16x8.min_s" (v128 v128) -> v128, i16x8_min_s, smin;
                /// The smaller of unsigned lanes.
                simd I16x8MinU "i16x8.min_u" (v128 v128) -> v128, i16x8_min_u, umin;
                /// The larger of signed lanes.
                simd I16x8MaxS "i16x8.max_s" (v128 v128) -> v128, i16x8_max_s, smax;
                /// The larger of unsigned lanes.
                simd I16x8MaxU "i16x8.max_u" (v128 v128) -> v128, i16x8_max_u, umax;
                /// The smaller of signed lanes.
                simd I32x4MinS "i32x4.min_s" (v128 v128) -> v128, i32x4_min_s, smin;
                /// The smaller of unsigned lanes.
                simd I32x4MinU "i32x4.min_u" (v128 v128) -> v128, i32x4_min_u, umin;
                /// The larger of signed lanes.
                simd I32x4MaxS "i32x4.max_s" (v128 v128) -> v128, i32x4_max_s, smax;
                /// The larger of unsigned lanes.
                simd I32x4MaxU "i32x4.max_u" (v128 v128) -> v128, i32x4_max_u, umax;
                /// Narrows signed lanes of both operands to signed ones, saturating.
                simd I8x16NarrowI16x8S "i8x16.narrow_i16x8_s" (v128 v128) -> v128, i8x16_narrow_i16x8_s, snarrow;
                /// Narrows signed lanes of both operands to unsigned ones, saturating.
                simd I8x16NarrowI16x8U "i8x16.narrow_i16x8_u" (v128 v128) -> v128, i8x16_narrow_i16x8_u, unarrow;
                /// Narrows signed lanes of both operands to signed ones, saturating.
                simd I16x8NarrowI32x4S "i16x8.narrow_i32x4_s" (v128 v128) -> v128, i16x8_narrow_i32x4_s, snarrow;
                /// Narrows signed lanes of both operands to unsigned ones, saturating.
                simd I16x8NarrowI32x4U "i16x8.narrow_i32x4_u" (v128 v128) -> v128, i16x8_narrow_i32x4_u, unarrow;
                /// Multiplies the low halves after sign-extending them.
                simd I16x8ExtMulLowI8x16S "i16x8.extmul_low_i8x16_s" (v128 v128) -> v128, i16x8_extmul_low_i8x16_s, _;
                /// Multiplies the low halves after zero-extending them.
                simd I16x8ExtMulLowI8x16U "i16x8.extmul_low_i8x16_u" (v128 v128) -> v128, i16x8_extmul_low_i8x16_u, _;
                /// Multiplies the high halves after sign-extending them.
                simd I16x8ExtMulHighI8x16S "i16x8.extmul_high_i8x16_s" (v128 v128) -> v128, i16x8_extmul_high_i8x16_s, _;
                /// Multiplies the high halves after zero-extending them.
                simd I16x8ExtMulHighI8x16U "i16x8.extmul_high_i8x16_u" (v128 v128) -> v128, i16x8_extmul_high_i8x16_u, _;
                /// Multiplies the low halves after sign-extending them.
                simd I32x4ExtMulLowI16x8S "i32x4.extmul_low_i16x8_s" (v128 v128) -> v128, i32x4_extmul_low_i16x8_s, _;
                /// Multiplies the low halves after zero-extending them.
                simd I32x4ExtMulLowI16x8U "i32x4.extmul_low_i16x8_u" (v128 v128) -> v128, i32x4_extmul_low_i16x8_u, _;
                /// Multiplies the high halves after sign-extending them.
                simd I32x4ExtMulHighI16x8S "i32x4.extmul_high_i16x8_s" (v128 v128) -> v128, i32x4_extmul_high_i16x8_s, _;
                /// Multiplies the high halves after zero-extending them.
                simd I32x4ExtMulHighI16x8U "i32x4.extmul_high_i16x8_u" (v128 v128) -> v128, i32x4_extmul_high_i16x8_u, _;
                /// Multiplies the low halves after sign-extending them.
                simd I64x2ExtMulLowI32x4S "i64x2.extmul_low_i32x4_s" (v128 v128) -> v128, i64x2_extmul_low_i32x4_s, _;
                /// Multiplies the low halves after zero-extending them.
                simd I64x2ExtMulLowI32x4U "i64x2.extmul_low_i32x4_u" (v128 v128) -> v128, i64x2_extmul_low_i32x4_u, _;
                /// Multiplies the high halves after sign-extending them.
                simd I64x2ExtMulHighI32x4S "i64x2.extmul_high_i32x4_s" (v128 v128) -> v128, i64x2_extmul_high_i32x4_s, _;
                /// Multiplies the high halves after zero-extending them.
                simd I64x2ExtMulHighI32x4U "i64x2.extmul_high_i32x4_u" (v128 v128) -> v128, i64x2_extmul_high_i32x4_u, _;
                /// Multiplies signed lanes and adds neighbouring products.
                simd I32x4DotI16x8S "i32x4.dot_i16x8_s" (v128 v128) -> v128, i32x4_dot_i16x8_s, _;
                /// Rounding, saturating product of fixed-point lanes.
                simd I16x8Q15MulrSatS "i16x8.q15mulr_sat_s" (v128 v128) -> v128, i16x8_q15mulr_sat_s, sqmul_round_sat;
                /// As `i16x8.q15mulr_sat_s`.
                relaxed_simd I16x8RelaxedQ15mulrS "i16x8.relaxed_q15mulr_s" (v128 v128) -> v128, i16x8_relaxed_q15mulr_s, _;
                /// Multiplies signed bytes and adds neighbouring products, wrapping.
                relaxed_simd I16x8RelaxedDotI8x16I7x16S "i16x8.relaxed_dot_i8x16_i7x16_s" (v128 v128) -> v128, i16x8_relaxed_dot_i8x16_i7x16_s, _;
                /// Adds lanes.
                simd F32x4Add "f32x4.add" (v128 v128) -> v128, f32x4_add, fadd;
                /// Subtracts lanes.
                simd F32x4Sub "f32x4.sub" (v128 v128) -> v128, f32x4_sub, fsub;
                /// Multiplies lanes.
                simd F32x4Mul "f32x4.mul" (v128 v128) -> v128, f32x4_mul, fmul;
                /// Divides lanes.
                simd F32x4Div "f32x4.div" (v128 v128) -> v128, f32x4_div, fdiv;
                /// The smaller of lanes; NaN if either is.
                simd F32x4Min "f32x4.min" (v128 v128) -> v128, f32x4_min, fmin;
                /// The larger of lanes; NaN if either is.
                simd F32x4Max "f32x4.max" (v128 v128) -> v128, f32x4_max, fmax;
                /// The second where it is less, else the first.
                simd F32x4PMin "f32x4.pmin" (v128 v128) -> v128, f32x4_pmin, _;
                /// The second where the first is less, else the first.
                simd F32x4PMax "f32x4.pmax" (v128 v128) -> v128, f32x4_pmax, _;
                /// As `f32x4.min`.
                relaxed_simd F32x4RelaxedMin "f32x4.relaxed_min" (v128 v128) -> v128, f32x4_relaxed_min, _;
                /// As `f32x4.max`.
                relaxed_simd F32x4RelaxedMax "f32x4.relaxed_max" (v128 v128) -> v128, f32x4_relaxed_max, _;
                /// Adds lanes.
                simd F64x2Add "f64x2.add" (v128 v128) -> v128, f64x2_add, fadd;
                /// Subtracts lanes.
                simd F64x2Sub "f64x2.sub" (v128 v128) -> v128, f64x2_sub, fsub;
                /// Multiplies lanes.
                simd F64x2Mul "f64x2.mul" (v128 v128) -> v128, f64x2_mul, fmul;
                /// Divides lanes.
                simd F64x2Div "f64x2.div" (v128 v128) -> v128, f64x2_div, fdiv;
                /// The smaller of lanes; NaN if either is.
                simd F64x2Min "f64x2.min" (v128 v128) -> v128, f64x2_min, fmin;
                /// The larger of lanes; NaN if either is.
                simd F64x2Max "f64x2.max" (v128 v128) -> v128, f64x2_max, fmax;
                /// The second where it is less, else the first.
                simd F64x2PMin "f64x2.pmin" (v128 v128) -> v128, f64x2_pmin, _;
                /// The second where the first is less, else the first.
                simd F64x2PMax "f64x2.pmax" (v128 v128) -> v128, f64x2_pmax, _;
                /// As `f64x2.min`.
                relaxed_simd F64x2RelaxedMin "f64x2.relaxed_min" (v128 v128) -> v128, f64x2_relaxed_min, _;
                /// As `f64x2.max`.
                relaxed_simd F64x2RelaxedMax "f64x2.relaxed_max" (v128 v128) -> v128, f64x2_relaxed_max, _;
            }
            vector_ternary {
                /// Bits of the first where the third has ones, else of the second.
                simd V128Bitselect "v128.bitselect" (v128 v128 v128) -> v128, v128_bitselect, _;
                /// Product plus third, rounded twice.
                relaxed_simd F32x4RelaxedMadd "f32x4.relaxed_madd" (v128 v128 v128) -> v128, f32x4_relaxed_madd, _;
                /// Third minus product, rounded twice.
                relaxed_simd F32x4RelaxedNmadd "f32x4.relaxed_nmadd" (v128 v128 v128) -> v128, f32x4_relaxed_nmadd, _;
                /// Product plus third, rounded twice.
                relaxed_simd F64x2RelaxedMadd "f64x2.relaxed_madd" (v128 v128 v128) -> v128, f64x2_relaxed_madd, _;
                /// Third minus product, rounded twice.
                relaxed_simd F64x2RelaxedNmadd "f64x2.relaxed_nmadd" (v128 v128 v128) -> v128, f64x2_relaxed_nmadd, _;
                /// As `v128.bitselect`.
                relaxed_simd I8x16RelaxedLaneselect "i8x16.relaxed_laneselect" (v128 v128 v128) -> v128, i8x16_relaxed_laneselect, _;
                /// As `v128.bitselect`.
                relaxed_simd I16x8RelaxedLaneselect "i16x8.relaxed_laneselect" (v128 v128 v128) -> v128, i16x8_relaxed_laneselect, _;
                /// As `v128.bitselect`.
                relaxed_simd I32x4RelaxedLaneselect "i32x4.relaxed_laneselect" (v128 v128 v128) -> v128, i32x4_relaxed_laneselect, _;
                /// As `v128.bitselect`.
                relaxed_simd I64x2RelaxedLaneselect "i64x2.relaxed_laneselect" (v128 v128 v128) -> v128, i64x2_relaxed_laneselect, _;
                /// Multiplies signed bytes, adds four neighbouring products each, and the third.
                relaxed_simd I32x4RelaxedDotI8x16I7x16AddS "i32x4.relaxed_dot_i8x16_i7x16_add_s" (v128 v128 v128) -> v128, i32x4_relaxed_dot_i8x16_i7x16_add_s, _;
            }
            vector_extract {
                /// A lane, sign-extended.
                simd I8x16ExtractLaneS "i8x16.extract_lane_s" [16] (v128) -> i32, i8x16_extract_lane_s;
                /// A lane, zero-extended.
                simd I8x16ExtractLaneU "i8x16.extract_lane_u" [16] (v128) -> i32, i8x16_extract_lane_u;
                /// A lane, sign-extended.
                simd I16x8ExtractLaneS "i16x8.extract_lane_s" [8] (v128) -> i32, i16x8_extract_lane_s;
                /// A lane, zero-extended.
                simd I16x8ExtractLaneU "i16x8.extract_lane_u" [8] (v128) -> i32, i16x8_extract_lane_u;
                /// A lane.
                simd I32x4ExtractLane "i32x4.extract_lane" [4] (v128) -> i32, i32x4_extract_lane;
                /// A lane.
                simd I64x2ExtractLane "i64x2.extract_lane" [2] (v128) -> i64, i64x2_extract_lane;
                /// A lane.
                simd F32x4ExtractLane "f32x4.extract_lane" [4] (v128) -> f32, f32x4_extract_lane;
                /// A lane.
                simd F64x2ExtractLane "f64x2.extract_lane" [2] (v128) -> f64, f64x2_extract_lane;
            }
            vector_replace {
                /// Replaces a lane.
                simd I8x16ReplaceLane "i8x16.replace_lane" [16] (v128 i32) -> v128, i8x16_replace_lane;
                /// Replaces a lane.
                simd I16x8ReplaceLane "i16x8.replace_lane" [8] (v128 i32) -> v128, i16x8_replace_lane;
                /// Replaces a lane.
                simd I32x4ReplaceLane "i32x4.replace_lane" [4] (v128 i32) -> v128, i32x4_replace_lane;
                /// Replaces a lane.
                simd I64x2ReplaceLane "i64x2.replace_lane" [2] (v128 i64) -> v128, i64x2_replace_lane;
                /// Replaces a lane.
                simd F32x4ReplaceLane "f32x4.replace_lane" [4] (v128 f32) -> v128, f32x4_replace_lane;
                /// Replaces a lane.
                simd F64x2ReplaceLane "f64x2.replace_lane" [2] (v128 f64) -> v128, f64x2_replace_lane;
            }
            vector_load {
                /// Loads a vector.
                simd V128Load "v128.load" 16 => v128_load;
                /// Loads half a vector and sign-extends its lanes.
                simd V128Load8x8S "v128.load8x8_s" 8 => v128_load8x8_s;
                /// Loads half a vector and zero-extends its lanes.
                simd V128Load8x8U "v128.load8x8_u" 8 => v128_load8x8_u;
                /// Loads half a vector and sign-extends its lanes.
                simd V128Load16x4S "v128.load16x4_s" 8 => v128_load16x4_s;
                /// Loads half a vector and zero-extends its lanes.
                simd V128Load16x4U "v128.load16x4_u" 8 => v128_load16x4_u;
                /// Loads half a vector and sign-extends its lanes.
                simd V128Load32x2S "v128.load32x2_s" 8 => v128_load32x2_s;
                /// Loads half a vector and zero-extends its lanes.
                simd V128Load32x2U "v128.load32x2_u" 8 => v128_load32x2_u;
                /// Loads 8 bits into every lane.
                simd V128Load8Splat "v128.load8_splat" 1 => v128_load8_splat;
                /// Loads 16 bits into every lane.
                simd V128Load16Splat "v128.load16_splat" 2 => v128_load16_splat;
                /// Loads 32 bits into every lane.
                simd V128Load32Splat "v128.load32_splat" 4 => v128_load32_splat;
                /// Loads 64 bits into every lane.
                simd V128Load64Splat "v128.load64_splat" 8 => v128_load64_splat;
                /// Loads 32 bits into the low lane; the others become zero.
                simd V128Load32Zero "v128.load32_zero" 4 => v128_load32_zero;
                /// Loads 64 bits into the low lane; the others become zero.
                simd V128Load64Zero "v128.load64_zero" 8 => v128_load64_zero;
            }
            vector_load_lane {
                /// Loads one lane.
                simd V128Load8Lane "v128.load8_lane" u8 [16];
                /// Loads one lane.
                simd V128Load16Lane "v128.load16_lane" u16 [8];
                /// Loads one lane.
                simd V128Load32Lane "v128.load32_lane" u32 [4];
                /// Loads one lane.
                simd V128Load64Lane "v128.load64_lane" u64 [2];
            }
            vector_store_lane {
                /// Stores one lane.
                simd V128Store8Lane "v128.store8_lane" u8 [16];
                /// Stores one lane.
                simd V128Store16Lane "v128.store16_lane" u16 [8];
                /// Stores one lane.
                simd V128Store32Lane "v128.store32_lane" u32 [4];
                /// Stores one lane.
                simd V128Store64Lane "v128.store64_lane" u64 [2];
            }
            atomic_load {
                /// Loads 32 bits atomically.
                threads I32AtomicLoad "i32.atomic.load" u32 => i32;
                /// Loads 64 bits atomically.
                threads I64AtomicLoad "i64.atomic.load" u64 => i64;
                /// Loads 8 bits atomically.
                threads I32AtomicLoad8U "i32.atomic.load8_u" u8 => i32;
                /// Loads 16 bits atomically.
                threads I32AtomicLoad16U "i32.atomic.load16_u" u16 => i32;
                /// Loads 8 bits atomically.
                threads I64AtomicLoad8U "i64.atomic.load8_u" u8 => i64;
                /// Loads 16 bits atomically.
                threads I64AtomicLoad16U "i64.atomic.load16_u" u16 => i64;
                /// Loads 32 bits atomically.
                threads I64AtomicLoad32U "i64.atomic.load32_u" u32 => i64;
            }
            atomic_store {
                /// Stores 32 bits atomically.
                threads I32AtomicStore "i32.atomic.store" i32 => u32;
                /// Stores 64 bits atomically.
                threads I64AtomicStore "i64.atomic.store" i64 => u64;
                /// Stores 8 bits atomically.
                threads I32AtomicStore8 "i32.atomic.store8" i32 => u8;
                /// Stores 16 bits atomically.
                threads I32AtomicStore16 "i32.atomic.store16" i32 => u16;
                /// Stores 8 bits atomically.
                threads I64AtomicStore8 "i64.atomic.store8" i64 => u8;
                /// Stores 16 bits atomically.
                threads I64AtomicStore16 "i64.atomic.store16" i64 => u16;
                /// Stores 32 bits atomically.
                threads I64AtomicStore32 "i64.atomic.store32" i64 => u32;
            }
            atomic_rmw {
                /// Adds to 32 bits atomically; the old value.
                threads I32AtomicRmwAdd "i32.atomic.rmw.add" u32 => i32, add;
                /// Adds to 64 bits atomically; the old value.
                threads I64AtomicRmwAdd "i64.atomic.rmw.add" u64 => i64, add;
                /// Adds to 8 bits atomically; the old value.
                threads I32AtomicRmw8AddU "i32.atomic.rmw8.add_u" u8 => i32, add;
                /// Adds to 16 bits atomically; the old value.
                threads I32AtomicRmw16AddU "i32.atomic.rmw16.add_u" u16 => i32, add;
                /// Adds to 8 bits atomically; the old value.
                threads I64AtomicRmw8AddU "i64.atomic.rmw8.add_u" u8 => i64, add;
                /// Adds to 16 bits atomically; the old value.
                threads I64AtomicRmw16AddU "i64.atomic.rmw16.add_u" u16 => i64, add;
                /// Adds to 32 bits atomically; the old value.
                threads I64AtomicRmw32AddU "i64.atomic.rmw32.add_u" u32 => i64, add;
                /// Subtracts from 32 bits atomically; the old value.
                threads I32AtomicRmwSub "i32.atomic.rmw.sub" u32 => i32, sub;
                /// Subtracts from 64 bits atomically; the old value.
                threads I64AtomicRmwSub "i64.atomic.rmw.sub" u64 => i64, sub;
                /// Subtracts from 8 bits atomically; the old value.
                threads I32AtomicRmw8SubU "i32.atomic.rmw8.sub_u" u8 => i32, sub;
                /// Subtracts from 16 bits atomically; the old value.
                threads I32AtomicRmw16SubU "i32.atomic.rmw16.sub_u" u16 => i32, sub;
                /// Subtracts from 8 bits atomically; the old value.
                threads I64AtomicRmw8SubU "i64.atomic.rmw8.sub_u" u8 => i64, sub;
                /// Subtracts from 16 bits atomically; the old value.
                threads I64AtomicRmw16SubU "i64.atomic.rmw16.sub_u" u16 => i64, sub;
                /// Subtracts from 32 bits atomically; the old value.
                threads I64AtomicRmw32SubU "i64.atomic.rmw32.sub_u" u32 => i64, sub;
                /// Masks 32 bits atomically; the old value.
                threads I32AtomicRmwAnd "i32.atomic.rmw.and" u32 => i32, and;
                /// Masks 64 bits atomically; the old value.
                threads I64AtomicRmwAnd "i64.atomic.rmw.and" u64 => i64, and;
                /// Masks 8 bits atomically; the old value.
                threads I32AtomicRmw8AndU "i32.atomic.rmw8.and_u" u8 => i32, and;
                /// Masks 16 bits atomically; the old value.
                threads I32AtomicRmw16AndU "i32.atomic.rmw16.and_u" u16 => i32, and;
                /// Masks 8 bits atomically; the old value.
                threads I64AtomicRmw8AndU "i64.atomic.rmw8.and_u" u8 => i64, and;
                /// Masks 16 bits atomically; the old value.
                threads I64AtomicRmw16AndU "i64.atomic.rmw16.and_u" u16 => i64, and;
                /// Masks 32 bits atomically; the old value.
                threads I64AtomicRmw32AndU "i64.atomic.rmw32.and_u" u32 => i64, and;
                /// Sets bits of 32 bits atomically; the old value.
                threads I32AtomicRmwOr "i32.atomic.rmw.or" u32 => i32, or;
                /// Sets bits of 64 bits atomically; the old value.
                threads I64AtomicRmwOr "i64.atomic.rmw.or" u64 => i64, or;
                /// Sets bits of 8 bits atomically; the old value.
                threads I32AtomicRmw8OrU "i32.atomic.rmw8.or_u" u8 => i32, or;
                /// Sets bits of 16 bits atomically; the old value.
                threads I32AtomicRmw16OrU "i32.atomic.rmw16.or_u" u16 => i32, or;
                /// Sets bits of 8 bits atomically; the old value.
                threads I64AtomicRmw8OrU "i64.atomic.rmw8.or_u" u8 => i64, or;
                /// Sets bits of 16 bits atomically; the old value.
                threads I64AtomicRmw16OrU "i64.atomic.rmw16.or_u" u16 => i64, or;
                /// Sets bits of 32 bits atomically; the old value.
                threads I64AtomicRmw32OrU "i64.atomic.rmw32.or_u" u32 => i64, or;
                /// Flips bits of 32 bits atomically; the old value.
                threads I32AtomicRmwXor "i32.atomic.rmw.xor" u32 => i32, xor;
                /// Flips bits of 64 bits atomically; the old value.
                threads I64AtomicRmwXor "i64.atomic.rmw.xor" u64 => i64, xor;
                /// Flips bits of 8 bits atomically; the old value.
                threads I32AtomicRmw8XorU "i32.atomic.rmw8.xor_u" u8 => i32, xor;
                /// Flips bits of 16 bits atomically; the old value.
                threads I32AtomicRmw16XorU "i32.atomic.rmw16.xor_u" u16 => i32, xor;
                /// Flips bits of 8 bits atomically; the old value.
                threads I64AtomicRmw8XorU "i64.atomic.rmw8.xor_u" u8 => i64, xor;
                /// Flips bits of 16 bits atomically; the old value.
                threads I64AtomicRmw16XorU "i64.atomic.rmw16.xor_u" u16 => i64, xor;
                /// Flips bits of 32 bits atomically; the old value.
                threads I64AtomicRmw32XorU "i64.atomic.rmw32.xor_u" u32 => i64, xor;
                /// Replaces 32 bits atomically; the old value.
                threads I32AtomicRmwXchg "i32.atomic.rmw.xchg" u32 => i32, xchg;
                /// Replaces 64 bits atomically; the old value.
                threads I64AtomicRmwXchg "i64.atomic.rmw.xchg" u64 => i64, xchg;
                /// Replaces 8 bits atomically; the old value.
                threads I32AtomicRmw8XchgU "i32.atomic.rmw8.xchg_u" u8 => i32, xchg;
                /// Replaces 16 bits atomically; the old value.
                threads I32AtomicRmw16XchgU "i32.atomic.rmw16.xchg_u" u16 => i32, xchg;
                /// Replaces 8 bits atomically; the old value.
                threads I64AtomicRmw8XchgU "i64.atomic.rmw8.xchg_u" u8 => i64, xchg;
                /// Replaces 16 bits atomically; the old value.
                threads I64AtomicRmw16XchgU "i64.atomic.rmw16.xchg_u" u16 => i64, xchg;
                /// Replaces 32 bits atomically; the old value.
                threads I64AtomicRmw32XchgU "i64.atomic.rmw32.xchg_u" u32 => i64, xchg;
            }
            atomic_cmpxchg {
                /// Replaces 32 bits atomically if they are as expected; the old value.
                threads I32AtomicRmwCmpxchg "i32.atomic.rmw.cmpxchg" u32 => i32;
                /// Replaces 64 bits atomically if they are as expected; the old value.
                threads I64AtomicRmwCmpxchg "i64.atomic.rmw.cmpxchg" u64 => i64;
                /// Replaces 8 bits atomically if they are as expected; the old value.
                threads I32AtomicRmw8CmpxchgU "i32.atomic.rmw8.cmpxchg_u" u8 => i32;
                /// Replaces 16 bits atomically if they are as expected; the old value.
                threads I32AtomicRmw16CmpxchgU "i32.atomic.rmw16.cmpxchg_u" u16 => i32;
                /// Replaces 8 bits atomically if they are as expected; the old value.
                threads I64AtomicRmw8CmpxchgU "i64.atomic.rmw8.cmpxchg_u" u8 => i64;
                /// Replaces 16 bits atomically if they are as expected; the old value.
                threads I64AtomicRmw16CmpxchgU "i64.atomic.rmw16.cmpxchg_u" u16 => i64;
                /// Replaces 32 bits atomically if they are as expected; the old value.
                threads I64AtomicRmw32CmpxchgU "i64.atomic.rmw32.cmpxchg_u" u32 => i64;
            }
            hand {
                /// Traps.
                mvp Unreachable "unreachable" [];
                /// Does nothing.
                mvp Nop "nop" [];
                /// Opens a block.
                mvp Block "block" [block_type];
                /// Opens a loop.
                mvp Loop "loop" [block_type];
                /// Opens a conditional block.
                mvp If "if" [block_type];
                /// Starts the other half of a conditional block.
                mvp Else "else" [];
                /// Ends a block.
                mvp End "end" [];
                /// Branches.
                mvp Br "br" [label];
                /// Branches if the operand is not zero.
                mvp BrIf "br_if" [label];
                /// Branches to the label that the operand selects.
                mvp BrTable "br_table" [label_table];
                /// Leaves the function.
                mvp Return "return" [];
                /// Calls a function.
                mvp Call "call" [func];
                /// Calls a function in a table.
                mvp CallIndirect "call_indirect" [type table];
                /// Calls a function in place of the caller.
                tail_call ReturnCall "return_call" [func];
                /// Calls a function in a table in place of the caller.
                tail_call ReturnCallIndirect "return_call_indirect" [type table];
                /// Calls a function reference.
                function_references CallRef "call_ref" [type];
                /// Calls a function reference in place of the caller.
                function_references ReturnCallRef "return_call_ref" [type];
                /// Discards a value.
                mvp Drop "drop" [];
                /// One of two values.
                mvp Select "select" [];
                /// One of two values of a given type.
                reference_types TypedSelect "select" [val_type];
                /// One of two lists of values of given types.
                reference_types TypedSelectMulti "select" [val_types];
                /// Reads a local.
                mvp LocalGet "local.get" [local];
                /// Writes a local.
                mvp LocalSet "local.set" [local];
                /// Writes a local and keeps the value.
                mvp LocalTee "local.tee" [local];
                /// Reads a global.
                mvp GlobalGet "global.get" [global];
                /// Writes a global.
                mvp GlobalSet "global.set" [global];
                /// A constant.
                mvp I32Const "i32.const" [i32];
                /// A constant.
                mvp I64Const "i64.const" [i64];
                /// A constant.
                mvp F32Const "f32.const" [f32];
                /// A constant.
                mvp F64Const "f64.const" [f64];
                /// A constant.
                simd V128Const "v128.const" [v128];
                /// Stores a vector.
                simd V128Store "v128.store" [memarg];
                /// Picks lanes of two vectors.
                simd I8x16Shuffle "i8x16.shuffle" [lanes];
                /// The size of a memory in pages.
                mvp MemorySize "memory.size" [memory];
                /// Grows a memory; its old size, or -1.
                mvp MemoryGrow "memory.grow" [memory];
                /// Copies within or between memories.
                bulk_memory MemoryCopy "memory.copy" [memory memory];
                /// Fills a range of a memory.
                bulk_memory MemoryFill "memory.fill" [memory];
                /// Copies from a data segment.
                bulk_memory MemoryInit "memory.init" [data memory];
                /// Drops a data segment.
                bulk_memory DataDrop "data.drop" [data];
                /// Reads an element.
                reference_types TableGet "table.get" [table];
                /// Writes an element.
                reference_types TableSet "table.set" [table];
                /// The size of a table.
                reference_types TableSize "table.size" [table];
                /// Grows a table; its old size, or -1.
                reference_types TableGrow "table.grow" [table];
                /// Fills a range of a table.
                reference_types TableFill "table.fill" [table];
                /// Copies within or between tables.
                bulk_memory TableCopy "table.copy" [table table];
                /// Copies from an element segment.
                bulk_memory TableInit "table.init" [elem table];
                /// Drops an element segment.
                bulk_memory ElemDrop "elem.drop" [elem];
                /// A null reference.
                reference_types RefNull "ref.null" [heap_type];
                /// Whether a reference is null.
                reference_types RefIsNull "ref.is_null" [];
                /// A reference to a function.
                reference_types RefFunc "ref.func" [func];
                /// Whether two references are the same.
                gc RefEq "ref.eq" [];
                /// Traps on null.
                function_references RefAsNonNull "ref.as_non_null" [];
                /// Branches on null.
                function_references BrOnNull "br_on_null" [label];
                /// Branches on a reference that is not null.
                function_references BrOnNonNull "br_on_non_null" [label];
                /// An unboxed integer as a reference.
                gc RefI31 "ref.i31" [];
                /// The integer of an `i31`, sign-extended.
                gc I31GetS "i31.get_s" [];
                /// The integer of an `i31`, zero-extended.
                gc I31GetU "i31.get_u" [];
                /// Whether a reference is of a type, and not null.
                gc RefTestNonNull "ref.test" [heap_type];
                /// Whether a reference is null or of a type.
                gc RefTestNullable "ref.test" [heap_type];
                /// Traps unless a reference is of a type, and not null.
                gc RefCastNonNull "ref.cast" [heap_type];
                /// Traps unless a reference is null or of a type.
                gc RefCastNullable "ref.cast" [heap_type];
                /// Branches if a reference is of a type.
                gc BrOnCast "br_on_cast" [label ref_type ref_type];
                /// Branches unless a reference is of a type.
                gc BrOnCastFail "br_on_cast_fail" [label ref_type ref_type];
                /// A host reference as an internal one.
                gc AnyConvertExtern "any.convert_extern" [];
                /// An internal reference as a host one.
                gc ExternConvertAny "extern.convert_any" [];
                /// Allocates a struct.
                gc StructNew "struct.new" [type];
                /// Allocates a struct of default values.
                gc StructNewDefault "struct.new_default" [type];
                /// Reads a field.
                gc StructGet "struct.get" [type field];
                /// Reads a packed field, sign-extended.
                gc StructGetS "struct.get_s" [type field];
                /// Reads a packed field, zero-extended.
                gc StructGetU "struct.get_u" [type field];
                /// Writes a field.
                gc StructSet "struct.set" [type field];
                /// Allocates an array of one value.
                gc ArrayNew "array.new" [type];
                /// Allocates an array of default values.
                gc ArrayNewDefault "array.new_default" [type];
                /// Allocates an array of the operands.
                gc ArrayNewFixed "array.new_fixed" [type count];
                /// Allocates an array from a data segment.
                gc ArrayNewData "array.new_data" [type data];
                /// Allocates an array from an element segment.
                gc ArrayNewElem "array.new_elem" [type elem];
                /// Reads an element.
                gc ArrayGet "array.get" [type];
                /// Reads a packed element, sign-extended.
                gc ArrayGetS "array.get_s" [type];
                /// Reads a packed element, zero-extended.
                gc ArrayGetU "array.get_u" [type];
                /// Writes an element.
                gc ArraySet "array.set" [type];
                /// The length of an array.
                gc ArrayLen "array.len" [];
                /// Fills a range of an array.
                gc ArrayFill "array.fill" [type];
                /// Copies between arrays.
                gc ArrayCopy "array.copy" [type type];
                /// Copies from a data segment.
                gc ArrayInitData "array.init_data" [type data];
                /// Copies from an element segment.
                gc ArrayInitElem "array.init_elem" [type elem];
                /// Opens a block with handlers.
                exceptions TryTable "try_table" [try_table];
                /// Throws a new exception.
                exceptions Throw "throw" [tag];
                /// Throws an exception again.
                exceptions ThrowRef "throw_ref" [];
                /// Wakes waiting threads.
                threads MemoryAtomicNotify "memory.atomic.notify" [memarg];
                /// Waits on 32 bits.
                threads MemoryAtomicWait32 "memory.atomic.wait32" [memarg];
                /// Waits on 64 bits.
                threads MemoryAtomicWait64 "memory.atomic.wait64" [memarg];
                /// Orders memory accesses.
                threads AtomicFence "atomic.fence" [ordering];
                /// Adds two 128-bit integers.
                wide_arithmetic I64Add128 "i64.add128" [];
                /// Subtracts two 128-bit integers.
                wide_arithmetic I64Sub128 "i64.sub128" [];
                /// The 128-bit product of two signed integers.
                wide_arithmetic I64MulWideS "i64.mul_wide_s" [];
                /// The 128-bit product of two unsigned integers.
                wide_arithmetic I64MulWideU "i64.mul_wide_u" [];
            }
        }
    };
}
