//! The registers of the virtual machine and how an instruction says what comes next.
//!
//! The registers are exactly the arguments of a threaded handler: eight, so that all of them stay in machine registers
//! under the C conventions of x86_64, aarch64 and riscv64. What instructions do with them is in [`crate::exec`]; how
//! one handler reaches the next, in [`crate::dispatch`].
//!
//! # Invariants
//!
//! - `ip` points at the first word of an instruction inside the code of a function that is alive as long as its
//!   module, or at one of the static stubs of [`crate::dispatch`].
//! - `fp` points into the store's value stack, and every slot number in an instruction at `ip` is inside the frame
//!   that the function's `enter` instruction checked against the stack's limit.
//! - `mem..mem + len` is accessible guest memory (memory 0 of `ctx`).
//! - `ctx` is a live instance, and `(*ctx).store` its store, to which this thread has exclusive access.
//! - an `i32` or `f32` in a slot is zero-extended to 64 bits, and so is an `i32` in `acc`.

use sarsen_abi::{Slot, VmInstance, VmMemory, VmStore};
use sarsen_isa::Trap;
use std::sync::atomic::Ordering::Relaxed;

/// Position in translated code.
pub(crate) type Ip = *const u64;
/// First slot of a frame.
pub(crate) type Sp = *mut Slot;

/// The machine's registers.
#[derive(Clone, Copy)]
pub(crate) struct Machine {
    /// The running instance.
    pub(crate) ctx: *mut VmInstance,
    /// The current instruction, until its body moves it to the next.
    pub(crate) ip: Ip,
    /// The current frame.
    pub(crate) fp: Sp,
    /// Address of byte 0 of memory 0.
    pub(crate) mem: *mut u8,
    /// Accessible bytes of memory 0.
    pub(crate) len: u64,
    /// The integer accumulator; also carries the return address into a callee.
    pub(crate) acc: u64,
    /// The `f32` accumulator.
    pub(crate) f: f32,
    /// The `f64` accumulator.
    pub(crate) d: f64,
}

/// What an instruction asks for when it is done.
#[derive(Clone, Copy)]
pub(crate) enum Flow {
    /// Execute the instruction at `ip`.
    Next,
    /// Stop with a trap at `ip`.
    Trap(Trap),
    /// Control went to `ip`, and the countdown of polls ran out.
    Poll,
    /// An access to memory 0 was outside `len`: trap, unless another thread has grown the memory meanwhile.
    Recheck,
    /// Run the body's slow path, a function of its own so that the fast path needs no frame.
    Slow,
    /// The activation is over: the exit word is in `acc`.
    Exit,
}

/// One instruction of the machine.
pub(crate) trait Body {
    /// Its number: dense, the same in every dispatch form.
    const ID: u16;

    /// Executes it.
    ///
    /// # Safety
    /// The registers must satisfy the invariants of the machine, with `m.ip` at an instruction of this kind.
    unsafe fn run(m: &mut Machine) -> Flow;

    /// What `Flow::Slow` asks for.
    ///
    /// # Safety
    /// As for [`Body::run`], whose last result must have been `Flow::Slow`.
    unsafe fn slow(m: &mut Machine) -> Flow {
        let _ = m;
        Flow::Trap(Trap::UnreachableCodeReached)
    }
}

impl Machine {
    /// The 16-bit payload at byte `at` of the current instruction.
    ///
    /// # Safety
    /// The instruction must be long enough.
    #[inline(always)]
    pub(crate) unsafe fn u16_at(&self, at: usize) -> u16 {
        // SAFETY: `ip` points at an instruction that has this payload.
        unsafe { *self.ip.cast::<u8>().add(at).cast::<u16>() }
    }

    /// The 32-bit payload at byte `at`.
    ///
    /// # Safety
    /// As for [`Machine::u16_at`].
    #[inline(always)]
    pub(crate) unsafe fn u32_at(&self, at: usize) -> u32 {
        // SAFETY: `ip` points at an instruction that has this payload.
        unsafe { *self.ip.cast::<u8>().add(at).cast::<u32>() }
    }

    /// The 64-bit payload at byte `at`.
    ///
    /// # Safety
    /// As for [`Machine::u16_at`].
    #[inline(always)]
    pub(crate) unsafe fn u64_at(&self, at: usize) -> u64 {
        // SAFETY: `ip` points at an instruction that has this payload.
        unsafe { *self.ip.cast::<u8>().add(at).cast::<u64>() }
    }

    /// The slot whose number is the 16-bit payload at byte `at`.
    ///
    /// # Safety
    /// As for [`Machine::u16_at`]; the payload must be a slot of the frame.
    #[inline(always)]
    pub(crate) unsafe fn slot(&self, at: usize) -> Sp {
        // SAFETY: slot numbers in code are inside the frame that `enter` checked.
        unsafe { self.fp.add(self.u16_at(at) as usize) }
    }

    /// Moves on to the instruction `words` further.
    ///
    /// # Safety
    /// There must be one.
    #[inline(always)]
    pub(crate) unsafe fn advance(&mut self, words: usize) {
        // SAFETY: the translator ends every function with an instruction that does not advance.
        self.ip = unsafe { self.ip.add(words) };
    }

    /// The instruction at `offset` bytes from the current one.
    ///
    /// # Safety
    /// There must be one.
    #[inline(always)]
    pub(crate) unsafe fn target(&self, offset: u32) -> Ip {
        // SAFETY: branch offsets in code lead to instructions of the same function.
        unsafe { self.ip.byte_offset(offset as i32 as isize) }
    }

    /// The store.
    ///
    /// # Safety
    /// `ctx` must be live.
    #[inline(always)]
    pub(crate) unsafe fn store(&self) -> *mut VmStore {
        // SAFETY: `ctx` is live.
        unsafe { (*self.ctx).store }
    }

    /// Reads base and length of memory 0 again, after anything that may have changed them or the instance.
    ///
    /// # Safety
    /// `ctx` must be live.
    #[inline(always)]
    pub(crate) unsafe fn reload_memory(&mut self) {
        // SAFETY: `memory0` of a live instance is never null.
        let memory: &VmMemory = unsafe { &*(*self.ctx).memory0 };
        self.mem = memory.base;
        self.len = memory.len.load(Relaxed);
    }
}

const _: () = assert!(size_of::<Machine>() == size_of::<[u64; 8]>());

/// Runs `f` on a copy of the machine, out of line.
///
/// A handler's jump to the next one is a sibling call only if no pointer into its frame can be alive by then. So the
/// registers go there by value, and come back through the store.
///
/// # Safety
/// `ctx` must be live, and still be when `f` is done, if maybe another one of the same store.
#[inline(always)]
pub(crate) unsafe fn aside<F: FnOnce(&mut Machine) -> Flow>(m: &mut Machine, f: F) -> Flow {
    #[inline(never)]
    #[expect(clippy::too_many_arguments, reason = "the machine's registers are the arguments")]
    unsafe fn call<F: FnOnce(&mut Machine) -> Flow>(
        ctx: *mut VmInstance,
        ip: Ip,
        fp: Sp,
        mem: *mut u8,
        len: u64,
        acc: u64,
        f: f32,
        d: f64,
        run: F,
    ) -> Flow {
        let mut m = Machine { ctx, ip, fp, mem, len, acc, f, d };
        let flow = run(&mut m);
        // SAFETY: by contract; the store's copy has a machine's size, and words are aligned for it.
        unsafe { (&raw mut (*m.store()).registers).cast::<Machine>().write(m) };
        flow
    }
    // SAFETY: by contract; `call` has just written the store's copy.
    unsafe {
        let registers = (&raw const (*m.store()).registers).cast::<Machine>();
        let flow = call(m.ctx, m.ip, m.fp, m.mem, m.len, m.acc, m.f, m.d, f);
        *m = registers.read();
        flow
    }
}
