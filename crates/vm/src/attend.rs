//! What running code is asked for between two of its steps: to stop, to let the embedder look at a deadline that has
//! passed, and to go on with more fuel. Where code looks is the tiers' matter; which deadlines there are, the embedder's.
//!
//! # Invariants
//!
//! Code that attends stands as at a call of a builtin: the embedder may run other code of the store meanwhile, grow memories,
//! and collect.

use crate::error::{HostError, Panic};
use crate::store::StoreInner;
use sarsen_abi::{Exit, Slot, VmInstance, VmStore};
use sarsen_isa::Trap;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A bit of what code is asked for: to stop. It is taken by the code that does.
pub const INTERRUPT: u32 = 1;

/// Another: a deadline has passed. It stays until there is another deadline.
pub const DEADLINE: u32 = 1 << 1;

/// What the embedder does with the data of its store when code attends.
#[derive(Clone, Copy, Debug, Default)]
pub struct Attendant {
    /// A deadline has passed: whether code goes on. None: it traps.
    pub deadline: Option<PassDeadline>,
    /// There is less fuel than this, or a portion of it is used up: whether code goes on, if there is as much by then. None:
    /// it traps, or goes on with the next portion.
    pub fuel: Option<Refuel>,
}

/// What is called with the embedder's data when a deadline has passed.
pub(crate) type PassDeadline = unsafe fn(*mut c_void) -> Result<(), HostError>;

/// What is called with the embedder's data when there is less fuel than this.
pub(crate) type Refuel = unsafe fn(*mut c_void, u64) -> Result<(), HostError>;

impl StoreInner {
    /// Where other threads ask code of this store.
    pub fn asked(&self) -> &Arc<AtomicU32> {
        &self.asked
    }

    /// Who is told when code attends.
    pub fn attendant(&mut self) -> &mut Attendant {
        &mut self.attendant
    }

    /// Whether code is asked for something.
    #[inline]
    pub(crate) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed) != 0
    }

    /// Whether code must stop, whatever the embedder says of its deadline; a request is taken.
    pub fn must_stop(&self) -> bool {
        let asked = self.asked.load(Ordering::Relaxed);
        if asked & INTERRUPT != 0 {
            self.asked.fetch_and(!INTERRUPT, Ordering::Relaxed);
        }
        asked & INTERRUPT != 0 || asked & DEADLINE != 0 && self.attendant.deadline.is_none()
    }

    /// Does what code is asked for; if it fails, code stops so.
    ///
    /// # Errors
    /// If code is to stop.
    #[cold]
    pub fn attend(&mut self) -> Result<(), Exit> {
        if self.must_stop() {
            return Err(Trap::Interrupt.into());
        }
        match self.attendant.deadline {
            Some(deadline) if self.asked.load(Ordering::Relaxed) & DEADLINE != 0 => {
                // SAFETY: the data are those for which the attendant was made.
                self.embedder(|data| unsafe { deadline(data) })
            }
            _ => Ok(()),
        }
    }

    /// Makes sure that there is so much fuel, from the reserve or by the embedder.
    ///
    /// # Errors
    /// If there is not: nothing has been taken.
    #[cold]
    pub fn refuel(&mut self, cost: u64) -> Result<(), Exit> {
        if let Some(fuel) = self.attendant.fuel {
            // SAFETY: as above.
            self.embedder(|data| unsafe { fuel(data, cost) })?;
        }
        self.take_portion(cost);
        if self.active_fuel() >= cost { Ok(()) } else { Err(Trap::OutOfFuel.into()) }
    }

    /// Calls the embedder, whose panics do not unwind code.
    fn embedder(&mut self, call: impl FnOnce(*mut c_void) -> Result<(), HostError>) -> Result<(), Exit> {
        let data = self.host_data;
        let result = catch_unwind(AssertUnwindSafe(|| call(data)));
        let result = result.unwrap_or_else(|payload| Err(HostError::Error(Box::new(Panic::new(payload)))));
        result.map_err(|error| self.fail(error))
    }

    // Fuel

    /// Charges for work on `bytes` that one operator is about to do: fuel, and time until the next poll. It is called when
    /// the operands are known not to trap, and before anything is done. Long work is charged piece by piece, because a
    /// request to stop ends it here; between pieces, memories can grow, and move.
    ///
    /// # Errors
    /// If code is to stop.
    pub fn spend(&mut self, bytes: u64) -> Result<(), Exit> {
        let bulk = sarsen_isa::fuel::bulk_cost(bytes);
        let cost = i64::try_from(bulk).unwrap_or(i64::MAX);
        if self.vm.fuel < cost {
            self.refuel(bulk)?;
        }
        self.vm.fuel -= cost;
        self.vm.countdown = self.vm.countdown.saturating_sub(cost);
        if self.is_asked() { self.attend() } else { Ok(()) }
    }

    /// Charges for work on `bytes` that the embedder is about to do for a guest. Where others could have their turn, but not
    /// now, because a function of the embedder's is on the stack, their turns stay for the code that runs next: the end of a
    /// portion of fuel, and a deadline that the embedder looks at.
    ///
    /// # Errors
    /// If code is to stop.
    pub fn charge(&mut self, bytes: u64) -> Result<(), Exit> {
        if !self.keeps_turns() {
            return self.spend(bytes);
        }
        let cost = sarsen_isa::fuel::bulk_cost(bytes);
        if self.fuel() < cost {
            self.refuel(cost)?;
        }
        // At most what there is.
        let active = self.active_fuel().min(cost);
        self.vm.fuel -= active as i64;
        self.fuel_reserve -= cost - active;
        self.vm.countdown = self.vm.countdown.saturating_sub_unsigned(cost);
        if self.must_stop() { Err(Trap::Interrupt.into()) } else { Ok(()) }
    }

    /// Fuel left.
    pub fn fuel(&self) -> u64 {
        self.active_fuel().saturating_add(self.fuel_reserve)
    }

    /// Sets the fuel that is left.
    pub fn set_fuel(&mut self, fuel: u64) {
        (self.vm.fuel, self.fuel_reserve) = (0, fuel);
        self.take_portion(0);
    }

    /// Lets code have its fuel in portions, between which it attends.
    pub fn set_fuel_portion(&mut self, portion: u64) {
        self.fuel_portion = portion.max(1);
        self.set_fuel(self.fuel());
    }

    /// Whether there is fuel behind the portion that code has.
    pub fn has_fuel_reserve(&self) -> bool {
        self.fuel_reserve > 0
    }

    /// What code has.
    fn active_fuel(&self) -> u64 {
        u64::try_from(self.vm.fuel).unwrap_or(0)
    }

    /// Gives code a portion of the reserve, or as much as it needs, if there is so much.
    fn take_portion(&mut self, needed: u64) {
        let active = self.active_fuel();
        let wanted = self.fuel_portion.max(needed.saturating_sub(active));
        let most = i64::MAX as u64 - active;
        let portion = self.fuel_reserve.min(wanted).min(most);
        self.fuel_reserve -= portion;
        self.vm.fuel = (active + portion) as i64;
    }
}

/// Whether code must stop: as [`StoreInner::must_stop`], for code that has only the address.
///
/// # Safety
/// `store` must be live and exclusively the caller's.
pub unsafe fn must_stop(store: *mut VmStore) -> bool {
    // SAFETY: by contract.
    unsafe { StoreInner::of(store) }.must_stop()
}

/// [`StoreInner::attend`] for code of any tier.
///
/// # Safety
/// As for builtins: the calling instance is live, and code has noted where it stands.
pub unsafe extern "C" fn attend(instance: *mut VmInstance, _: *mut Slot, _: u64) -> Exit {
    // SAFETY: by contract.
    unsafe { StoreInner::of((*instance).store) }.attend().into()
}

/// [`StoreInner::refuel`] for code of any tier.
///
/// # Safety
/// As for [`attend`].
pub unsafe extern "C" fn refuel(instance: *mut VmInstance, _: *mut Slot, cost: u64) -> Exit {
    // SAFETY: by contract.
    unsafe { StoreInner::of((*instance).store) }.refuel(cost).into()
}

#[cfg(test)]
mod tests {
    use crate::{Store, StoreConfig};
    use sarsen_abi::Exit;
    use sarsen_isa::Trap;
    use std::sync::Arc;

    fn store() -> Store {
        Store::new(&Arc::default(), StoreConfig::default()).unwrap()
    }

    #[test]
    fn fuel_is_all_there_however_it_is_portioned() {
        let mut store = store();
        for portion in [1, 7, 1000, u64::MAX] {
            for fuel in [0, 1, 999, u64::from(u32::MAX), i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX] {
                store.set_fuel(fuel);
                store.set_fuel_portion(portion);
                assert_eq!(store.fuel(), fuel, "{portion}");
                assert_eq!(store.has_fuel_reserve(), fuel > portion.min(i64::MAX as u64));
            }
        }
    }

    #[test]
    fn the_embedder_charges_for_work_beyond_a_portion() {
        let mut store = store();
        store.set_fuel(1000);
        store.set_fuel_portion(100);
        assert_eq!(store.charge(64 * 250), Ok(()));
        assert_eq!((store.fuel(), store.active_fuel()), (750, 0), "the next portion is for code to ask for");
        assert_eq!(store.charge(64 * 751), Err(Trap::OutOfFuel.into()));
        assert_eq!(store.charge(64 * 750), Ok(()));
        assert_eq!(store.fuel(), 0);
    }

    #[test]
    fn fuel_that_is_not_enough_stays() {
        let mut store = store();
        store.set_fuel_portion(10);
        store.set_fuel(25);
        assert_eq!(store.refuel(26), Err(Exit::trap(Trap::OutOfFuel)));
        assert_eq!(store.fuel(), 25);
        assert_eq!(store.refuel(25), Ok(()));
        assert_eq!((store.fuel(), store.vm.fuel), (25, 25));
    }

    #[test]
    fn a_request_to_stop_is_taken_and_a_deadline_stays() {
        let mut store = store();
        let asked = Arc::clone(store.asked());
        let ask = |what| asked.fetch_or(what, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(store.attend(), Ok(()));
        ask(super::INTERRUPT);
        assert_eq!(store.attend(), Err(Exit::trap(Trap::Interrupt)));
        assert_eq!(store.attend(), Ok(()));
        ask(super::DEADLINE);
        for _ in 0..2 {
            assert_eq!(store.attend(), Err(Exit::trap(Trap::Interrupt)));
        }
        store.attendant().deadline = Some(|_| Ok(()));
        assert_eq!(store.attend(), Ok(()));
    }
}
