//! Walking the frames of stopped code: for backtraces and for unwinding.
//!
//! It changes nothing: [`crate::entry`] makes a backtrace of what it finds, [`crate::unwind`] goes there.
//!
//! # Invariants
//!
//! The position, frame and instance that a walk starts with are those that running code left in its store when it
//! stopped or called out.

use crate::code::{FuncCode, ModuleCode};
use crate::exec::call::{BRIDGE_SLOTS, frame_distance};
use crate::machine::{Ip, Sp};
use sarsen_abi::VmInstance;
use std::sync::Arc;

/// A frame of a function, found by a walk.
pub(crate) struct Found {
    /// Its code.
    pub(crate) code: Arc<FuncCode>,
    /// Where it stands: inside the instruction that it executes.
    pub(crate) position: Ip,
    /// Its frame pointer.
    pub(crate) fp: Sp,
    /// Its instance.
    pub(crate) instance: *mut VmInstance,
}

/// A walk from the innermost frame of an activation to its outermost.
pub(crate) struct Walk {
    position: Ip,
    fp: Sp,
    instance: *mut VmInstance,
    /// The innermost bridge that has not been crossed yet.
    bridge: Sp,
}

impl Walk {
    /// Starts at a position inside the instruction that the innermost frame executes.
    ///
    /// # Safety
    /// All must be as running code left them; `bridge` is the stack's limit at that moment.
    pub(crate) unsafe fn new(bridge: Sp, position: Ip, fp: Sp, instance: *mut VmInstance) -> Walk {
        Walk { position, fp, instance, bridge }
    }

    /// The next frame outwards.
    ///
    /// # Safety
    /// The frames must still be as they were.
    pub(crate) unsafe fn next(&mut self) -> Option<Found> {
        // SAFETY: positions outside of functions are stubs; a bridge has been pushed for each bridge stub.
        unsafe {
            let module = ModuleCode::of(self.instance);
            let stubs = module.stubs();
            while stubs.is_stub(self.position) {
                if stubs.is_halt(self.position) {
                    return None;
                }
                self.cross_bridge();
            }
            let code = ModuleCode::of(self.instance).find(self.position)?;
            let found = Found { position: self.position, fp: self.fp, instance: self.instance, code };
            let (bias, header) = found.code.frame_at(found.position);
            let start = self.fp.sub(bias);
            let header = self.fp.offset(header);
            let ret: Ip = std::ptr::with_exposed_provenance(*header as usize);
            self.fp = start.sub(frame_distance(ret));
            self.position = ret.sub(1);
            Some(found)
        }
    }

    /// Moves to the caller's side of the innermost bridge.
    ///
    /// # Safety
    /// There must be one.
    unsafe fn cross_bridge(&mut self) {
        // SAFETY: by contract.
        unsafe {
            let ret: Ip = std::ptr::with_exposed_provenance(*self.bridge as usize);
            self.position = ret.sub(1);
            self.fp = std::ptr::with_exposed_provenance_mut(*self.bridge.add(1) as usize);
            self.instance = std::ptr::with_exposed_provenance_mut(*self.bridge.add(2) as usize);
            self.bridge = self.bridge.add(BRIDGE_SLOTS);
        }
    }

    /// The stack limit as it was when the frame found last was the innermost.
    pub(crate) fn bridge(&self) -> Sp {
        self.bridge
    }
}
