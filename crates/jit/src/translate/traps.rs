//! How code stops: by an instruction that faults, or by a call of the runtime.

use super::function::Shim;
use crate::lower::Traps;
use crate::trap::{UNREACHABLE, code};
use cranelift_codegen::ir::{FuncRef, InstBuilder, Value, types::I32};
use cranelift_frontend::FunctionBuilder;
use sarsen_abi::Exit;
use sarsen_isa::Trap;

/// What it takes to stop.
pub(super) struct TrapEmitter {
    pub(super) vm: Value,
    /// The shim that stops, unless instructions fault.
    pub(super) raise: Option<FuncRef>,
}

impl TrapEmitter {
    /// The shim that it may need.
    pub(super) const SHIM: Shim = Shim::Raise;

    /// Stops here; nothing follows.
    pub(super) fn trap(&mut self, b: &mut FunctionBuilder<'_>, trap: Trap) {
        match self.raise {
            None => {
                b.ins().trap(code(trap));
            }
            Some(raise) => {
                let exit = b.ins().iconst(I32, i64::from(Exit::trap(trap).0));
                b.ins().call(raise, &[self.vm, exit]);
                b.ins().trap(UNREACHABLE);
            }
        }
    }
}

impl Traps for TrapEmitter {
    fn trap_if(&mut self, b: &mut FunctionBuilder<'_>, condition: Value, trap: Trap) {
        if self.raise.is_none() {
            b.ins().trapnz(condition, code(trap));
            return;
        }
        let (stop, go) = (b.create_block(), b.create_block());
        b.set_cold_block(stop);
        b.ins().brif(condition, stop, &[], go, &[]);
        b.seal_block(stop);
        b.seal_block(go);
        b.switch_to_block(stop);
        self.trap(b, trap);
        b.switch_to_block(go);
    }

    fn can_fault(&self) -> bool {
        self.raise.is_none()
    }
}
