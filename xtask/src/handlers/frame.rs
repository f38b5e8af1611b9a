//! What a function's machine code does with the stack, and how it leaves.
//!
//! It decodes a function from its first byte to its last and knows no instruction of the interpreter.

use super::binary::{Binary, Function};
use iced_x86::{
    Decoder, DecoderOptions, FlowControl, Formatter, Instruction, InstructionInfoFactory, IntelFormatter,
    OpKind, Register,
};
use std::fmt;

/// Something that a handler should not do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// Moves the stack pointer: a prologue or its end.
    Prologue { text: String },
    /// Reads or writes the stack.
    Spill { text: String },
    /// Calls.
    Call { text: String },
    /// Returns, so that the jump to it must have been a call.
    Return { text: String },
    /// Leaves by a direct jump that does not lead to a slow function, or through an address that is not the code's.
    Exit { text: String },
    /// The bytes are not instructions, or run on behind the end.
    Undecodable { text: String },
}

impl Fault {
    /// Whether an exception may allow it: slow perhaps, but not wrong.
    pub(super) fn is_excusable(&self) -> bool {
        matches!(self, Fault::Prologue { .. } | Fault::Spill { .. } | Fault::Call { .. })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Prologue { text } => write!(f, "moves the stack pointer: {text}"),
            Fault::Spill { text } => write!(f, "uses the stack: {text}"),
            Fault::Call { text } => write!(f, "calls: {text}"),
            Fault::Return { text } => write!(f, "returns: {text}"),
            Fault::Exit { text } => write!(f, "leaves to where it must not: {text}"),
            Fault::Undecodable { text } => write!(f, "is no code: {text}"),
        }
    }
}

/// Everything wrong with a function, in the order of its code.
pub(super) fn faults(binary: &Binary<'_>, function: &Function<'_>) -> Vec<Fault> {
    let inside = function.address..function.address + function.code.len() as u64;
    let may_go = |target: u64| inside.contains(&target) || binary.is_slow(target);
    faults_in(function.code, function.address, may_go)
}

/// The faults of code at `address` that may jump to where `may_go` allows.
fn faults_in(code: &[u8], address: u64, may_go: impl Fn(u64) -> bool) -> Vec<Fault> {
    let mut info = InstructionInfoFactory::new();
    let mut faults = Vec::new();
    let mut falls_through = true;
    for instruction in &mut Decoder::with_ip(64, code, address, DecoderOptions::NONE) {
        faults.extend(fault(&mut info, &instruction, &may_go));
        falls_through = !matches!(
            instruction.flow_control(),
            FlowControl::UnconditionalBranch
                | FlowControl::IndirectBranch
                | FlowControl::Return
                | FlowControl::Exception
                // A last call is one that never returns; that it calls has been noted.
                | FlowControl::Call
                | FlowControl::IndirectCall
        );
    }
    if falls_through {
        faults.push(Fault::Undecodable { text: "runs on behind its end".to_owned() });
    }
    faults
}

/// The gravest fault of one instruction.
fn fault(
    info: &mut InstructionInfoFactory,
    instruction: &Instruction,
    may_go: &impl Fn(u64) -> bool,
) -> Option<Fault> {
    let text = || text_of(instruction);
    match instruction.flow_control() {
        FlowControl::Return => return Some(Fault::Return { text: text() }),
        FlowControl::Call | FlowControl::IndirectCall => return Some(Fault::Call { text: text() }),
        FlowControl::UnconditionalBranch | FlowControl::ConditionalBranch
            if !may_go(instruction.near_branch_target()) =>
        {
            return Some(Fault::Exit { text: text() });
        }
        // The next handler's address comes from the code stream; a fixed cell leads out of the interpreter.
        FlowControl::IndirectBranch
            if instruction.op0_kind() == OpKind::Memory
                && (instruction.is_ip_rel_memory_operand()
                    || instruction.memory_base() == Register::None) =>
        {
            return Some(Fault::Exit { text: text() });
        }
        // `ud2` ends what cannot be reached; other ways to the system are not a handler's.
        FlowControl::Exception if instruction.is_invalid() => {
            return Some(Fault::Undecodable { text: text() });
        }
        FlowControl::Interrupt => return Some(Fault::Exit { text: text() }),
        _ => {}
    }
    let used = info.info(instruction);
    let stack = |register: Register| register.full_register() == Register::RSP;
    if instruction.stack_pointer_increment() != 0
        || used.used_registers().iter().any(|used| stack(used.register()) && writes(used.access()))
    {
        return Some(Fault::Prologue { text: text() });
    }
    used.used_registers().iter().any(|used| stack(used.register())).then(|| Fault::Spill { text: text() })
}

fn writes(access: iced_x86::OpAccess) -> bool {
    use iced_x86::OpAccess::{CondWrite, ReadCondWrite, ReadWrite, Write};
    matches!(access, Write | CondWrite | ReadWrite | ReadCondWrite)
}

fn text_of(instruction: &Instruction) -> String {
    let mut text = format!("{:#x}: ", instruction.ip());
    IntelFormatter::new().format(instruction, &mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOW: u64 = 0x2000;

    fn judge(code: &[u8]) -> Vec<Fault> {
        let end = 0x1000 + code.len() as u64;
        faults_in(code, 0x1000, |target| target == SLOW || (0x1000..end).contains(&target))
    }

    fn is(faults: &[Fault], expected: fn(&Fault) -> bool) -> bool {
        matches!(faults, [fault] if expected(fault))
    }

    #[test]
    fn jumps_through_the_code_stream_are_exits() {
        // mov eax, [rsi+16]; add rsi, 16; jmp [rsi]
        assert_eq!(judge(&[0x8b, 0x46, 0x10, 0x48, 0x83, 0xc6, 0x10, 0xff, 0x26]), []);
        // jmp rax
        assert_eq!(judge(&[0xff, 0xe0]), []);
        // jmp [rip+0x10]
        let foreign = judge(&[0xff, 0x25, 0x10, 0, 0, 0]);
        assert!(is(&foreign, |fault| matches!(fault, Fault::Exit { .. })), "{foreign:?}");
    }

    #[test]
    fn direct_jumps_lead_to_slow_functions() {
        // jmp 0x2000
        assert_eq!(judge(&[0xe9, 0xfb, 0x0f, 0, 0]), []);
        // jmp 0x3000
        let foreign = judge(&[0xe9, 0xfb, 0x1f, 0, 0]);
        assert!(is(&foreign, |fault| matches!(fault, Fault::Exit { .. })), "{foreign:?}");
        // jae 0x3000; jmp [rsi]
        let foreign = judge(&[0x0f, 0x83, 0xfa, 0x1f, 0, 0, 0xff, 0x26]);
        assert!(is(&foreign, |fault| matches!(fault, Fault::Exit { .. })), "{foreign:?}");
    }

    #[test]
    fn frames_are_faults() {
        // push rbx; pop rbx; jmp [rsi]
        let pushes = judge(&[0x53, 0x5b, 0xff, 0x26]);
        assert!(pushes.iter().all(|fault| matches!(fault, Fault::Prologue { .. })), "{pushes:?}");
        assert_eq!(pushes.len(), 2);
        // sub rsp, 8; jmp [rsi]
        let moves = judge(&[0x48, 0x83, 0xec, 0x08, 0xff, 0x26]);
        assert!(is(&moves, |fault| matches!(fault, Fault::Prologue { .. })), "{moves:?}");
        // mov [rsp-8], rdi; jmp [rsi]: the red zone needs no prologue
        let spills = judge(&[0x48, 0x89, 0x7c, 0x24, 0xf8, 0xff, 0x26]);
        assert!(is(&spills, |fault| matches!(fault, Fault::Spill { .. })), "{spills:?}");
    }

    #[test]
    fn calls_returns_and_open_ends_are_faults() {
        // call 0x2000; jmp [rsi]: not even to a slow function
        let calls = judge(&[0xe8, 0xfb, 0x0f, 0, 0, 0xff, 0x26]);
        assert!(is(&calls, |fault| matches!(fault, Fault::Call { .. })), "{calls:?}");
        // ret
        let returns = judge(&[0xc3]);
        assert!(
            is(&returns, |fault| matches!(fault, Fault::Return { .. }) && !fault.is_excusable()),
            "{returns:?}"
        );
        // nop
        let open = judge(&[0x90]);
        assert!(is(&open, |fault| matches!(fault, Fault::Undecodable { .. })), "{open:?}");
        // A byte that starts nothing.
        assert!(!judge(&[0x06]).is_empty());
    }
}
