//! Loads and stores at an address: what is read, written, extended and wrapped.

use super::cast;
use cranelift_codegen::ir::{
    AtomicRmwOp, InstBuilder, MemFlagsData, Type, Value,
    types::{F32, F64, I8, I8X16, I16, I16X8, I32, I32X4, I64, I64X2},
};
use cranelift_frontend::FunctionBuilder;
use sarsen_isa::{Op, for_each_op};

type Builder<'b> = FunctionBuilder<'b>;

/// A value in memory: its type, and whether it is extended with its sign.
#[derive(Clone, Copy)]
struct Raw(Type, bool);

/// The value in memory with a name of the table.
macro_rules! raw {
    (i8) => {
        Raw(I8, true)
    };
    (u8) => {
        Raw(I8, false)
    };
    (i16) => {
        Raw(I16, true)
    };
    (u16) => {
        Raw(I16, false)
    };
    (i32) => {
        Raw(I32, true)
    };
    (u32) => {
        Raw(I32, false)
    };
    (i64) => {
        Raw(I64, true)
    };
    (u64) => {
        Raw(I64, false)
    };
    (f32) => {
        Raw(F32, false)
    };
    (f64) => {
        Raw(F64, false)
    };
}

/// What an atomic row does.
macro_rules! update {
    (add) => {
        AtomicRmwOp::Add
    };
    (sub) => {
        AtomicRmwOp::Sub
    };
    (and) => {
        AtomicRmwOp::And
    };
    (or) => {
        AtomicRmwOp::Or
    };
    (xor) => {
        AtomicRmwOp::Xor
    };
    (xchg) => {
        AtomicRmwOp::Xchg
    };
}

/// How a memory operator accesses memory.
#[derive(Clone, Copy)]
enum Access {
    /// A value, and the type that it has on the stack.
    Scalar(Raw, Type),
    /// A vector load of so many bytes, by its kernel.
    Vector(u32, VectorLoad),
    /// A lane.
    Lane(Type),
    /// An atomic access of a value with this type on the stack.
    Atomic(Raw, Type),
    /// An atomic update.
    Update(Raw, Type, AtomicRmwOp),
}

type VectorLoad = fn(&mut Builder<'_>, MemFlagsData, Value, i32) -> Value;

/// Expands the table.
macro_rules! expand {
    (
        unary $u:tt unary_trapping $ut:tt binary $bi:tt binary_trapping $bt:tt compare $c:tt
        load { $(#$l_doc:tt $L:ident $l_head:tt { $l_raw:ident => $l_ty:ident })* }
        store { $(#$s_doc:tt $S:ident $s_head:tt { $s_ty:ident => $s_raw:ident })* }
        vector_unary $vu:tt vector_binary $vb:tt vector_ternary $vt:tt vector_extract $ve:tt vector_replace $vr:tt
        vector_load { $(#$vl_doc:tt $VL:ident $vl_head:tt { $vl_bytes:literal => $vl_kernel:ident })* }
        vector_load_lane { $(#$ll_doc:tt $LL:ident $ll_head:tt { $ll_raw:ident $ll_lanes:tt })* }
        vector_store_lane { $(#$sl_doc:tt $SL:ident $sl_head:tt { $sl_raw:ident $sl_lanes:tt })* }
        atomic_load { $(#$al_doc:tt $AL:ident $al_head:tt { $al_raw:ident => $al_ty:ident })* }
        atomic_store { $(#$as_doc:tt $AS:ident $as_head:tt { $as_ty:ident => $as_raw:ident })* }
        atomic_rmw { $(#$ar_doc:tt $AR:ident $ar_head:tt { $ar_raw:ident => $ar_ty:ident, $ar_op:ident })* }
        atomic_cmpxchg { $(#$ac_doc:tt $AC:ident $ac_head:tt { $ac_raw:ident => $ac_ty:ident })* }
        hand $h:tt
    ) => {
        fn access(op: Op) -> Access {
            match op {
                $(Op::$L => Access::Scalar(raw!($l_raw), raw!($l_ty).0),)*
                $(Op::$S => Access::Scalar(raw!($s_raw), raw!($s_ty).0),)*
                $(Op::$VL => Access::Vector($vl_bytes, vectors::$vl_kernel),)*
                $(Op::$LL => Access::Lane(raw!($ll_raw).0),)*
                $(Op::$SL => Access::Lane(raw!($sl_raw).0),)*
                $(Op::$AL => Access::Atomic(raw!($al_raw), raw!($al_ty).0),)*
                $(Op::$AS => Access::Atomic(raw!($as_raw), raw!($as_ty).0),)*
                $(Op::$AR => Access::Update(raw!($ar_raw), raw!($ar_ty).0, update!($ar_op)),)*
                $(Op::$AC => Access::Atomic(raw!($ac_raw), raw!($ac_ty).0),)*
                Op::V128Store => Access::Scalar(Raw(I8X16, false), I8X16),
                _ => unreachable!("{op:?} does not access memory"),
            }
        }
    };
}

for_each_op!(expand);

/// Bytes that an operator accesses.
pub(crate) fn access_bytes(op: Op) -> u32 {
    match access(op) {
        Access::Scalar(Raw(ty, _), _)
        | Access::Atomic(Raw(ty, _), _)
        | Access::Update(Raw(ty, _), ..)
        | Access::Lane(ty) => ty.bytes(),
        Access::Vector(bytes, _) => bytes,
    }
}

/// A value from memory as it is on the stack.
fn extended(b: &mut Builder<'_>, value: Value, Raw(raw, signed): Raw, ty: Type) -> Value {
    match signed {
        _ if raw == ty => value,
        true => b.ins().sextend(ty, value),
        false => b.ins().uextend(ty, value),
    }
}

/// A value from the stack as it is in memory.
fn wrapped(b: &mut Builder<'_>, value: Value, Raw(raw, _): Raw, ty: Type) -> Value {
    if raw == ty { value } else { b.ins().ireduce(raw, value) }
}

/// An address with its offset, for instructions that take none.
fn at(b: &mut Builder<'_>, address: Value, offset: i32) -> Value {
    if offset == 0 { address } else { b.ins().iadd_imm_s(address, i64::from(offset)) }
}

/// Reads a value, extended by the instruction that reads it.
fn scalar(
    b: &mut Builder<'_>,
    Raw(raw, signed): Raw,
    ty: Type,
    flags: MemFlagsData,
    address: Value,
    offset: i32,
) -> Value {
    match (raw, signed) {
        _ if raw == ty => b.ins().load(ty, flags, address, offset),
        (I8, true) => b.ins().sload8(ty, flags, address, offset),
        (I8, false) => b.ins().uload8(ty, flags, address, offset),
        (I16, true) => b.ins().sload16(ty, flags, address, offset),
        (I16, false) => b.ins().uload16(ty, flags, address, offset),
        (_, true) => b.ins().sload32(flags, address, offset),
        (_, false) => b.ins().uload32(flags, address, offset),
    }
}

/// Reads what a load of any kind does.
pub(crate) fn load(b: &mut Builder<'_>, op: Op, flags: MemFlagsData, address: Value, offset: i32) -> Value {
    match access(op) {
        Access::Scalar(raw, ty) => scalar(b, raw, ty, flags, address, offset),
        Access::Vector(_, load) => {
            let value = load(b, flags, address, offset);
            cast(b, value, I8X16)
        }
        Access::Atomic(raw, ty) => {
            let address = at(b, address, offset);
            let value = b.ins().atomic_load(raw.0, flags, address);
            extended(b, value, raw, ty)
        }
        _ => unreachable!("{op:?} is not a load"),
    }
}

/// Writes what a store of any kind does.
pub(crate) fn store(
    b: &mut Builder<'_>,
    op: Op,
    flags: MemFlagsData,
    address: Value,
    offset: i32,
    value: Value,
) {
    match access(op) {
        Access::Scalar(Raw(raw, _), ty) => {
            match raw {
                I8 => b.ins().istore8(flags, value, address, offset),
                I16 => b.ins().istore16(flags, value, address, offset),
                I32 if ty == I64 => b.ins().istore32(flags, value, address, offset),
                _ => b.ins().store(flags, value, address, offset),
            };
        }
        Access::Atomic(raw, ty) => {
            let value = wrapped(b, value, raw, ty);
            let address = at(b, address, offset);
            b.ins().atomic_store(flags, value, address);
        }
        _ => unreachable!("{op:?} is not a store"),
    }
}

/// The vector type with lanes of a type.
fn vector_of(lane: Type) -> Type {
    match lane {
        I8 => I8X16,
        I16 => I16X8,
        I32 => I32X4,
        _ => I64X2,
    }
}

fn lane_type(op: Op) -> Type {
    match access(op) {
        Access::Lane(ty) => ty,
        _ => unreachable!("{op:?} does not access a lane"),
    }
}

/// A vector with a lane from memory.
pub(crate) fn load_lane(
    b: &mut Builder<'_>,
    op: Op,
    flags: MemFlagsData,
    address: Value,
    offset: i32,
    vector: Value,
    lane: u8,
) -> Value {
    let ty = lane_type(op);
    let value = b.ins().load(ty, flags, address, offset);
    let vector = cast(b, vector, vector_of(ty));
    let vector = b.ins().insertlane(vector, value, lane);
    cast(b, vector, I8X16)
}

/// Writes a lane to memory.
pub(crate) fn store_lane(
    b: &mut Builder<'_>,
    op: Op,
    flags: MemFlagsData,
    address: Value,
    offset: i32,
    vector: Value,
    lane: u8,
) {
    let vector = cast(b, vector, vector_of(lane_type(op)));
    let value = b.ins().extractlane(vector, lane);
    b.ins().store(flags, value, address, offset);
}

/// Updates a cell; the old value.
pub(crate) fn atomic_rmw(
    b: &mut Builder<'_>,
    op: Op,
    flags: MemFlagsData,
    address: Value,
    offset: i32,
    operand: Value,
) -> Value {
    let Access::Update(raw, ty, update) = access(op) else { unreachable!("{op:?} is not an update") };
    let operand = wrapped(b, operand, raw, ty);
    let address = at(b, address, offset);
    let old = b.ins().atomic_rmw(raw.0, flags, update, address, operand);
    extended(b, old, raw, ty)
}

/// Replaces a cell's value if it is the expected one; the old value.
pub(crate) fn atomic_cmpxchg(
    b: &mut Builder<'_>,
    op: Op,
    flags: MemFlagsData,
    address: Value,
    offset: i32,
    expected: Value,
    replacement: Value,
) -> Value {
    let Access::Atomic(raw, ty) = access(op) else { unreachable!("{op:?} is not an exchange") };
    let expected = wrapped(b, expected, raw, ty);
    let replacement = wrapped(b, replacement, raw, ty);
    let address = at(b, address, offset);
    let old = b.ins().atomic_cas(flags, address, expected, replacement);
    extended(b, old, raw, ty)
}

/// Vector loads, by the names of their kernels.
mod vectors {
    use super::{Builder, I8, I8X16, I16, I16X8, I32, I32X4, I64, I64X2, InstBuilder, MemFlagsData, Value};

    pub(super) fn v128_load(b: &mut Builder<'_>, flags: MemFlagsData, address: Value, offset: i32) -> Value {
        b.ins().load(I8X16, flags, address, offset)
    }

    /// Loads that widen every lane: kernel and instruction.
    macro_rules! widening {
        ($($name:ident $clif:ident;)*) => {
            $(pub(super) fn $name(b: &mut Builder<'_>, flags: MemFlagsData, address: Value, offset: i32) -> Value {
                b.ins().$clif(flags, address, offset)
            })*
        };
    }

    widening! {
        v128_load8x8_s sload8x8; v128_load8x8_u uload8x8;
        v128_load16x4_s sload16x4; v128_load16x4_u uload16x4;
        v128_load32x2_s sload32x2; v128_load32x2_u uload32x2;
    }

    /// Loads of one lane: kernel, instruction that makes a vector of it, its type, the vector's type.
    macro_rules! lanes {
        ($($name:ident $clif:ident $lane:ident $vector:ident;)*) => {
            $(pub(super) fn $name(b: &mut Builder<'_>, flags: MemFlagsData, address: Value, offset: i32) -> Value {
                let lane = b.ins().load($lane, flags, address, offset);
                b.ins().$clif($vector, lane)
            })*
        };
    }

    lanes! {
        v128_load8_splat splat I8 I8X16; v128_load16_splat splat I16 I16X8;
        v128_load32_splat splat I32 I32X4; v128_load64_splat splat I64 I64X2;
        v128_load32_zero scalar_to_vector I32 I32X4; v128_load64_zero scalar_to_vector I64 I64X2;
    }
}
