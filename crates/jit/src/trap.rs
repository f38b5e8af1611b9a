//! Traps as Cranelift numbers them.
//!
//! Traps that Cranelift's own instructions raise have numbers of its own; all others have the table's.

use cranelift_codegen::ir::TrapCode;
use sarsen_isa::Trap;

/// Traps that both number, by Cranelift's number.
const SHARED: [(TrapCode, Trap); 5] = [
    (TrapCode::STACK_OVERFLOW, Trap::StackOverflow),
    (TrapCode::INTEGER_OVERFLOW, Trap::IntegerOverflow),
    (TrapCode::HEAP_OUT_OF_BOUNDS, Trap::MemoryOutOfBounds),
    (TrapCode::INTEGER_DIVISION_BY_ZERO, Trap::IntegerDivisionByZero),
    (TrapCode::BAD_CONVERSION_TO_INTEGER, Trap::BadConversionToInteger),
];

/// What follows a call that does not return.
pub(crate) const UNREACHABLE: TrapCode = TrapCode::unwrap_user(200);

/// The code of a trap.
pub(crate) fn code(trap: Trap) -> TrapCode {
    let shared = SHARED.iter().find(|shared| shared.1 == trap);
    shared.map_or_else(|| TrapCode::unwrap_user(trap as u8 + 1), |shared| shared.0)
}

/// The trap with a code; none if it is not a guest's.
pub(crate) fn trap(code: TrapCode) -> Option<Trap> {
    if let Some(shared) = SHARED.iter().find(|shared| shared.0 == code) {
        return Some(shared.1);
    }
    Trap::from_index(u32::from(code.as_raw().get()) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_back_to_traps() {
        for &known in Trap::ALL {
            assert_eq!(trap(code(known)), Some(known));
        }
        assert_eq!(trap(UNREACHABLE), None);
    }
}
