//! Numbers that C alone uses by their names: codes of traps, and kinds that wasm.h does not name.

/// `unreachable` was executed.
pub const SARSEN_TRAP_UNREACHABLE: u32 = 0;
/// A memory access was out of bounds.
pub const SARSEN_TRAP_MEMORY_OUT_OF_BOUNDS: u32 = 1;
/// A table access was out of bounds.
pub const SARSEN_TRAP_TABLE_OUT_OF_BOUNDS: u32 = 2;
/// A call went past the end of the table.
pub const SARSEN_TRAP_UNDEFINED_ELEMENT: u32 = 3;
/// A call hit a null element.
pub const SARSEN_TRAP_UNINITIALIZED_ELEMENT: u32 = 4;
/// A call hit a function of another type.
pub const SARSEN_TRAP_INDIRECT_CALL_TYPE_MISMATCH: u32 = 5;
/// An integer was divided by zero.
pub const SARSEN_TRAP_INTEGER_DIVIDE_BY_ZERO: u32 = 6;
/// An integer has no room for a result.
pub const SARSEN_TRAP_INTEGER_OVERFLOW: u32 = 7;
/// What is not a number was converted to an integer.
pub const SARSEN_TRAP_INVALID_CONVERSION_TO_INTEGER: u32 = 8;
/// The stack is exhausted.
pub const SARSEN_TRAP_STACK_OVERFLOW: u32 = 9;
/// A null reference was used.
pub const SARSEN_TRAP_NULL_REFERENCE: u32 = 10;
/// A null function reference was called.
pub const SARSEN_TRAP_NULL_FUNCTION_REFERENCE: u32 = 11;
/// A null structure reference was accessed.
pub const SARSEN_TRAP_NULL_STRUCTURE_REFERENCE: u32 = 12;
/// A null array reference was accessed.
pub const SARSEN_TRAP_NULL_ARRAY_REFERENCE: u32 = 13;
/// A null `i31` reference was unpacked.
pub const SARSEN_TRAP_NULL_I31_REFERENCE: u32 = 14;
/// A null exception reference was thrown.
pub const SARSEN_TRAP_NULL_EXCEPTION_REFERENCE: u32 = 15;
/// An array access was out of bounds.
pub const SARSEN_TRAP_ARRAY_OUT_OF_BOUNDS: u32 = 16;
/// A reference was cast to a type that it has not.
pub const SARSEN_TRAP_CAST_FAILURE: u32 = 17;
/// An atomic access was not aligned.
pub const SARSEN_TRAP_UNALIGNED_ATOMIC: u32 = 18;
/// Code waited on a memory that is not shared.
pub const SARSEN_TRAP_EXPECTED_SHARED_MEMORY: u32 = 19;
/// The heap of the garbage collector cannot hold another object.
pub const SARSEN_TRAP_HEAP_EXHAUSTED: u32 = 20;
/// Fuel ran out.
pub const SARSEN_TRAP_OUT_OF_FUEL: u32 = 21;
/// The host asked the code to stop.
pub const SARSEN_TRAP_INTERRUPTED: u32 = 22;

/// Kinds of values that wasm.h does not name. A vector has no form in a `wasm_val_t`: functions with them cannot be called.
pub const SARSEN_V128: u8 = 4;
/// A reference into the guest's heap.
pub const SARSEN_ANYREF: u8 = 130;
/// A reference to an exception.
pub const SARSEN_EXNREF: u8 = 131;

/// A kind of what can be imported that wasm.h does not name: a tag of exceptions.
pub const SARSEN_EXTERN_TAG: u8 = 4;

#[cfg(test)]
mod tests {
    use sarsen::Trap;

    /// The traps that C knows by the words of the specification, and Rust by others.
    const RENAMED: [(Trap, &str); 9] = [
        (Trap::UnreachableCodeReached, "UNREACHABLE"),
        (Trap::IndirectCallToNull, "UNINITIALIZED_ELEMENT"),
        (Trap::BadSignature, "INDIRECT_CALL_TYPE_MISMATCH"),
        (Trap::IntegerDivisionByZero, "INTEGER_DIVIDE_BY_ZERO"),
        (Trap::BadConversionToInteger, "INVALID_CONVERSION_TO_INTEGER"),
        (Trap::HeapMisaligned, "UNALIGNED_ATOMIC"),
        (Trap::AtomicWaitNonSharedMemory, "EXPECTED_SHARED_MEMORY"),
        (Trap::AllocationTooLarge, "HEAP_EXHAUSTED"),
        (Trap::Interrupt, "INTERRUPTED"),
    ];

    /// The end of a name in C.
    fn name_of(trap: Trap) -> String {
        if let Some((_, name)) = RENAMED.iter().find(|(renamed, _)| *renamed == trap) {
            return (*name).to_owned();
        }
        let mut name = String::new();
        for letter in format!("{trap:?}").chars() {
            // `I31` is one word, as a digit is no capital letter.
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.push(letter.to_ascii_uppercase());
        }
        name
    }

    #[test]
    fn every_trap_has_a_code_of_its_name() {
        let source = include_str!("numbers.rs");
        for &trap in Trap::ALL {
            let line = format!("pub const SARSEN_TRAP_{}: u32 = {};", name_of(trap), trap as u32);
            assert!(source.contains(&line), "no `{line}`");
        }
    }
}
