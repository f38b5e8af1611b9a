//! The table of instructions: one row per WebAssembly operator, grouped by shape.
//!
//! [`for_each_op!`](crate::for_each_op) passes the whole table to a macro. A row is a doc line, the name that
//! wasmparser's `Operator` uses too, in parentheses the proposal (a row of the feature table, or `mvp`) and the mnemonic,
//! and in braces what the operator means, which depends on the group:
//!
//! | group | in braces |
//! |---|---|
//! | `unary`, `unary_trapping`, `vector_unary` | `(operand) -> result, kernel, clif` |
//! | `binary`, `binary_trapping` | `(operands) -> result, kernel, commutes or ordered, clif` |
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
//! Rows are fixed token trees: a consumer takes all groups in one pattern, and as one token tree whatever part of a row
//! it does not need, so that a new column concerns those who use it. `tests/kernels/rows.rs` is a complete one.
//!
//! The table does not run: what its kernels do is in [`crate::kernel`], and its rows as data are [`crate::OPS`].

/// Passes the table to a macro: see the module that defines it for the format.
#[macro_export]
macro_rules! for_each_op {
    ($consumer:ident) => {
        $consumer! {
            unary {
                /// Counts leading zero bits.
                I32Clz (mvp "i32.clz") { (i32) -> i32, i32_clz, clz }
                /// Counts trailing zero bits.
                I32Ctz (mvp "i32.ctz") { (i32) -> i32, i32_ctz, ctz }
                /// Counts one bits.
                I32Popcnt (mvp "i32.popcnt") { (i32) -> i32, i32_popcnt, popcnt }
                /// Whether the operand is zero.
                I32Eqz (mvp "i32.eqz") { (i32) -> i32, i32_eqz, _ }
                /// Sign-extends the low 8 bits.
                I32Extend8S (sign_extension "i32.extend8_s") { (i32) -> i32, i32_extend8_s, _ }
                /// Sign-extends the low 16 bits.
                I32Extend16S (sign_extension "i32.extend16_s") { (i32) -> i32, i32_extend16_s, _ }
                /// Counts leading zero bits.
                I64Clz (mvp "i64.clz") { (i64) -> i64, i64_clz, clz }
                /// Counts trailing zero bits.
                I64Ctz (mvp "i64.ctz") { (i64) -> i64, i64_ctz, ctz }
                /// Counts one bits.
                I64Popcnt (mvp "i64.popcnt") { (i64) -> i64, i64_popcnt, popcnt }
                /// Whether the operand is zero.
                I64Eqz (mvp "i64.eqz") { (i64) -> i32, i64_eqz, _ }
                /// Sign-extends the low 8 bits.
                I64Extend8S (sign_extension "i64.extend8_s") { (i64) -> i64, i64_extend8_s, _ }
                /// Sign-extends the low 16 bits.
                I64Extend16S (sign_extension "i64.extend16_s") { (i64) -> i64, i64_extend16_s, _ }
                /// Sign-extends the low 32 bits.
                I64Extend32S (sign_extension "i64.extend32_s") { (i64) -> i64, i64_extend32_s, _ }
                /// Clears the sign.
                F32Abs (mvp "f32.abs") { (f32) -> f32, f32_abs, fabs }
                /// Flips the sign.
                F32Neg (mvp "f32.neg") { (f32) -> f32, f32_neg, fneg }
                /// Rounds up.
                F32Ceil (mvp "f32.ceil") { (f32) -> f32, f32_ceil, ceil }
                /// Rounds down.
                F32Floor (mvp "f32.floor") { (f32) -> f32, f32_floor, floor }
                /// Rounds towards zero.
                F32Trunc (mvp "f32.trunc") { (f32) -> f32, f32_trunc, trunc }
                /// Rounds to the nearest integer, ties to even.
                F32Nearest (mvp "f32.nearest") { (f32) -> f32, f32_nearest, nearest }
                /// Square root.
                F32Sqrt (mvp "f32.sqrt") { (f32) -> f32, f32_sqrt, sqrt }
                /// Clears the sign.
                F64Abs (mvp "f64.abs") { (f64) -> f64, f64_abs, fabs }
                /// Flips the sign.
                F64Neg (mvp "f64.neg") { (f64) -> f64, f64_neg, fneg }
                /// Rounds up.
                F64Ceil (mvp "f64.ceil") { (f64) -> f64, f64_ceil, ceil }
                /// Rounds down.
                F64Floor (mvp "f64.floor") { (f64) -> f64, f64_floor, floor }
                /// Rounds towards zero.
                F64Trunc (mvp "f64.trunc") { (f64) -> f64, f64_trunc, trunc }
                /// Rounds to the nearest integer, ties to even.
                F64Nearest (mvp "f64.nearest") { (f64) -> f64, f64_nearest, nearest }
                /// Square root.
                F64Sqrt (mvp "f64.sqrt") { (f64) -> f64, f64_sqrt, sqrt }
                /// The low 32 bits.
                I32WrapI64 (mvp "i32.wrap_i64") { (i64) -> i32, i32_wrap_i64, ireduce }
                /// Sign-extends.
                I64ExtendI32S (mvp "i64.extend_i32_s") { (i32) -> i64, i64_extend_i32_s, sextend }
                /// Zero-extends.
                I64ExtendI32U (mvp "i64.extend_i32_u") { (i32) -> i64, i64_extend_i32_u, uextend }
                /// Rounds to single precision.
                F32DemoteF64 (mvp "f32.demote_f64") { (f64) -> f32, f32_demote_f64, fdemote }
                /// Widens to double precision.
                F64PromoteF32 (mvp "f64.promote_f32") { (f32) -> f64, f64_promote_f32, fpromote }
                /// Converts a signed integer, rounding to nearest.
                F32ConvertI32S (mvp "f32.convert_i32_s") { (i32) -> f32, f32_convert_i32_s, fcvt_from_sint }
                /// Converts an unsigned integer, rounding to nearest.
                F32ConvertI32U (mvp "f32.convert_i32_u") { (i32) -> f32, f32_convert_i32_u, fcvt_from_uint }
                /// Converts a signed integer, rounding to nearest.
                F32ConvertI64S (mvp "f32.convert_i64_s") { (i64) -> f32, f32_convert_i64_s, fcvt_from_sint }
                /// Converts an unsigned integer, rounding to nearest.
                F32ConvertI64U (mvp "f32.convert_i64_u") { (i64) -> f32, f32_convert_i64_u, fcvt_from_uint }
                /// Converts a signed integer, rounding to nearest.
                F64ConvertI32S (mvp "f64.convert_i32_s") { (i32) -> f64, f64_convert_i32_s, fcvt_from_sint }
                /// Converts an unsigned integer, rounding to nearest.
                F64ConvertI32U (mvp "f64.convert_i32_u") { (i32) -> f64, f64_convert_i32_u, fcvt_from_uint }
                /// Converts a signed integer, rounding to nearest.
                F64ConvertI64S (mvp "f64.convert_i64_s") { (i64) -> f64, f64_convert_i64_s, fcvt_from_sint }
                /// Converts an unsigned integer, rounding to nearest.
                F64ConvertI64U (mvp "f64.convert_i64_u") { (i64) -> f64, f64_convert_i64_u, fcvt_from_uint }
                /// The same bits.
                I32ReinterpretF32 (mvp "i32.reinterpret_f32") { (f32) -> i32, i32_reinterpret_f32, bitcast }
                /// The same bits.
                I64ReinterpretF64 (mvp "i64.reinterpret_f64") { (f64) -> i64, i64_reinterpret_f64, bitcast }
                /// The same bits.
                F32ReinterpretI32 (mvp "f32.reinterpret_i32") { (i32) -> f32, f32_reinterpret_i32, bitcast }
                /// The same bits.
                F64ReinterpretI64 (mvp "f64.reinterpret_i64") { (i64) -> f64, f64_reinterpret_i64, bitcast }
                /// Truncates to a signed integer; what does not fit becomes the nearest bound, NaN zero.
                I32TruncSatF32S (saturating_float_to_int "i32.trunc_sat_f32_s") { (f32) -> i32, i32_trunc_sat_f32_s, fcvt_to_sint_sat }
                /// Truncates to an unsigned integer; what does not fit becomes the nearest bound, NaN zero.
                I32TruncSatF32U (saturating_float_to_int "i32.trunc_sat_f32_u") { (f32) -> i32, i32_trunc_sat_f32_u, fcvt_to_uint_sat }
                /// Truncates to a signed integer; what does not fit becomes the nearest bound, NaN zero.
                I32TruncSatF64S (saturating_float_to_int "i32.trunc_sat_f64_s") { (f64) -> i32, i32_trunc_sat_f64_s, fcvt_to_sint_sat }
                /// Truncates to an unsigned integer; what does not fit becomes the nearest bound, NaN zero.
                I32TruncSatF64U (saturating_float_to_int "i32.trunc_sat_f64_u") { (f64) -> i32, i32_trunc_sat_f64_u, fcvt_to_uint_sat }
                /// Truncates to a signed integer; what does not fit becomes the nearest bound, NaN zero.
                I64TruncSatF32S (saturating_float_to_int "i64.trunc_sat_f32_s") { (f32) -> i64, i64_trunc_sat_f32_s, fcvt_to_sint_sat }
                /// Truncates to an unsigned integer; what does not fit becomes the nearest bound, NaN zero.
                I64TruncSatF32U (saturating_float_to_int "i64.trunc_sat_f32_u") { (f32) -> i64, i64_trunc_sat_f32_u, fcvt_to_uint_sat }
                /// Truncates to a signed integer; what does not fit becomes the nearest bound, NaN zero.
                I64TruncSatF64S (saturating_float_to_int "i64.trunc_sat_f64_s") { (f64) -> i64, i64_trunc_sat_f64_s, fcvt_to_sint_sat }
                /// Truncates to an unsigned integer; what does not fit becomes the nearest bound, NaN zero.
                I64TruncSatF64U (saturating_float_to_int "i64.trunc_sat_f64_u") { (f64) -> i64, i64_trunc_sat_f64_u, fcvt_to_uint_sat }
            }
            unary_trapping {
                /// Truncates to a signed integer; traps on what does not fit.
                I32TruncF32S (mvp "i32.trunc_f32_s") { (f32) -> i32, i32_trunc_f32_s, fcvt_to_sint }
                /// Truncates to an unsigned integer; traps on what does not fit.
                I32TruncF32U (mvp "i32.trunc_f32_u") { (f32) -> i32, i32_trunc_f32_u, fcvt_to_uint }
                /// Truncates to a signed integer; traps on what does not fit.
                I32TruncF64S (mvp "i32.trunc_f64_s") { (f64) -> i32, i32_trunc_f64_s, fcvt_to_sint }
                /// Truncates to an unsigned integer; traps on what does not fit.
                I32TruncF64U (mvp "i32.trunc_f64_u") { (f64) -> i32, i32_trunc_f64_u, fcvt_to_uint }
                /// Truncates to a signed integer; traps on what does not fit.
                I64TruncF32S (mvp "i64.trunc_f32_s") { (f32) -> i64, i64_trunc_f32_s, fcvt_to_sint }
                /// Truncates to an unsigned integer; traps on what does not fit.
                I64TruncF32U (mvp "i64.trunc_f32_u") { (f32) -> i64, i64_trunc_f32_u, fcvt_to_uint }
                /// Truncates to a signed integer; traps on what does not fit.
                I64TruncF64S (mvp "i64.trunc_f64_s") { (f64) -> i64, i64_trunc_f64_s, fcvt_to_sint }
                /// Truncates to an unsigned integer; traps on what does not fit.
                I64TruncF64U (mvp "i64.trunc_f64_u") { (f64) -> i64, i64_trunc_f64_u, fcvt_to_uint }
            }
            binary {
                /// Adds.
                I32Add (mvp "i32.add") { (i32 i32) -> i32, i32_add, commutes, iadd }
                /// Subtracts.
                I32Sub (mvp "i32.sub") { (i32 i32) -> i32, i32_sub, ordered, isub }
                /// Multiplies.
                I32Mul (mvp "i32.mul") { (i32 i32) -> i32, i32_mul, commutes, imul }
                /// Bitwise and.
                I32And (mvp "i32.and") { (i32 i32) -> i32, i32_and, commutes, band }
                /// Bitwise or.
                I32Or (mvp "i32.or") { (i32 i32) -> i32, i32_or, commutes, bor }
                /// Bitwise exclusive or.
                I32Xor (mvp "i32.xor") { (i32 i32) -> i32, i32_xor, commutes, bxor }
                /// Shifts left.
                I32Shl (mvp "i32.shl") { (i32 i32) -> i32, i32_shl, ordered, ishl }
                /// Shifts right, keeping the sign.
                I32ShrS (mvp "i32.shr_s") { (i32 i32) -> i32, i32_shr_s, ordered, sshr }
                /// Shifts right, filling with zeros.
                I32ShrU (mvp "i32.shr_u") { (i32 i32) -> i32, i32_shr_u, ordered, ushr }
                /// Rotates left.
                I32Rotl (mvp "i32.rotl") { (i32 i32) -> i32, i32_rotl, ordered, rotl }
                /// Rotates right.
                I32Rotr (mvp "i32.rotr") { (i32 i32) -> i32, i32_rotr, ordered, rotr }
                /// Adds.
                I64Add (mvp "i64.add") { (i64 i64) -> i64, i64_add, commutes, iadd }
                /// Subtracts.
                I64Sub (mvp "i64.sub") { (i64 i64) -> i64, i64_sub, ordered, isub }
                /// Multiplies.
                I64Mul (mvp "i64.mul") { (i64 i64) -> i64, i64_mul, commutes, imul }
                /// Bitwise and.
                I64And (mvp "i64.and") { (i64 i64) -> i64, i64_and, commutes, band }
                /// Bitwise or.
                I64Or (mvp "i64.or") { (i64 i64) -> i64, i64_or, commutes, bor }
                /// Bitwise exclusive or.
                I64Xor (mvp "i64.xor") { (i64 i64) -> i64, i64_xor, commutes, bxor }
                /// Shifts left.
                I64Shl (mvp "i64.shl") { (i64 i64) -> i64, i64_shl, ordered, ishl }
                /// Shifts right, keeping the sign.
                I64ShrS (mvp "i64.shr_s") { (i64 i64) -> i64, i64_shr_s, ordered, sshr }
                /// Shifts right, filling with zeros.
                I64ShrU (mvp "i64.shr_u") { (i64 i64) -> i64, i64_shr_u, ordered, ushr }
                /// Rotates left.
                I64Rotl (mvp "i64.rotl") { (i64 i64) -> i64, i64_rotl, ordered, rotl }
                /// Rotates right.
                I64Rotr (mvp "i64.rotr") { (i64 i64) -> i64, i64_rotr, ordered, rotr }
                /// Adds.
                F32Add (mvp "f32.add") { (f32 f32) -> f32, f32_add, commutes, fadd }
                /// Subtracts.
                F32Sub (mvp "f32.sub") { (f32 f32) -> f32, f32_sub, ordered, fsub }
                /// Multiplies.
                F32Mul (mvp "f32.mul") { (f32 f32) -> f32, f32_mul, commutes, fmul }
                /// Divides.
                F32Div (mvp "f32.div") { (f32 f32) -> f32, f32_div, ordered, fdiv }
                /// The smaller; NaN if either is.
                F32Min (mvp "f32.min") { (f32 f32) -> f32, f32_min, commutes, fmin }
                /// The larger; NaN if either is.
                F32Max (mvp "f32.max") { (f32 f32) -> f32, f32_max, commutes, fmax }
                /// The magnitude of the first with the sign of the second.
                F32Copysign (mvp "f32.copysign") { (f32 f32) -> f32, f32_copysign, ordered, fcopysign }
                /// Adds.
                F64Add (mvp "f64.add") { (f64 f64) -> f64, f64_add, commutes, fadd }
                /// Subtracts.
                F64Sub (mvp "f64.sub") { (f64 f64) -> f64, f64_sub, ordered, fsub }
                /// Multiplies.
                F64Mul (mvp "f64.mul") { (f64 f64) -> f64, f64_mul, commutes, fmul }
                /// Divides.
                F64Div (mvp "f64.div") { (f64 f64) -> f64, f64_div, ordered, fdiv }
                /// The smaller; NaN if either is.
                F64Min (mvp "f64.min") { (f64 f64) -> f64, f64_min, commutes, fmin }
                /// The larger; NaN if either is.
                F64Max (mvp "f64.max") { (f64 f64) -> f64, f64_max, commutes, fmax }
                /// The magnitude of the first with the sign of the second.
                F64Copysign (mvp "f64.copysign") { (f64 f64) -> f64, f64_copysign, ordered, fcopysign }
            }
            binary_trapping {
                /// Signed quotient; traps on zero and on overflow.
                I32DivS (mvp "i32.div_s") { (i32 i32) -> i32, i32_div_s, ordered, sdiv }
                /// Unsigned quotient; traps on zero.
                I32DivU (mvp "i32.div_u") { (i32 i32) -> i32, i32_div_u, ordered, udiv }
                /// Signed remainder; traps on zero.
                I32RemS (mvp "i32.rem_s") { (i32 i32) -> i32, i32_rem_s, ordered, srem }
                /// Unsigned remainder; traps on zero.
                I32RemU (mvp "i32.rem_u") { (i32 i32) -> i32, i32_rem_u, ordered, urem }
                /// Signed quotient; traps on zero and on overflow.
                I64DivS (mvp "i64.div_s") { (i64 i64) -> i64, i64_div_s, ordered, sdiv }
                /// Unsigned quotient; traps on zero.
                I64DivU (mvp "i64.div_u") { (i64 i64) -> i64, i64_div_u, ordered, udiv }
                /// Signed remainder; traps on zero.
                I64RemS (mvp "i64.rem_s") { (i64 i64) -> i64, i64_rem_s, ordered, srem }
                /// Unsigned remainder; traps on zero.
                I64RemU (mvp "i64.rem_u") { (i64 i64) -> i64, i64_rem_u, ordered, urem }
            }
            compare {
                /// Equal.
                I32Eq (mvp "i32.eq") { (i32 i32) -> i32, i32_eq, icmp eq, swap I32Eq, negate I32Ne }
                /// Not equal.
                I32Ne (mvp "i32.ne") { (i32 i32) -> i32, i32_ne, icmp ne, swap I32Ne, negate I32Eq }
                /// Signed less.
                I32LtS (mvp "i32.lt_s") { (i32 i32) -> i32, i32_lt_s, icmp slt, swap I32GtS, negate I32GeS }
                /// Unsigned less.
                I32LtU (mvp "i32.lt_u") { (i32 i32) -> i32, i32_lt_u, icmp ult, swap I32GtU, negate I32GeU }
                /// Signed greater.
                I32GtS (mvp "i32.gt_s") { (i32 i32) -> i32, i32_gt_s, icmp sgt, swap I32LtS, negate I32LeS }
                /// Unsigned greater.
                I32GtU (mvp "i32.gt_u") { (i32 i32) -> i32, i32_gt_u, icmp ugt, swap I32LtU, negate I32LeU }
                /// Signed less or equal.
                I32LeS (mvp "i32.le_s") { (i32 i32) -> i32, i32_le_s, icmp sle, swap I32GeS, negate I32GtS }
                /// Unsigned less or equal.
                I32LeU (mvp "i32.le_u") { (i32 i32) -> i32, i32_le_u, icmp ule, swap I32GeU, negate I32GtU }
                /// Signed greater or equal.
                I32GeS (mvp "i32.ge_s") { (i32 i32) -> i32, i32_ge_s, icmp sge, swap I32LeS, negate I32LtS }
                /// Unsigned greater or equal.
                I32GeU (mvp "i32.ge_u") { (i32 i32) -> i32, i32_ge_u, icmp uge, swap I32LeU, negate I32LtU }
                /// Equal.
                I64Eq (mvp "i64.eq") { (i64 i64) -> i32, i64_eq, icmp eq, swap I64Eq, negate I64Ne }
                /// Not equal.
                I64Ne (mvp "i64.ne") { (i64 i64) -> i32, i64_ne, icmp ne, swap I64Ne, negate I64Eq }
                /// Signed less.
                I64LtS (mvp "i64.lt_s") { (i64 i64) -> i32, i64_lt_s, icmp slt, swap I64GtS, negate I64GeS }
                /// Unsigned less.
                I64LtU (mvp "i64.lt_u") { (i64 i64) -> i32, i64_lt_u, icmp ult, swap I64GtU, negate I64GeU }
                /// Signed greater.
                I64GtS (mvp "i64.gt_s") { (i64 i64) -> i32, i64_gt_s, icmp sgt, swap I64LtS, negate I64LeS }
                /// Unsigned greater.
                I64GtU (mvp "i64.gt_u") { (i64 i64) -> i32, i64_gt_u, icmp ugt, swap I64LtU, negate I64LeU }
                /// Signed less or equal.
                I64LeS (mvp "i64.le_s") { (i64 i64) -> i32, i64_le_s, icmp sle, swap I64GeS, negate I64GtS }
                /// Unsigned less or equal.
                I64LeU (mvp "i64.le_u") { (i64 i64) -> i32, i64_le_u, icmp ule, swap I64GeU, negate I64GtU }
                /// Signed greater or equal.
                I64GeS (mvp "i64.ge_s") { (i64 i64) -> i32, i64_ge_s, icmp sge, swap I64LeS, negate I64LtS }
                /// Unsigned greater or equal.
                I64GeU (mvp "i64.ge_u") { (i64 i64) -> i32, i64_ge_u, icmp uge, swap I64LeU, negate I64LtU }
                /// Equal; false on NaN.
                F32Eq (mvp "f32.eq") { (f32 f32) -> i32, f32_eq, fcmp eq, swap F32Eq, negate F32Ne }
                /// Not equal; true on NaN.
                F32Ne (mvp "f32.ne") { (f32 f32) -> i32, f32_ne, fcmp ne, swap F32Ne, negate F32Eq }
                /// Less; false on NaN.
                F32Lt (mvp "f32.lt") { (f32 f32) -> i32, f32_lt, fcmp lt, swap F32Gt, negate _ }
                /// Greater; false on NaN.
                F32Gt (mvp "f32.gt") { (f32 f32) -> i32, f32_gt, fcmp gt, swap F32Lt, negate _ }
                /// Less or equal; false on NaN.
                F32Le (mvp "f32.le") { (f32 f32) -> i32, f32_le, fcmp le, swap F32Ge, negate _ }
                /// Greater or equal; false on NaN.
                F32Ge (mvp "f32.ge") { (f32 f32) -> i32, f32_ge, fcmp ge, swap F32Le, negate _ }
                /// Equal; false on NaN.
                F64Eq (mvp "f64.eq") { (f64 f64) -> i32, f64_eq, fcmp eq, swap F64Eq, negate F64Ne }
                /// Not equal; true on NaN.
                F64Ne (mvp "f64.ne") { (f64 f64) -> i32, f64_ne, fcmp ne, swap F64Ne, negate F64Eq }
                /// Less; false on NaN.
                F64Lt (mvp "f64.lt") { (f64 f64) -> i32, f64_lt, fcmp lt, swap F64Gt, negate _ }
                /// Greater; false on NaN.
                F64Gt (mvp "f64.gt") { (f64 f64) -> i32, f64_gt, fcmp gt, swap F64Lt, negate _ }
                /// Less or equal; false on NaN.
                F64Le (mvp "f64.le") { (f64 f64) -> i32, f64_le, fcmp le, swap F64Ge, negate _ }
                /// Greater or equal; false on NaN.
                F64Ge (mvp "f64.ge") { (f64 f64) -> i32, f64_ge, fcmp ge, swap F64Le, negate _ }
            }
            load {
                /// Loads four bytes.
                I32Load (mvp "i32.load") { i32 => i32 }
                /// Loads eight bytes.
                I64Load (mvp "i64.load") { i64 => i64 }
                /// Loads four bytes.
                F32Load (mvp "f32.load") { f32 => f32 }
                /// Loads eight bytes.
                F64Load (mvp "f64.load") { f64 => f64 }
                /// Loads 8 bits, sign-extended.
                I32Load8S (mvp "i32.load8_s") { i8 => i32 }
                /// Loads 8 bits, zero-extended.
                I32Load8U (mvp "i32.load8_u") { u8 => i32 }
                /// Loads 16 bits, sign-extended.
                I32Load16S (mvp "i32.load16_s") { i16 => i32 }
                /// Loads 16 bits, zero-extended.
                I32Load16U (mvp "i32.load16_u") { u16 => i32 }
                /// Loads 8 bits, sign-extended.
                I64Load8S (mvp "i64.load8_s") { i8 => i64 }
                /// Loads 8 bits, zero-extended.
                I64Load8U (mvp "i64.load8_u") { u8 => i64 }
                /// Loads 16 bits, sign-extended.
                I64Load16S (mvp "i64.load16_s") { i16 => i64 }
                /// Loads 16 bits, zero-extended.
                I64Load16U (mvp "i64.load16_u") { u16 => i64 }
                /// Loads 32 bits, sign-extended.
                I64Load32S (mvp "i64.load32_s") { i32 => i64 }
                /// Loads 32 bits, zero-extended.
                I64Load32U (mvp "i64.load32_u") { u32 => i64 }
            }
            store {
                /// Stores four bytes.
                I32Store (mvp "i32.store") { i32 => i32 }
                /// Stores eight bytes.
                I64Store (mvp "i64.store") { i64 => i64 }
                /// Stores four bytes.
                F32Store (mvp "f32.store") { f32 => f32 }
                /// Stores eight bytes.
                F64Store (mvp "f64.store") { f64 => f64 }
                /// Stores the low 8 bits.
                I32Store8 (mvp "i32.store8") { i32 => u8 }
                /// Stores the low 16 bits.
                I32Store16 (mvp "i32.store16") { i32 => u16 }
                /// Stores the low 8 bits.
                I64Store8 (mvp "i64.store8") { i64 => u8 }
                /// Stores the low 16 bits.
                I64Store16 (mvp "i64.store16") { i64 => u16 }
                /// Stores the low 32 bits.
                I64Store32 (mvp "i64.store32") { i64 => u32 }
            }
            vector_unary {
                /// Every lane is the operand.
                I8x16Splat (simd "i8x16.splat") { (i32) -> v128, i8x16_splat, splat }
                /// Every lane is the operand.
                I16x8Splat (simd "i16x8.splat") { (i32) -> v128, i16x8_splat, splat }
                /// Every lane is the operand.
                I32x4Splat (simd "i32x4.splat") { (i32) -> v128, i32x4_splat, splat }
                /// Every lane is the operand.
                I64x2Splat (simd "i64x2.splat") { (i64) -> v128, i64x2_splat, splat }
                /// Every lane is the operand.
                F32x4Splat (simd "f32x4.splat") { (f32) -> v128, f32x4_splat, splat }
                /// Every lane is the operand.
                F64x2Splat (simd "f64x2.splat") { (f64) -> v128, f64x2_splat, splat }
                /// Bitwise complement.
                V128Not (simd "v128.not") { (v128) -> v128, v128_not, bnot }
                /// Whether any bit is set.
                V128AnyTrue (simd "v128.any_true") { (v128) -> i32, v128_any_true, vany_true }
                /// Absolute value of every lane, wrapping.
                I8x16Abs (simd "i8x16.abs") { (v128) -> v128, i8x16_abs, iabs }
                /// Negates every lane, wrapping.
                I8x16Neg (simd "i8x16.neg") { (v128) -> v128, i8x16_neg, ineg }
                /// Whether every lane is non-zero.
                I8x16AllTrue (simd "i8x16.all_true") { (v128) -> i32, i8x16_all_true, vall_true }
                /// The lanes' sign bits.
                I8x16Bitmask (simd "i8x16.bitmask") { (v128) -> i32, i8x16_bitmask, vhigh_bits }
                /// Absolute value of every lane, wrapping.
                I16x8Abs (simd "i16x8.abs") { (v128) -> v128, i16x8_abs, iabs }
                /// Negates every lane, wrapping.
                I16x8Neg (simd "i16x8.neg") { (v128) -> v128, i16x8_neg, ineg }
                /// Whether every lane is non-zero.
                I16x8AllTrue (simd "i16x8.all_true") { (v128) -> i32, i16x8_all_true, vall_true }
                /// The lanes' sign bits.
                I16x8Bitmask (simd "i16x8.bitmask") { (v128) -> i32, i16x8_bitmask, vhigh_bits }
                /// Absolute value of every lane, wrapping.
                I32x4Abs (simd "i32x4.abs") { (v128) -> v128, i32x4_abs, iabs }
                /// Negates every lane, wrapping.
                I32x4Neg (simd "i32x4.neg") { (v128) -> v128, i32x4_neg, ineg }
                /// Whether every lane is non-zero.
                I32x4AllTrue (simd "i32x4.all_true") { (v128) -> i32, i32x4_all_true, vall_true }
                /// The lanes' sign bits.
                I32x4Bitmask (simd "i32x4.bitmask") { (v128) -> i32, i32x4_bitmask, vhigh_bits }
                /// Absolute value of every lane, wrapping.
                I64x2Abs (simd "i64x2.abs") { (v128) -> v128, i64x2_abs, iabs }
                /// Negates every lane, wrapping.
                I64x2Neg (simd "i64x2.neg") { (v128) -> v128, i64x2_neg, ineg }
                /// Whether every lane is non-zero.
                I64x2AllTrue (simd "i64x2.all_true") { (v128) -> i32, i64x2_all_true, vall_true }
                /// The lanes' sign bits.
                I64x2Bitmask (simd "i64x2.bitmask") { (v128) -> i32, i64x2_bitmask, vhigh_bits }
                /// Counts the one bits of every lane.
                I8x16Popcnt (simd "i8x16.popcnt") { (v128) -> v128, i8x16_popcnt, popcnt }
                /// Adds neighbouring lanes after sign-extending them.
                I16x8ExtAddPairwiseI8x16S (simd "i16x8.extadd_pairwise_i8x16_s") { (v128) -> v128, i16x8_extadd_pairwise_i8x16_s, _ }
                /// Adds neighbouring lanes after zero-extending them.
                I16x8ExtAddPairwiseI8x16U (simd "i16x8.extadd_pairwise_i8x16_u") { (v128) -> v128, i16x8_extadd_pairwise_i8x16_u, _ }
                /// Adds neighbouring lanes after sign-extending them.
                I32x4ExtAddPairwiseI16x8S (simd "i32x4.extadd_pairwise_i16x8_s") { (v128) -> v128, i32x4_extadd_pairwise_i16x8_s, _ }
                /// Adds neighbouring lanes after zero-extending them.
                I32x4ExtAddPairwiseI16x8U (simd "i32x4.extadd_pairwise_i16x8_u") { (v128) -> v128, i32x4_extadd_pairwise_i16x8_u, _ }
                /// Sign-extends the low half of the lanes.
                I16x8ExtendLowI8x16S (simd "i16x8.extend_low_i8x16_s") { (v128) -> v128, i16x8_extend_low_i8x16_s, swiden_low }
                /// Zero-extends the low half of the lanes.
                I16x8ExtendLowI8x16U (simd "i16x8.extend_low_i8x16_u") { (v128) -> v128, i16x8_extend_low_i8x16_u, uwiden_low }
                /// Sign-extends the high half of the lanes.
                I16x8ExtendHighI8x16S (simd "i16x8.extend_high_i8x16_s") { (v128) -> v128, i16x8_extend_high_i8x16_s, swiden_high }
                /// Zero-extends the high half of the lanes.
                I16x8ExtendHighI8x16U (simd "i16x8.extend_high_i8x16_u") { (v128) -> v128, i16x8_extend_high_i8x16_u, uwiden_high }
                /// Sign-extends the low half of the lanes.
                I32x4ExtendLowI16x8S (simd "i32x4.extend_low_i16x8_s") { (v128) -> v128, i32x4_extend_low_i16x8_s, swiden_low }
                /// Zero-extends the low half of the lanes.
                I32x4ExtendLowI16x8U (simd "i32x4.extend_low_i16x8_u") { (v128) -> v128, i32x4_extend_low_i16x8_u, uwiden_low }
                /// Sign-extends the high half of the lanes.
                I32x4ExtendHighI16x8S (simd "i32x4.extend_high_i16x8_s") { (v128) -> v128, i32x4_extend_high_i16x8_s, swiden_high }
                /// Zero-extends the high half of the lanes.
                I32x4ExtendHighI16x8U (simd "i32x4.extend_high_i16x8_u") { (v128) -> v128, i32x4_extend_high_i16x8_u, uwiden_high }
                /// Sign-extends the low half of the lanes.
                I64x2ExtendLowI32x4S (simd "i64x2.extend_low_i32x4_s") { (v128) -> v128, i64x2_extend_low_i32x4_s, swiden_low }
                /// Zero-extends the low half of the lanes.
                I64x2ExtendLowI32x4U (simd "i64x2.extend_low_i32x4_u") { (v128) -> v128, i64x2_extend_low_i32x4_u, uwiden_low }
                /// Sign-extends the high half of the lanes.
                I64x2ExtendHighI32x4S (simd "i64x2.extend_high_i32x4_s") { (v128) -> v128, i64x2_extend_high_i32x4_s, swiden_high }
                /// Zero-extends the high half of the lanes.
                I64x2ExtendHighI32x4U (simd "i64x2.extend_high_i32x4_u") { (v128) -> v128, i64x2_extend_high_i32x4_u, uwiden_high }
                /// Clears the sign in every lane.
                F32x4Abs (simd "f32x4.abs") { (v128) -> v128, f32x4_abs, fabs }
                /// Flips the sign in every lane.
                F32x4Neg (simd "f32x4.neg") { (v128) -> v128, f32x4_neg, fneg }
                /// Square root of every lane.
                F32x4Sqrt (simd "f32x4.sqrt") { (v128) -> v128, f32x4_sqrt, sqrt }
                /// Rounds up in every lane.
                F32x4Ceil (simd "f32x4.ceil") { (v128) -> v128, f32x4_ceil, ceil }
                /// Rounds down in every lane.
                F32x4Floor (simd "f32x4.floor") { (v128) -> v128, f32x4_floor, floor }
                /// Rounds towards zero in every lane.
                F32x4Trunc (simd "f32x4.trunc") { (v128) -> v128, f32x4_trunc, trunc }
                /// Rounds to the nearest integer, ties to even in every lane.
                F32x4Nearest (simd "f32x4.nearest") { (v128) -> v128, f32x4_nearest, nearest }
                /// Clears the sign in every lane.
                F64x2Abs (simd "f64x2.abs") { (v128) -> v128, f64x2_abs, fabs }
                /// Flips the sign in every lane.
                F64x2Neg (simd "f64x2.neg") { (v128) -> v128, f64x2_neg, fneg }
                /// Square root of every lane.
                F64x2Sqrt (simd "f64x2.sqrt") { (v128) -> v128, f64x2_sqrt, sqrt }
                /// Rounds up in every lane.
                F64x2Ceil (simd "f64x2.ceil") { (v128) -> v128, f64x2_ceil, ceil }
                /// Rounds down in every lane.
                F64x2Floor (simd "f64x2.floor") { (v128) -> v128, f64x2_floor, floor }
                /// Rounds towards zero in every lane.
                F64x2Trunc (simd "f64x2.trunc") { (v128) -> v128, f64x2_trunc, trunc }
                /// Rounds to the nearest integer, ties to even in every lane.
                F64x2Nearest (simd "f64x2.nearest") { (v128) -> v128, f64x2_nearest, nearest }
                /// Truncates every lane to a signed integer, saturating.
                I32x4TruncSatF32x4S (simd "i32x4.trunc_sat_f32x4_s") { (v128) -> v128, i32x4_trunc_sat_f32x4_s, fcvt_to_sint_sat }
                /// Truncates every lane to an unsigned integer, saturating.
                I32x4TruncSatF32x4U (simd "i32x4.trunc_sat_f32x4_u") { (v128) -> v128, i32x4_trunc_sat_f32x4_u, fcvt_to_uint_sat }
                /// Truncates both lanes to signed integers, saturating; the other two become zero.
                I32x4TruncSatF64x2SZero (simd "i32x4.trunc_sat_f64x2_s_zero") { (v128) -> v128, i32x4_trunc_sat_f64x2_s_zero, _ }
                /// Truncates both lanes to unsigned integers, saturating; the other two become zero.
                I32x4TruncSatF64x2UZero (simd "i32x4.trunc_sat_f64x2_u_zero") { (v128) -> v128, i32x4_trunc_sat_f64x2_u_zero, _ }
                /// Converts signed lanes.
                F32x4ConvertI32x4S (simd "f32x4.convert_i32x4_s") { (v128) -> v128, f32x4_convert_i32x4_s, fcvt_from_sint }
                /// Converts unsigned lanes.
                F32x4ConvertI32x4U (simd "f32x4.convert_i32x4_u") { (v128) -> v128, f32x4_convert_i32x4_u, fcvt_from_uint }
                /// Converts the two low signed lanes.
                F64x2ConvertLowI32x4S (simd "f64x2.convert_low_i32x4_s") { (v128) -> v128, f64x2_convert_low_i32x4_s, _ }
                /// Converts the two low unsigned lanes.
                F64x2ConvertLowI32x4U (simd "f64x2.convert_low_i32x4_u") { (v128) -> v128, f64x2_convert_low_i32x4_u, _ }
                /// Rounds both lanes to single precision; the other two become zero.
                F32x4DemoteF64x2Zero (simd "f32x4.demote_f64x2_zero") { (v128) -> v128, f32x4_demote_f64x2_zero, fvdemote }
                /// Widens the two low lanes.
                F64x2PromoteLowF32x4 (simd "f64x2.promote_low_f32x4") { (v128) -> v128, f64x2_promote_low_f32x4, fvpromote_low }
                /// As `i32x4.trunc_sat_f32x4_s`.
                I32x4RelaxedTruncF32x4S (relaxed_simd "i32x4.relaxed_trunc_f32x4_s") { (v128) -> v128, i32x4_relaxed_trunc_f32x4_s, _ }
                /// As `i32x4.trunc_sat_f32x4_u`.
                I32x4RelaxedTruncF32x4U (relaxed_simd "i32x4.relaxed_trunc_f32x4_u") { (v128) -> v128, i32x4_relaxed_trunc_f32x4_u, _ }
                /// As `i32x4.trunc_sat_f64x2_s_zero`.
                I32x4RelaxedTruncF64x2SZero (relaxed_simd "i32x4.relaxed_trunc_f64x2_s_zero") { (v128) -> v128, i32x4_relaxed_trunc_f64x2_s_zero, _ }
                /// As `i32x4.trunc_sat_f64x2_u_zero`.
                I32x4RelaxedTruncF64x2UZero (relaxed_simd "i32x4.relaxed_trunc_f64x2_u_zero") { (v128) -> v128, i32x4_relaxed_trunc_f64x2_u_zero, _ }
            }
            vector_binary {
                /// Bitwise and.
                V128And (simd "v128.and") { (v128 v128) -> v128, v128_and, band }
                /// Bitwise and with the complement of the second.
                V128AndNot (simd "v128.andnot") { (v128 v128) -> v128, v128_andnot, band_not }
                /// Bitwise or.
                V128Or (simd "v128.or") { (v128 v128) -> v128, v128_or, bor }
                /// Bitwise exclusive or.
                V128Xor (simd "v128.xor") { (v128 v128) -> v128, v128_xor, bxor }
                /// Picks lanes by index; zero where the index is too large.
                I8x16Swizzle (simd "i8x16.swizzle") { (v128 v128) -> v128, i8x16_swizzle, swizzle }
                /// As `i8x16.swizzle`.
                I8x16RelaxedSwizzle (relaxed_simd "i8x16.relaxed_swizzle") { (v128 v128) -> v128, i8x16_relaxed_swizzle, swizzle }
                /// All ones in lanes that are equal.
                I8x16Eq (simd "i8x16.eq") { (v128 v128) -> v128, i8x16_eq, [icmp eq] }
                /// All ones in lanes that are not equal.
                I8x16Ne (simd "i8x16.ne") { (v128 v128) -> v128, i8x16_ne, [icmp ne] }
                /// All ones in lanes that are signed less.
                I8x16LtS (simd "i8x16.lt_s") { (v128 v128) -> v128, i8x16_lt_s, [icmp slt] }
                /// All ones in lanes that are unsigned less.
                I8x16LtU (simd "i8x16.lt_u") { (v128 v128) -> v128, i8x16_lt_u, [icmp ult] }
                /// All ones in lanes that are signed greater.
                I8x16GtS (simd "i8x16.gt_s") { (v128 v128) -> v128, i8x16_gt_s, [icmp sgt] }
                /// All ones in lanes that are unsigned greater.
                I8x16GtU (simd "i8x16.gt_u") { (v128 v128) -> v128, i8x16_gt_u, [icmp ugt] }
                /// All ones in lanes that are signed less or equal.
                I8x16LeS (simd "i8x16.le_s") { (v128 v128) -> v128, i8x16_le_s, [icmp sle] }
                /// All ones in lanes that are unsigned less or equal.
                I8x16LeU (simd "i8x16.le_u") { (v128 v128) -> v128, i8x16_le_u, [icmp ule] }
                /// All ones in lanes that are signed greater or equal.
                I8x16GeS (simd "i8x16.ge_s") { (v128 v128) -> v128, i8x16_ge_s, [icmp sge] }
                /// All ones in lanes that are unsigned greater or equal.
                I8x16GeU (simd "i8x16.ge_u") { (v128 v128) -> v128, i8x16_ge_u, [icmp uge] }
                /// All ones in lanes that are equal.
                I16x8Eq (simd "i16x8.eq") { (v128 v128) -> v128, i16x8_eq, [icmp eq] }
                /// All ones in lanes that are not equal.
                I16x8Ne (simd "i16x8.ne") { (v128 v128) -> v128, i16x8_ne, [icmp ne] }
                /// All ones in lanes that are signed less.
                I16x8LtS (simd "i16x8.lt_s") { (v128 v128) -> v128, i16x8_lt_s, [icmp slt] }
                /// All ones in lanes that are unsigned less.
                I16x8LtU (simd "i16x8.lt_u") { (v128 v128) -> v128, i16x8_lt_u, [icmp ult] }
                /// All ones in lanes that are signed greater.
                I16x8GtS (simd "i16x8.gt_s") { (v128 v128) -> v128, i16x8_gt_s, [icmp sgt] }
                /// All ones in lanes that are unsigned greater.
                I16x8GtU (simd "i16x8.gt_u") { (v128 v128) -> v128, i16x8_gt_u, [icmp ugt] }
                /// All ones in lanes that are signed less or equal.
                I16x8LeS (simd "i16x8.le_s") { (v128 v128) -> v128, i16x8_le_s, [icmp sle] }
                /// All ones in lanes that are unsigned less or equal.
                I16x8LeU (simd "i16x8.le_u") { (v128 v128) -> v128, i16x8_le_u, [icmp ule] }
                /// All ones in lanes that are signed greater or equal.
                I16x8GeS (simd "i16x8.ge_s") { (v128 v128) -> v128, i16x8_ge_s, [icmp sge] }
                /// All ones in lanes that are unsigned greater or equal.
                I16x8GeU (simd "i16x8.ge_u") { (v128 v128) -> v128, i16x8_ge_u, [icmp uge] }
                /// All ones in lanes that are equal.
                I32x4Eq (simd "i32x4.eq") { (v128 v128) -> v128, i32x4_eq, [icmp eq] }
                /// All ones in lanes that are not equal.
                I32x4Ne (simd "i32x4.ne") { (v128 v128) -> v128, i32x4_ne, [icmp ne] }
                /// All ones in lanes that are signed less.
                I32x4LtS (simd "i32x4.lt_s") { (v128 v128) -> v128, i32x4_lt_s, [icmp slt] }
                /// All ones in lanes that are unsigned less.
                I32x4LtU (simd "i32x4.lt_u") { (v128 v128) -> v128, i32x4_lt_u, [icmp ult] }
                /// All ones in lanes that are signed greater.
                I32x4GtS (simd "i32x4.gt_s") { (v128 v128) -> v128, i32x4_gt_s, [icmp sgt] }
                /// All ones in lanes that are unsigned greater.
                I32x4GtU (simd "i32x4.gt_u") { (v128 v128) -> v128, i32x4_gt_u, [icmp ugt] }
                /// All ones in lanes that are signed less or equal.
                I32x4LeS (simd "i32x4.le_s") { (v128 v128) -> v128, i32x4_le_s, [icmp sle] }
                /// All ones in lanes that are unsigned less or equal.
                I32x4LeU (simd "i32x4.le_u") { (v128 v128) -> v128, i32x4_le_u, [icmp ule] }
                /// All ones in lanes that are signed greater or equal.
                I32x4GeS (simd "i32x4.ge_s") { (v128 v128) -> v128, i32x4_ge_s, [icmp sge] }
                /// All ones in lanes that are unsigned greater or equal.
                I32x4GeU (simd "i32x4.ge_u") { (v128 v128) -> v128, i32x4_ge_u, [icmp uge] }
                /// All ones in lanes that are equal.
                I64x2Eq (simd "i64x2.eq") { (v128 v128) -> v128, i64x2_eq, [icmp eq] }
                /// All ones in lanes that are not equal.
                I64x2Ne (simd "i64x2.ne") { (v128 v128) -> v128, i64x2_ne, [icmp ne] }
                /// All ones in lanes that are signed less.
                I64x2LtS (simd "i64x2.lt_s") { (v128 v128) -> v128, i64x2_lt_s, [icmp slt] }
                /// All ones in lanes that are signed greater.
                I64x2GtS (simd "i64x2.gt_s") { (v128 v128) -> v128, i64x2_gt_s, [icmp sgt] }
                /// All ones in lanes that are signed less or equal.
                I64x2LeS (simd "i64x2.le_s") { (v128 v128) -> v128, i64x2_le_s, [icmp sle] }
                /// All ones in lanes that are signed greater or equal.
                I64x2GeS (simd "i64x2.ge_s") { (v128 v128) -> v128, i64x2_ge_s, [icmp sge] }
                /// All ones in lanes that are equal.
                F32x4Eq (simd "f32x4.eq") { (v128 v128) -> v128, f32x4_eq, [fcmp eq] }
                /// All ones in lanes that are not equal.
                F32x4Ne (simd "f32x4.ne") { (v128 v128) -> v128, f32x4_ne, [fcmp ne] }
                /// All ones in lanes that are less.
                F32x4Lt (simd "f32x4.lt") { (v128 v128) -> v128, f32x4_lt, [fcmp lt] }
                /// All ones in lanes that are greater.
                F32x4Gt (simd "f32x4.gt") { (v128 v128) -> v128, f32x4_gt, [fcmp gt] }
                /// All ones in lanes that are less or equal.
                F32x4Le (simd "f32x4.le") { (v128 v128) -> v128, f32x4_le, [fcmp le] }
                /// All ones in lanes that are greater or equal.
                F32x4Ge (simd "f32x4.ge") { (v128 v128) -> v128, f32x4_ge, [fcmp ge] }
                /// All ones in lanes that are equal.
                F64x2Eq (simd "f64x2.eq") { (v128 v128) -> v128, f64x2_eq, [fcmp eq] }
                /// All ones in lanes that are not equal.
                F64x2Ne (simd "f64x2.ne") { (v128 v128) -> v128, f64x2_ne, [fcmp ne] }
                /// All ones in lanes that are less.
                F64x2Lt (simd "f64x2.lt") { (v128 v128) -> v128, f64x2_lt, [fcmp lt] }
                /// All ones in lanes that are greater.
                F64x2Gt (simd "f64x2.gt") { (v128 v128) -> v128, f64x2_gt, [fcmp gt] }
                /// All ones in lanes that are less or equal.
                F64x2Le (simd "f64x2.le") { (v128 v128) -> v128, f64x2_le, [fcmp le] }
                /// All ones in lanes that are greater or equal.
                F64x2Ge (simd "f64x2.ge") { (v128 v128) -> v128, f64x2_ge, [fcmp ge] }
                /// Adds lanes.
                I8x16Add (simd "i8x16.add") { (v128 v128) -> v128, i8x16_add, iadd }
                /// Subtracts lanes.
                I8x16Sub (simd "i8x16.sub") { (v128 v128) -> v128, i8x16_sub, isub }
                /// Shifts lanes left.
                I8x16Shl (simd "i8x16.shl") { (v128 i32) -> v128, i8x16_shl, ishl }
                /// Shifts lanes right, keeping the sign.
                I8x16ShrS (simd "i8x16.shr_s") { (v128 i32) -> v128, i8x16_shr_s, sshr }
                /// Shifts lanes right, filling with zeros.
                I8x16ShrU (simd "i8x16.shr_u") { (v128 i32) -> v128, i8x16_shr_u, ushr }
                /// Adds lanes.
                I16x8Add (simd "i16x8.add") { (v128 v128) -> v128, i16x8_add, iadd }
                /// Subtracts lanes.
                I16x8Sub (simd "i16x8.sub") { (v128 v128) -> v128, i16x8_sub, isub }
                /// Multiplies lanes.
                I16x8Mul (simd "i16x8.mul") { (v128 v128) -> v128, i16x8_mul, imul }
                /// Shifts lanes left.
                I16x8Shl (simd "i16x8.shl") { (v128 i32) -> v128, i16x8_shl, ishl }
                /// Shifts lanes right, keeping the sign.
                I16x8ShrS (simd "i16x8.shr_s") { (v128 i32) -> v128, i16x8_shr_s, sshr }
                /// Shifts lanes right, filling with zeros.
                I16x8ShrU (simd "i16x8.shr_u") { (v128 i32) -> v128, i16x8_shr_u, ushr }
                /// Adds lanes.
                I32x4Add (simd "i32x4.add") { (v128 v128) -> v128, i32x4_add, iadd }
                /// Subtracts lanes.
                I32x4Sub (simd "i32x4.sub") { (v128 v128) -> v128, i32x4_sub, isub }
                /// Multiplies lanes.
                I32x4Mul (simd "i32x4.mul") { (v128 v128) -> v128, i32x4_mul, imul }
                /// Shifts lanes left.
                I32x4Shl (simd "i32x4.shl") { (v128 i32) -> v128, i32x4_shl, ishl }
                /// Shifts lanes right, keeping the sign.
                I32x4ShrS (simd "i32x4.shr_s") { (v128 i32) -> v128, i32x4_shr_s, sshr }
                /// Shifts lanes right, filling with zeros.
                I32x4ShrU (simd "i32x4.shr_u") { (v128 i32) -> v128, i32x4_shr_u, ushr }
                /// Adds lanes.
                I64x2Add (simd "i64x2.add") { (v128 v128) -> v128, i64x2_add, iadd }
                /// Subtracts lanes.
                I64x2Sub (simd "i64x2.sub") { (v128 v128) -> v128, i64x2_sub, isub }
                /// Multiplies lanes.
                I64x2Mul (simd "i64x2.mul") { (v128 v128) -> v128, i64x2_mul, imul }
                /// Shifts lanes left.
                I64x2Shl (simd "i64x2.shl") { (v128 i32) -> v128, i64x2_shl, ishl }
                /// Shifts lanes right, keeping the sign.
                I64x2ShrS (simd "i64x2.shr_s") { (v128 i32) -> v128, i64x2_shr_s, sshr }
                /// Shifts lanes right, filling with zeros.
                I64x2ShrU (simd "i64x2.shr_u") { (v128 i32) -> v128, i64x2_shr_u, ushr }
                /// Adds signed lanes, saturating.
                I8x16AddSatS (simd "i8x16.add_sat_s") { (v128 v128) -> v128, i8x16_add_sat_s, sadd_sat }
                /// Adds unsigned lanes, saturating.
                I8x16AddSatU (simd "i8x16.add_sat_u") { (v128 v128) -> v128, i8x16_add_sat_u, uadd_sat }
                /// Subtracts signed lanes, saturating.
                I8x16SubSatS (simd "i8x16.sub_sat_s") { (v128 v128) -> v128, i8x16_sub_sat_s, ssub_sat }
                /// Subtracts unsigned lanes, saturating.
                I8x16SubSatU (simd "i8x16.sub_sat_u") { (v128 v128) -> v128, i8x16_sub_sat_u, usub_sat }
                /// Rounding average of unsigned lanes.
                I8x16AvgrU (simd "i8x16.avgr_u") { (v128 v128) -> v128, i8x16_avgr_u, avg_round }
                /// Adds signed lanes, saturating.
                I16x8AddSatS (simd "i16x8.add_sat_s") { (v128 v128) -> v128, i16x8_add_sat_s, sadd_sat }
                /// Adds unsigned lanes, saturating.
                I16x8AddSatU (simd "i16x8.add_sat_u") { (v128 v128) -> v128, i16x8_add_sat_u, uadd_sat }
                /// Subtracts signed lanes, saturating.
                I16x8SubSatS (simd "i16x8.sub_sat_s") { (v128 v128) -> v128, i16x8_sub_sat_s, ssub_sat }
                /// Subtracts unsigned lanes, saturating.
                I16x8SubSatU (simd "i16x8.sub_sat_u") { (v128 v128) -> v128, i16x8_sub_sat_u, usub_sat }
                /// Rounding average of unsigned lanes.
                I16x8AvgrU (simd "i16x8.avgr_u") { (v128 v128) -> v128, i16x8_avgr_u, avg_round }
                /// The smaller of signed lanes.
                I8x16MinS (simd "i8x16.min_s") { (v128 v128) -> v128, i8x16_min_s, smin }
                /// The smaller of unsigned lanes.
                I8x16MinU (simd "i8x16.min_u") { (v128 v128) -> v128, i8x16_min_u, umin }
                /// The larger of signed lanes.
                I8x16MaxS (simd "i8x16.max_s") { (v128 v128) -> v128, i8x16_max_s, smax }
                /// The larger of unsigned lanes.
                I8x16MaxU (simd "i8x16.max_u") { (v128 v128) -> v128, i8x16_max_u, umax }
                /// The smaller of signed lanes.
                I16x8MinS (simd "i16x8.min_s") { (v128 v128) -> v128, i16x8_min_s, smin }
                /// The smaller of unsigned lanes.
                I16x8MinU (simd "i16x8.min_u") { (v128 v128) -> v128, i16x8_min_u, umin }
                /// The larger of signed lanes.
                I16x8MaxS (simd "i16x8.max_s") { (v128 v128) -> v128, i16x8_max_s, smax }
                /// The larger of unsigned lanes.
                I16x8MaxU (simd "i16x8.max_u") { (v128 v128) -> v128, i16x8_max_u, umax }
                /// The smaller of signed lanes.
                I32x4MinS (simd "i32x4.min_s") { (v128 v128) -> v128, i32x4_min_s, smin }
                /// The smaller of unsigned lanes.
                I32x4MinU (simd "i32x4.min_u") { (v128 v128) -> v128, i32x4_min_u, umin }
                /// The larger of signed lanes.
                I32x4MaxS (simd "i32x4.max_s") { (v128 v128) -> v128, i32x4_max_s, smax }
                /// The larger of unsigned lanes.
                I32x4MaxU (simd "i32x4.max_u") { (v128 v128) -> v128, i32x4_max_u, umax }
                /// Narrows signed lanes of both operands to signed ones, saturating.
                I8x16NarrowI16x8S (simd "i8x16.narrow_i16x8_s") { (v128 v128) -> v128, i8x16_narrow_i16x8_s, snarrow }
                /// Narrows signed lanes of both operands to unsigned ones, saturating.
                I8x16NarrowI16x8U (simd "i8x16.narrow_i16x8_u") { (v128 v128) -> v128, i8x16_narrow_i16x8_u, unarrow }
                /// Narrows signed lanes of both operands to signed ones, saturating.
                I16x8NarrowI32x4S (simd "i16x8.narrow_i32x4_s") { (v128 v128) -> v128, i16x8_narrow_i32x4_s, snarrow }
                /// Narrows signed lanes of both operands to unsigned ones, saturating.
                I16x8NarrowI32x4U (simd "i16x8.narrow_i32x4_u") { (v128 v128) -> v128, i16x8_narrow_i32x4_u, unarrow }
                /// Multiplies the low halves after sign-extending them.
                I16x8ExtMulLowI8x16S (simd "i16x8.extmul_low_i8x16_s") { (v128 v128) -> v128, i16x8_extmul_low_i8x16_s, _ }
                /// Multiplies the low halves after zero-extending them.
                I16x8ExtMulLowI8x16U (simd "i16x8.extmul_low_i8x16_u") { (v128 v128) -> v128, i16x8_extmul_low_i8x16_u, _ }
                /// Multiplies the high halves after sign-extending them.
                I16x8ExtMulHighI8x16S (simd "i16x8.extmul_high_i8x16_s") { (v128 v128) -> v128, i16x8_extmul_high_i8x16_s, _ }
                /// Multiplies the high halves after zero-extending them.
                I16x8ExtMulHighI8x16U (simd "i16x8.extmul_high_i8x16_u") { (v128 v128) -> v128, i16x8_extmul_high_i8x16_u, _ }
                /// Multiplies the low halves after sign-extending them.
                I32x4ExtMulLowI16x8S (simd "i32x4.extmul_low_i16x8_s") { (v128 v128) -> v128, i32x4_extmul_low_i16x8_s, _ }
                /// Multiplies the low halves after zero-extending them.
                I32x4ExtMulLowI16x8U (simd "i32x4.extmul_low_i16x8_u") { (v128 v128) -> v128, i32x4_extmul_low_i16x8_u, _ }
                /// Multiplies the high halves after sign-extending them.
                I32x4ExtMulHighI16x8S (simd "i32x4.extmul_high_i16x8_s") { (v128 v128) -> v128, i32x4_extmul_high_i16x8_s, _ }
                /// Multiplies the high halves after zero-extending them.
                I32x4ExtMulHighI16x8U (simd "i32x4.extmul_high_i16x8_u") { (v128 v128) -> v128, i32x4_extmul_high_i16x8_u, _ }
                /// Multiplies the low halves after sign-extending them.
                I64x2ExtMulLowI32x4S (simd "i64x2.extmul_low_i32x4_s") { (v128 v128) -> v128, i64x2_extmul_low_i32x4_s, _ }
                /// Multiplies the low halves after zero-extending them.
                I64x2ExtMulLowI32x4U (simd "i64x2.extmul_low_i32x4_u") { (v128 v128) -> v128, i64x2_extmul_low_i32x4_u, _ }
                /// Multiplies the high halves after sign-extending them.
                I64x2ExtMulHighI32x4S (simd "i64x2.extmul_high_i32x4_s") { (v128 v128) -> v128, i64x2_extmul_high_i32x4_s, _ }
                /// Multiplies the high halves after zero-extending them.
                I64x2ExtMulHighI32x4U (simd "i64x2.extmul_high_i32x4_u") { (v128 v128) -> v128, i64x2_extmul_high_i32x4_u, _ }
                /// Multiplies signed lanes and adds neighbouring products.
                I32x4DotI16x8S (simd "i32x4.dot_i16x8_s") { (v128 v128) -> v128, i32x4_dot_i16x8_s, _ }
                /// Rounding, saturating product of fixed-point lanes.
                I16x8Q15MulrSatS (simd "i16x8.q15mulr_sat_s") { (v128 v128) -> v128, i16x8_q15mulr_sat_s, sqmul_round_sat }
                /// As `i16x8.q15mulr_sat_s`.
                I16x8RelaxedQ15mulrS (relaxed_simd "i16x8.relaxed_q15mulr_s") { (v128 v128) -> v128, i16x8_relaxed_q15mulr_s, _ }
                /// Multiplies signed bytes and adds neighbouring products, wrapping.
                I16x8RelaxedDotI8x16I7x16S (relaxed_simd "i16x8.relaxed_dot_i8x16_i7x16_s") { (v128 v128) -> v128, i16x8_relaxed_dot_i8x16_i7x16_s, _ }
                /// Adds lanes.
                F32x4Add (simd "f32x4.add") { (v128 v128) -> v128, f32x4_add, fadd }
                /// Subtracts lanes.
                F32x4Sub (simd "f32x4.sub") { (v128 v128) -> v128, f32x4_sub, fsub }
                /// Multiplies lanes.
                F32x4Mul (simd "f32x4.mul") { (v128 v128) -> v128, f32x4_mul, fmul }
                /// Divides lanes.
                F32x4Div (simd "f32x4.div") { (v128 v128) -> v128, f32x4_div, fdiv }
                /// The smaller of lanes; NaN if either is.
                F32x4Min (simd "f32x4.min") { (v128 v128) -> v128, f32x4_min, fmin }
                /// The larger of lanes; NaN if either is.
                F32x4Max (simd "f32x4.max") { (v128 v128) -> v128, f32x4_max, fmax }
                /// The second where it is less, else the first.
                F32x4PMin (simd "f32x4.pmin") { (v128 v128) -> v128, f32x4_pmin, _ }
                /// The second where the first is less, else the first.
                F32x4PMax (simd "f32x4.pmax") { (v128 v128) -> v128, f32x4_pmax, _ }
                /// As `f32x4.min`.
                F32x4RelaxedMin (relaxed_simd "f32x4.relaxed_min") { (v128 v128) -> v128, f32x4_relaxed_min, _ }
                /// As `f32x4.max`.
                F32x4RelaxedMax (relaxed_simd "f32x4.relaxed_max") { (v128 v128) -> v128, f32x4_relaxed_max, _ }
                /// Adds lanes.
                F64x2Add (simd "f64x2.add") { (v128 v128) -> v128, f64x2_add, fadd }
                /// Subtracts lanes.
                F64x2Sub (simd "f64x2.sub") { (v128 v128) -> v128, f64x2_sub, fsub }
                /// Multiplies lanes.
                F64x2Mul (simd "f64x2.mul") { (v128 v128) -> v128, f64x2_mul, fmul }
                /// Divides lanes.
                F64x2Div (simd "f64x2.div") { (v128 v128) -> v128, f64x2_div, fdiv }
                /// The smaller of lanes; NaN if either is.
                F64x2Min (simd "f64x2.min") { (v128 v128) -> v128, f64x2_min, fmin }
                /// The larger of lanes; NaN if either is.
                F64x2Max (simd "f64x2.max") { (v128 v128) -> v128, f64x2_max, fmax }
                /// The second where it is less, else the first.
                F64x2PMin (simd "f64x2.pmin") { (v128 v128) -> v128, f64x2_pmin, _ }
                /// The second where the first is less, else the first.
                F64x2PMax (simd "f64x2.pmax") { (v128 v128) -> v128, f64x2_pmax, _ }
                /// As `f64x2.min`.
                F64x2RelaxedMin (relaxed_simd "f64x2.relaxed_min") { (v128 v128) -> v128, f64x2_relaxed_min, _ }
                /// As `f64x2.max`.
                F64x2RelaxedMax (relaxed_simd "f64x2.relaxed_max") { (v128 v128) -> v128, f64x2_relaxed_max, _ }
            }
            vector_ternary {
                /// Bits of the first where the third has ones, else of the second.
                V128Bitselect (simd "v128.bitselect") { (v128 v128 v128) -> v128, v128_bitselect, _ }
                /// Product plus third, rounded twice.
                F32x4RelaxedMadd (relaxed_simd "f32x4.relaxed_madd") { (v128 v128 v128) -> v128, f32x4_relaxed_madd, _ }
                /// Third minus product, rounded twice.
                F32x4RelaxedNmadd (relaxed_simd "f32x4.relaxed_nmadd") { (v128 v128 v128) -> v128, f32x4_relaxed_nmadd, _ }
                /// Product plus third, rounded twice.
                F64x2RelaxedMadd (relaxed_simd "f64x2.relaxed_madd") { (v128 v128 v128) -> v128, f64x2_relaxed_madd, _ }
                /// Third minus product, rounded twice.
                F64x2RelaxedNmadd (relaxed_simd "f64x2.relaxed_nmadd") { (v128 v128 v128) -> v128, f64x2_relaxed_nmadd, _ }
                /// As `v128.bitselect`.
                I8x16RelaxedLaneselect (relaxed_simd "i8x16.relaxed_laneselect") { (v128 v128 v128) -> v128, i8x16_relaxed_laneselect, _ }
                /// As `v128.bitselect`.
                I16x8RelaxedLaneselect (relaxed_simd "i16x8.relaxed_laneselect") { (v128 v128 v128) -> v128, i16x8_relaxed_laneselect, _ }
                /// As `v128.bitselect`.
                I32x4RelaxedLaneselect (relaxed_simd "i32x4.relaxed_laneselect") { (v128 v128 v128) -> v128, i32x4_relaxed_laneselect, _ }
                /// As `v128.bitselect`.
                I64x2RelaxedLaneselect (relaxed_simd "i64x2.relaxed_laneselect") { (v128 v128 v128) -> v128, i64x2_relaxed_laneselect, _ }
                /// Multiplies signed bytes, adds four neighbouring products each, and the third.
                I32x4RelaxedDotI8x16I7x16AddS (relaxed_simd "i32x4.relaxed_dot_i8x16_i7x16_add_s") { (v128 v128 v128) -> v128, i32x4_relaxed_dot_i8x16_i7x16_add_s, _ }
            }
            vector_extract {
                /// A lane, sign-extended.
                I8x16ExtractLaneS (simd "i8x16.extract_lane_s") { [16] (v128) -> i32, i8x16_extract_lane_s }
                /// A lane, zero-extended.
                I8x16ExtractLaneU (simd "i8x16.extract_lane_u") { [16] (v128) -> i32, i8x16_extract_lane_u }
                /// A lane, sign-extended.
                I16x8ExtractLaneS (simd "i16x8.extract_lane_s") { [8] (v128) -> i32, i16x8_extract_lane_s }
                /// A lane, zero-extended.
                I16x8ExtractLaneU (simd "i16x8.extract_lane_u") { [8] (v128) -> i32, i16x8_extract_lane_u }
                /// A lane.
                I32x4ExtractLane (simd "i32x4.extract_lane") { [4] (v128) -> i32, i32x4_extract_lane }
                /// A lane.
                I64x2ExtractLane (simd "i64x2.extract_lane") { [2] (v128) -> i64, i64x2_extract_lane }
                /// A lane.
                F32x4ExtractLane (simd "f32x4.extract_lane") { [4] (v128) -> f32, f32x4_extract_lane }
                /// A lane.
                F64x2ExtractLane (simd "f64x2.extract_lane") { [2] (v128) -> f64, f64x2_extract_lane }
            }
            vector_replace {
                /// Replaces a lane.
                I8x16ReplaceLane (simd "i8x16.replace_lane") { [16] (v128 i32) -> v128, i8x16_replace_lane }
                /// Replaces a lane.
                I16x8ReplaceLane (simd "i16x8.replace_lane") { [8] (v128 i32) -> v128, i16x8_replace_lane }
                /// Replaces a lane.
                I32x4ReplaceLane (simd "i32x4.replace_lane") { [4] (v128 i32) -> v128, i32x4_replace_lane }
                /// Replaces a lane.
                I64x2ReplaceLane (simd "i64x2.replace_lane") { [2] (v128 i64) -> v128, i64x2_replace_lane }
                /// Replaces a lane.
                F32x4ReplaceLane (simd "f32x4.replace_lane") { [4] (v128 f32) -> v128, f32x4_replace_lane }
                /// Replaces a lane.
                F64x2ReplaceLane (simd "f64x2.replace_lane") { [2] (v128 f64) -> v128, f64x2_replace_lane }
            }
            vector_load {
                /// Loads a vector.
                V128Load (simd "v128.load") { 16 => v128_load }
                /// Loads half a vector and sign-extends its lanes.
                V128Load8x8S (simd "v128.load8x8_s") { 8 => v128_load8x8_s }
                /// Loads half a vector and zero-extends its lanes.
                V128Load8x8U (simd "v128.load8x8_u") { 8 => v128_load8x8_u }
                /// Loads half a vector and sign-extends its lanes.
                V128Load16x4S (simd "v128.load16x4_s") { 8 => v128_load16x4_s }
                /// Loads half a vector and zero-extends its lanes.
                V128Load16x4U (simd "v128.load16x4_u") { 8 => v128_load16x4_u }
                /// Loads half a vector and sign-extends its lanes.
                V128Load32x2S (simd "v128.load32x2_s") { 8 => v128_load32x2_s }
                /// Loads half a vector and zero-extends its lanes.
                V128Load32x2U (simd "v128.load32x2_u") { 8 => v128_load32x2_u }
                /// Loads 8 bits into every lane.
                V128Load8Splat (simd "v128.load8_splat") { 1 => v128_load8_splat }
                /// Loads 16 bits into every lane.
                V128Load16Splat (simd "v128.load16_splat") { 2 => v128_load16_splat }
                /// Loads 32 bits into every lane.
                V128Load32Splat (simd "v128.load32_splat") { 4 => v128_load32_splat }
                /// Loads 64 bits into every lane.
                V128Load64Splat (simd "v128.load64_splat") { 8 => v128_load64_splat }
                /// Loads 32 bits into the low lane; the others become zero.
                V128Load32Zero (simd "v128.load32_zero") { 4 => v128_load32_zero }
                /// Loads 64 bits into the low lane; the others become zero.
                V128Load64Zero (simd "v128.load64_zero") { 8 => v128_load64_zero }
            }
            vector_load_lane {
                /// Loads one lane.
                V128Load8Lane (simd "v128.load8_lane") { u8 [16] }
                /// Loads one lane.
                V128Load16Lane (simd "v128.load16_lane") { u16 [8] }
                /// Loads one lane.
                V128Load32Lane (simd "v128.load32_lane") { u32 [4] }
                /// Loads one lane.
                V128Load64Lane (simd "v128.load64_lane") { u64 [2] }
            }
            vector_store_lane {
                /// Stores one lane.
                V128Store8Lane (simd "v128.store8_lane") { u8 [16] }
                /// Stores one lane.
                V128Store16Lane (simd "v128.store16_lane") { u16 [8] }
                /// Stores one lane.
                V128Store32Lane (simd "v128.store32_lane") { u32 [4] }
                /// Stores one lane.
                V128Store64Lane (simd "v128.store64_lane") { u64 [2] }
            }
            atomic_load {
                /// Loads 32 bits atomically.
                I32AtomicLoad (threads "i32.atomic.load") { u32 => i32 }
                /// Loads 64 bits atomically.
                I64AtomicLoad (threads "i64.atomic.load") { u64 => i64 }
                /// Loads 8 bits atomically.
                I32AtomicLoad8U (threads "i32.atomic.load8_u") { u8 => i32 }
                /// Loads 16 bits atomically.
                I32AtomicLoad16U (threads "i32.atomic.load16_u") { u16 => i32 }
                /// Loads 8 bits atomically.
                I64AtomicLoad8U (threads "i64.atomic.load8_u") { u8 => i64 }
                /// Loads 16 bits atomically.
                I64AtomicLoad16U (threads "i64.atomic.load16_u") { u16 => i64 }
                /// Loads 32 bits atomically.
                I64AtomicLoad32U (threads "i64.atomic.load32_u") { u32 => i64 }
            }
            atomic_store {
                /// Stores 32 bits atomically.
                I32AtomicStore (threads "i32.atomic.store") { i32 => u32 }
                /// Stores 64 bits atomically.
                I64AtomicStore (threads "i64.atomic.store") { i64 => u64 }
                /// Stores 8 bits atomically.
                I32AtomicStore8 (threads "i32.atomic.store8") { i32 => u8 }
                /// Stores 16 bits atomically.
                I32AtomicStore16 (threads "i32.atomic.store16") { i32 => u16 }
                /// Stores 8 bits atomically.
                I64AtomicStore8 (threads "i64.atomic.store8") { i64 => u8 }
                /// Stores 16 bits atomically.
                I64AtomicStore16 (threads "i64.atomic.store16") { i64 => u16 }
                /// Stores 32 bits atomically.
                I64AtomicStore32 (threads "i64.atomic.store32") { i64 => u32 }
            }
            atomic_rmw {
                /// Adds to 32 bits atomically; the old value.
                I32AtomicRmwAdd (threads "i32.atomic.rmw.add") { u32 => i32, add }
                /// Adds to 64 bits atomically; the old value.
                I64AtomicRmwAdd (threads "i64.atomic.rmw.add") { u64 => i64, add }
                /// Adds to 8 bits atomically; the old value.
                I32AtomicRmw8AddU (threads "i32.atomic.rmw8.add_u") { u8 => i32, add }
                /// Adds to 16 bits atomically; the old value.
                I32AtomicRmw16AddU (threads "i32.atomic.rmw16.add_u") { u16 => i32, add }
                /// Adds to 8 bits atomically; the old value.
                I64AtomicRmw8AddU (threads "i64.atomic.rmw8.add_u") { u8 => i64, add }
                /// Adds to 16 bits atomically; the old value.
                I64AtomicRmw16AddU (threads "i64.atomic.rmw16.add_u") { u16 => i64, add }
                /// Adds to 32 bits atomically; the old value.
                I64AtomicRmw32AddU (threads "i64.atomic.rmw32.add_u") { u32 => i64, add }
                /// Subtracts from 32 bits atomically; the old value.
                I32AtomicRmwSub (threads "i32.atomic.rmw.sub") { u32 => i32, sub }
                /// Subtracts from 64 bits atomically; the old value.
                I64AtomicRmwSub (threads "i64.atomic.rmw.sub") { u64 => i64, sub }
                /// Subtracts from 8 bits atomically; the old value.
                I32AtomicRmw8SubU (threads "i32.atomic.rmw8.sub_u") { u8 => i32, sub }
                /// Subtracts from 16 bits atomically; the old value.
                I32AtomicRmw16SubU (threads "i32.atomic.rmw16.sub_u") { u16 => i32, sub }
                /// Subtracts from 8 bits atomically; the old value.
                I64AtomicRmw8SubU (threads "i64.atomic.rmw8.sub_u") { u8 => i64, sub }
                /// Subtracts from 16 bits atomically; the old value.
                I64AtomicRmw16SubU (threads "i64.atomic.rmw16.sub_u") { u16 => i64, sub }
                /// Subtracts from 32 bits atomically; the old value.
                I64AtomicRmw32SubU (threads "i64.atomic.rmw32.sub_u") { u32 => i64, sub }
                /// Masks 32 bits atomically; the old value.
                I32AtomicRmwAnd (threads "i32.atomic.rmw.and") { u32 => i32, and }
                /// Masks 64 bits atomically; the old value.
                I64AtomicRmwAnd (threads "i64.atomic.rmw.and") { u64 => i64, and }
                /// Masks 8 bits atomically; the old value.
                I32AtomicRmw8AndU (threads "i32.atomic.rmw8.and_u") { u8 => i32, and }
                /// Masks 16 bits atomically; the old value.
                I32AtomicRmw16AndU (threads "i32.atomic.rmw16.and_u") { u16 => i32, and }
                /// Masks 8 bits atomically; the old value.
                I64AtomicRmw8AndU (threads "i64.atomic.rmw8.and_u") { u8 => i64, and }
                /// Masks 16 bits atomically; the old value.
                I64AtomicRmw16AndU (threads "i64.atomic.rmw16.and_u") { u16 => i64, and }
                /// Masks 32 bits atomically; the old value.
                I64AtomicRmw32AndU (threads "i64.atomic.rmw32.and_u") { u32 => i64, and }
                /// Sets bits of 32 bits atomically; the old value.
                I32AtomicRmwOr (threads "i32.atomic.rmw.or") { u32 => i32, or }
                /// Sets bits of 64 bits atomically; the old value.
                I64AtomicRmwOr (threads "i64.atomic.rmw.or") { u64 => i64, or }
                /// Sets bits of 8 bits atomically; the old value.
                I32AtomicRmw8OrU (threads "i32.atomic.rmw8.or_u") { u8 => i32, or }
                /// Sets bits of 16 bits atomically; the old value.
                I32AtomicRmw16OrU (threads "i32.atomic.rmw16.or_u") { u16 => i32, or }
                /// Sets bits of 8 bits atomically; the old value.
                I64AtomicRmw8OrU (threads "i64.atomic.rmw8.or_u") { u8 => i64, or }
                /// Sets bits of 16 bits atomically; the old value.
                I64AtomicRmw16OrU (threads "i64.atomic.rmw16.or_u") { u16 => i64, or }
                /// Sets bits of 32 bits atomically; the old value.
                I64AtomicRmw32OrU (threads "i64.atomic.rmw32.or_u") { u32 => i64, or }
                /// Flips bits of 32 bits atomically; the old value.
                I32AtomicRmwXor (threads "i32.atomic.rmw.xor") { u32 => i32, xor }
                /// Flips bits of 64 bits atomically; the old value.
                I64AtomicRmwXor (threads "i64.atomic.rmw.xor") { u64 => i64, xor }
                /// Flips bits of 8 bits atomically; the old value.
                I32AtomicRmw8XorU (threads "i32.atomic.rmw8.xor_u") { u8 => i32, xor }
                /// Flips bits of 16 bits atomically; the old value.
                I32AtomicRmw16XorU (threads "i32.atomic.rmw16.xor_u") { u16 => i32, xor }
                /// Flips bits of 8 bits atomically; the old value.
                I64AtomicRmw8XorU (threads "i64.atomic.rmw8.xor_u") { u8 => i64, xor }
                /// Flips bits of 16 bits atomically; the old value.
                I64AtomicRmw16XorU (threads "i64.atomic.rmw16.xor_u") { u16 => i64, xor }
                /// Flips bits of 32 bits atomically; the old value.
                I64AtomicRmw32XorU (threads "i64.atomic.rmw32.xor_u") { u32 => i64, xor }
                /// Replaces 32 bits atomically; the old value.
                I32AtomicRmwXchg (threads "i32.atomic.rmw.xchg") { u32 => i32, xchg }
                /// Replaces 64 bits atomically; the old value.
                I64AtomicRmwXchg (threads "i64.atomic.rmw.xchg") { u64 => i64, xchg }
                /// Replaces 8 bits atomically; the old value.
                I32AtomicRmw8XchgU (threads "i32.atomic.rmw8.xchg_u") { u8 => i32, xchg }
                /// Replaces 16 bits atomically; the old value.
                I32AtomicRmw16XchgU (threads "i32.atomic.rmw16.xchg_u") { u16 => i32, xchg }
                /// Replaces 8 bits atomically; the old value.
                I64AtomicRmw8XchgU (threads "i64.atomic.rmw8.xchg_u") { u8 => i64, xchg }
                /// Replaces 16 bits atomically; the old value.
                I64AtomicRmw16XchgU (threads "i64.atomic.rmw16.xchg_u") { u16 => i64, xchg }
                /// Replaces 32 bits atomically; the old value.
                I64AtomicRmw32XchgU (threads "i64.atomic.rmw32.xchg_u") { u32 => i64, xchg }
            }
            atomic_cmpxchg {
                /// Replaces 32 bits atomically if they are as expected; the old value.
                I32AtomicRmwCmpxchg (threads "i32.atomic.rmw.cmpxchg") { u32 => i32 }
                /// Replaces 64 bits atomically if they are as expected; the old value.
                I64AtomicRmwCmpxchg (threads "i64.atomic.rmw.cmpxchg") { u64 => i64 }
                /// Replaces 8 bits atomically if they are as expected; the old value.
                I32AtomicRmw8CmpxchgU (threads "i32.atomic.rmw8.cmpxchg_u") { u8 => i32 }
                /// Replaces 16 bits atomically if they are as expected; the old value.
                I32AtomicRmw16CmpxchgU (threads "i32.atomic.rmw16.cmpxchg_u") { u16 => i32 }
                /// Replaces 8 bits atomically if they are as expected; the old value.
                I64AtomicRmw8CmpxchgU (threads "i64.atomic.rmw8.cmpxchg_u") { u8 => i64 }
                /// Replaces 16 bits atomically if they are as expected; the old value.
                I64AtomicRmw16CmpxchgU (threads "i64.atomic.rmw16.cmpxchg_u") { u16 => i64 }
                /// Replaces 32 bits atomically if they are as expected; the old value.
                I64AtomicRmw32CmpxchgU (threads "i64.atomic.rmw32.cmpxchg_u") { u32 => i64 }
            }
            hand {
                /// Traps.
                Unreachable (mvp "unreachable") { [] }
                /// Does nothing.
                Nop (mvp "nop") { [] }
                /// Opens a block.
                Block (mvp "block") { [block_type] }
                /// Opens a loop.
                Loop (mvp "loop") { [block_type] }
                /// Opens a conditional block.
                If (mvp "if") { [block_type] }
                /// Starts the other half of a conditional block.
                Else (mvp "else") { [] }
                /// Ends a block.
                End (mvp "end") { [] }
                /// Branches.
                Br (mvp "br") { [label] }
                /// Branches if the operand is not zero.
                BrIf (mvp "br_if") { [label] }
                /// Branches to the label that the operand selects.
                BrTable (mvp "br_table") { [label_table] }
                /// Leaves the function.
                Return (mvp "return") { [] }
                /// Calls a function.
                Call (mvp "call") { [func] }
                /// Calls a function in a table.
                CallIndirect (mvp "call_indirect") { [type table] }
                /// Calls a function in place of the caller.
                ReturnCall (tail_call "return_call") { [func] }
                /// Calls a function in a table in place of the caller.
                ReturnCallIndirect (tail_call "return_call_indirect") { [type table] }
                /// Calls a function reference.
                CallRef (function_references "call_ref") { [type] }
                /// Calls a function reference in place of the caller.
                ReturnCallRef (function_references "return_call_ref") { [type] }
                /// Discards a value.
                Drop (mvp "drop") { [] }
                /// One of two values.
                Select (mvp "select") { [] }
                /// One of two values of a given type.
                TypedSelect (reference_types "select") { [val_type] }
                /// One of two lists of values of given types.
                TypedSelectMulti (reference_types "select") { [val_types] }
                /// Reads a local.
                LocalGet (mvp "local.get") { [local] }
                /// Writes a local.
                LocalSet (mvp "local.set") { [local] }
                /// Writes a local and keeps the value.
                LocalTee (mvp "local.tee") { [local] }
                /// Reads a global.
                GlobalGet (mvp "global.get") { [global] }
                /// Writes a global.
                GlobalSet (mvp "global.set") { [global] }
                /// A constant.
                I32Const (mvp "i32.const") { [i32] }
                /// A constant.
                I64Const (mvp "i64.const") { [i64] }
                /// A constant.
                F32Const (mvp "f32.const") { [f32] }
                /// A constant.
                F64Const (mvp "f64.const") { [f64] }
                /// A constant.
                V128Const (simd "v128.const") { [v128] }
                /// Stores a vector.
                V128Store (simd "v128.store") { [memarg] }
                /// Picks lanes of two vectors.
                I8x16Shuffle (simd "i8x16.shuffle") { [lanes] }
                /// The size of a memory in pages.
                MemorySize (mvp "memory.size") { [memory] }
                /// Grows a memory; its old size, or -1.
                MemoryGrow (mvp "memory.grow") { [memory] }
                /// Copies within or between memories.
                MemoryCopy (bulk_memory "memory.copy") { [memory memory] }
                /// Fills a range of a memory.
                MemoryFill (bulk_memory "memory.fill") { [memory] }
                /// Copies from a data segment.
                MemoryInit (bulk_memory "memory.init") { [data memory] }
                /// Drops a data segment.
                DataDrop (bulk_memory "data.drop") { [data] }
                /// Reads an element.
                TableGet (reference_types "table.get") { [table] }
                /// Writes an element.
                TableSet (reference_types "table.set") { [table] }
                /// The size of a table.
                TableSize (reference_types "table.size") { [table] }
                /// Grows a table; its old size, or -1.
                TableGrow (reference_types "table.grow") { [table] }
                /// Fills a range of a table.
                TableFill (reference_types "table.fill") { [table] }
                /// Copies within or between tables.
                TableCopy (bulk_memory "table.copy") { [table table] }
                /// Copies from an element segment.
                TableInit (bulk_memory "table.init") { [elem table] }
                /// Drops an element segment.
                ElemDrop (bulk_memory "elem.drop") { [elem] }
                /// A null reference.
                RefNull (reference_types "ref.null") { [heap_type] }
                /// Whether a reference is null.
                RefIsNull (reference_types "ref.is_null") { [] }
                /// A reference to a function.
                RefFunc (reference_types "ref.func") { [func] }
                /// Whether two references are the same.
                RefEq (gc "ref.eq") { [] }
                /// Traps on null.
                RefAsNonNull (function_references "ref.as_non_null") { [] }
                /// Branches on null.
                BrOnNull (function_references "br_on_null") { [label] }
                /// Branches on a reference that is not null.
                BrOnNonNull (function_references "br_on_non_null") { [label] }
                /// An unboxed integer as a reference.
                RefI31 (gc "ref.i31") { [] }
                /// The integer of an `i31`, sign-extended.
                I31GetS (gc "i31.get_s") { [] }
                /// The integer of an `i31`, zero-extended.
                I31GetU (gc "i31.get_u") { [] }
                /// Whether a reference is of a type, and not null.
                RefTestNonNull (gc "ref.test") { [heap_type] }
                /// Whether a reference is null or of a type.
                RefTestNullable (gc "ref.test") { [heap_type] }
                /// Traps unless a reference is of a type, and not null.
                RefCastNonNull (gc "ref.cast") { [heap_type] }
                /// Traps unless a reference is null or of a type.
                RefCastNullable (gc "ref.cast") { [heap_type] }
                /// Branches if a reference is of a type.
                BrOnCast (gc "br_on_cast") { [label ref_type ref_type] }
                /// Branches unless a reference is of a type.
                BrOnCastFail (gc "br_on_cast_fail") { [label ref_type ref_type] }
                /// A host reference as an internal one.
                AnyConvertExtern (gc "any.convert_extern") { [] }
                /// An internal reference as a host one.
                ExternConvertAny (gc "extern.convert_any") { [] }
                /// Allocates a struct.
                StructNew (gc "struct.new") { [type] }
                /// Allocates a struct of default values.
                StructNewDefault (gc "struct.new_default") { [type] }
                /// Reads a field.
                StructGet (gc "struct.get") { [type field] }
                /// Reads a packed field, sign-extended.
                StructGetS (gc "struct.get_s") { [type field] }
                /// Reads a packed field, zero-extended.
                StructGetU (gc "struct.get_u") { [type field] }
                /// Writes a field.
                StructSet (gc "struct.set") { [type field] }
                /// Allocates an array of one value.
                ArrayNew (gc "array.new") { [type] }
                /// Allocates an array of default values.
                ArrayNewDefault (gc "array.new_default") { [type] }
                /// Allocates an array of the operands.
                ArrayNewFixed (gc "array.new_fixed") { [type count] }
                /// Allocates an array from a data segment.
                ArrayNewData (gc "array.new_data") { [type data] }
                /// Allocates an array from an element segment.
                ArrayNewElem (gc "array.new_elem") { [type elem] }
                /// Reads an element.
                ArrayGet (gc "array.get") { [type] }
                /// Reads a packed element, sign-extended.
                ArrayGetS (gc "array.get_s") { [type] }
                /// Reads a packed element, zero-extended.
                ArrayGetU (gc "array.get_u") { [type] }
                /// Writes an element.
                ArraySet (gc "array.set") { [type] }
                /// The length of an array.
                ArrayLen (gc "array.len") { [] }
                /// Fills a range of an array.
                ArrayFill (gc "array.fill") { [type] }
                /// Copies between arrays.
                ArrayCopy (gc "array.copy") { [type type] }
                /// Copies from a data segment.
                ArrayInitData (gc "array.init_data") { [type data] }
                /// Copies from an element segment.
                ArrayInitElem (gc "array.init_elem") { [type elem] }
                /// Opens a block with handlers.
                TryTable (exceptions "try_table") { [try_table] }
                /// Throws a new exception.
                Throw (exceptions "throw") { [tag] }
                /// Throws an exception again.
                ThrowRef (exceptions "throw_ref") { [] }
                /// Wakes waiting threads.
                MemoryAtomicNotify (threads "memory.atomic.notify") { [memarg] }
                /// Waits on 32 bits.
                MemoryAtomicWait32 (threads "memory.atomic.wait32") { [memarg] }
                /// Waits on 64 bits.
                MemoryAtomicWait64 (threads "memory.atomic.wait64") { [memarg] }
                /// Orders memory accesses.
                AtomicFence (threads "atomic.fence") { [ordering] }
                /// Adds two 128-bit integers.
                I64Add128 (wide_arithmetic "i64.add128") { [] }
                /// Subtracts two 128-bit integers.
                I64Sub128 (wide_arithmetic "i64.sub128") { [] }
                /// The 128-bit product of two signed integers.
                I64MulWideS (wide_arithmetic "i64.mul_wide_s") { [] }
                /// The 128-bit product of two unsigned integers.
                I64MulWideU (wide_arithmetic "i64.mul_wide_u") { [] }
            }
        }
    };
}
