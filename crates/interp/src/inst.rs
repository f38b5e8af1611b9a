//! The numbers of the machine's instructions.
//!
//! Instructions come in families: the variants of one instruction (where its operands are), or of every row of a shape
//! in the instruction table. Numbers are dense, and a variant's number is computed, never written down. What an
//! instruction does is in [`crate::exec`], what follows its first word in [`crate::payload`].

use crate::exec::{aggregate, call, compare, control, global, memory, numeric, vector};
use crate::operand::{DIRECTIONS, one};
use crate::table::rows;
use crate::value::Class;
use sarsen_isa::Op;

/// Declares [`Family`] with the rows and the variants per row of each.
macro_rules! families {
    ($($name:ident = $rows:expr, $variants:expr;)*) => {
        /// A family of instructions.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Family { $($name,)* }

        impl Family {
            /// All families, in the order of their numbers.
            pub(crate) const ALL: &[Family] = &[$(Family::$name,)*];

            /// The rows of the instruction table that the family covers; none if it stands for itself.
            pub(crate) const fn rows(self) -> &'static [Op] {
                match self { $(Family::$name => $rows,)* }
            }

            /// The variants of one row.
            pub(crate) const fn variants(self) -> u16 {
                match self { $(Family::$name => $variants,)* }
            }

            /// Its name.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Family::$name => stringify!($name),)* }
            }
        }
    };
}

families! {
    Unary = rows::UNARY, numeric::UNARY_VARIANTS;
    Binary = rows::BINARY, numeric::BINARY_VARIANTS;
    Compare = rows::COMPARE, compare::COMPARE_VARIANTS;
    Branch = rows::COMPARE, compare::BRANCH_VARIANTS;
    Load = rows::LOAD, memory::LOAD_VARIANTS;
    LoadSum = rows::LOAD, memory::LOAD_SUM_VARIANTS;
    LoadAny = rows::LOAD, 1;
    Store = rows::STORE, memory::STORE_VARIANTS;
    StoreAny = rows::STORE, 1;
    VectorUnary = rows::VECTOR_UNARY, 1;
    VectorBinary = rows::VECTOR_BINARY, 1;
    VectorTernary = rows::VECTOR_TERNARY, 1;
    VectorExtract = rows::VECTOR_EXTRACT, 1;
    VectorReplace = rows::VECTOR_REPLACE, 1;
    VectorLoad = rows::VECTOR_LOAD, vector::VECTOR_LOAD_VARIANTS;
    VectorLoadAny = rows::VECTOR_LOAD, 1;
    LoadLane = rows::LOAD_LANE, 1;
    StoreLane = rows::STORE_LANE, 1;
    AtomicLoad = rows::ATOMIC_LOAD, 1;
    AtomicStore = rows::ATOMIC_STORE, 1;
    AtomicRmw = rows::ATOMIC_RMW, 1;
    AtomicCmpxchg = rows::ATOMIC_CMPXCHG, 1;
    BranchTest = &[], control::BRANCH_TEST_VARIANTS;
    BranchMask = &[], control::BRANCH_MASK_VARIANTS;
    Jump = &[], DIRECTIONS;
    AddBranch = &[], DIRECTIONS;
    BranchTable = &[], one::COUNT;
    Select = &[], one::COUNT;
    SelectVector = &[], 1;
    Unreachable = &[], 1;
    Fuel = &[], 1;
    Copy = &[], 1;
    CopyTwo = &[], 1;
    CopySpan = &[], 1;
    CopyAcc = &[], Class::COUNT;
    ConstSigned = &[], 1;
    ConstUnsigned = &[], 1;
    ConstWide = &[], 1;
    ConstVector = &[], 1;
    FarGet = &[], 1;
    FarSet = &[], 1;
    GlobalGet = &[], global::GLOBAL_GET_VARIANTS;
    GlobalSet = &[], global::GLOBAL_SET_VARIANTS;
    GlobalGetVector = &[], 1;
    GlobalSetVector = &[], 1;
    GlobalGetImported = &[], 1;
    GlobalSetImported = &[], 1;
    GlobalGetImportedVector = &[], 1;
    GlobalSetImportedVector = &[], 1;
    Enter = &[], call::ENTER_VARIANTS;
    EnterFar = &[], 1;
    EnterCompiled = &[], 1;
    Return = &[], call::RETURN_VARIANTS;
    ReturnNone = &[], 1;
    ReturnFar = &[], 1;
    LeaveFar = &[], 1;
    Call = &[], 1;
    CallImported = &[], 1;
    CallIndirect = &[], one::COUNT;
    CallRef = &[], one::COUNT;
    ReturnCall = &[], 1;
    ReturnCallImported = &[], 1;
    ReturnCallIndirect = &[], 1;
    ReturnCallRef = &[], 1;
    Halt = &[], 1;
    ReturnBridge = &[], 1;
    CallBuiltin = &[], 1;
    ThrowRef = &[], 1;
    VectorStore = &[], 1;
    VectorStoreAny = &[], 1;
    Shuffle = &[], 1;
    Add128 = &[], 1;
    Sub128 = &[], 1;
    MulWideS = &[], 1;
    MulWideU = &[], 1;
    NullCheck = &[], 1;
    RefI31 = &[], 1;
    I31GetS = &[], 1;
    I31GetU = &[], 1;
    RefTest = &[], 1;
    RefCast = &[], 1;
    TableGet = &[], 1;
    TableSet = &[], 1;
    TableSize = &[], 1;
    MemorySize = &[], 1;
    StructGet = &[], aggregate::FIELDS;
    StructSet = &[], aggregate::FIELDS;
    ArrayGet = &[], aggregate::FIELDS;
    ArraySet = &[], aggregate::FIELDS;
    ArrayLen = &[], 1;
    AtomicAddress = &[], 1;
    Fence = &[], 1;
}

/// Numbers that a family takes.
const fn size(family: Family) -> u16 {
    let rows = family.rows().len() as u16;
    (if rows == 0 { 1 } else { rows }) * family.variants()
}

/// The first number of each family, and the count of all numbers behind them.
const BASES: [u16; Family::ALL.len() + 1] = {
    let mut bases = [0; Family::ALL.len() + 1];
    let mut at = 0;
    while at < Family::ALL.len() {
        bases[at + 1] = bases[at] + size(Family::ALL[at]);
        at += 1;
    }
    bases
};

/// How many instructions there are.
pub(crate) const COUNT: usize = BASES[Family::ALL.len()] as usize;

/// The number of a family's first instruction.
pub(crate) const fn base(family: Family) -> u16 {
    BASES[family as usize]
}

/// The number of the first instruction of a row.
pub(crate) const fn row_base(family: Family, op: Op) -> u16 {
    let first = family.rows()[0] as u16;
    base(family) + (op as u16 - first) * family.variants()
}

/// The family, the row and the variant that a number stands for.
pub(crate) fn describe(id: u16) -> Option<(Family, Option<Op>, u16)> {
    let at = BASES.partition_point(|&first| first <= id).checked_sub(1)?;
    let family = *Family::ALL.get(at)?;
    let number = id - BASES[at];
    let row = family.rows().get(usize::from(number / family.variants())).copied();
    Some((family, row, number % family.variants()))
}
