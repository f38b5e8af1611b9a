//! What is known of a function that the interpreter has been found in, and what is to be done about it.

use super::Part;
use sarsen_interp::{Compiled, Look, Place};
use std::collections::HashMap;

/// Frames of a function that are told apart.
const FRAMES: usize = 4;

/// A function that has been looked at.
#[derive(Debug, Default)]
pub(super) struct Heat {
    /// What it has taken altogether, in the queue's units.
    spent: u64,
    /// What calls of it have taken that may still be going on, by address of the frame.
    frames: Vec<(usize, u64)>,
    function: State,
    /// By module offset.
    loops: HashMap<u32, State>,
}

/// Code that there may be.
#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    None,
    Wanted,
    Compiled(Compiled),
    Refused,
}

/// What follows from a look.
#[derive(Debug)]
pub(super) enum Step {
    /// Nothing.
    GoOn,
    /// The code at hand goes on there.
    Move(Compiled),
    /// This is worth compiling, by so much.
    Compile(Part, u64),
}

impl Heat {
    /// A function for which there may be code from the beginning.
    pub(super) fn of(compiled: Option<Compiled>) -> Heat {
        Heat { function: compiled.map_or(State::None, State::Compiled), ..Heat::default() }
    }

    /// Notes a look, before which so much has been spent. Code is worth `worth`.
    pub(super) fn look(&mut self, look: &Look, spent: u64, worth: u64) -> Step {
        self.spent += spent;
        let in_frame = self.in_frame(look, spent);
        // Where loops are compiled first, calls go on to be counted.
        let loops = self.loops.values().filter(|state| !matches!(state, State::None)).count() as u64;
        let is_waiting = self.loops.values().any(|state| matches!(state, State::Wanted));
        let is_hot = matches!(self.function, State::None) && self.spent >= worth.saturating_mul(1 + loops);
        if let Place::Loop { offset, operands } = look.place {
            let found = self.loops.entry(offset).or_default();
            // There is a next look for those who have to go on, and none for a function that starts with its loop.
            if let State::Compiled(compiled) = *found
                && !is_hot
            {
                return Step::Move(compiled);
            }
            // A call that has lasted for long may last on: code for the function would come too late for it. The code for one
            // of its loops takes it over, and others have to wait for what comes of that.
            let lasts = in_frame >= worth.div_ceil(2) && self.spent >= worth;
            if lasts && !is_waiting && matches!(found, State::None) {
                *found = State::Wanted;
                // Another loop of the call has to prove itself.
                self.frames.retain(|frame| frame.0 != look.frame);
                return Step::Compile(Part::Loop { function: look.function, offset, operands }, self.spent);
            }
        }
        if is_hot {
            self.function = State::Wanted;
            return Step::Compile(Part::Function(look.function), self.spent);
        }
        Step::GoOn
    }

    /// What the call at hand has taken. An address that is left and used again looks like one call, unless the new one is
    /// found at its start.
    fn in_frame(&mut self, look: &Look, spent: u64) -> u64 {
        let known = self.frames.iter().position(|frame| frame.0 == look.frame);
        let at = match known {
            Some(at) => at,
            None if self.frames.len() < FRAMES => {
                self.frames.push((look.frame, 0));
                self.frames.len() - 1
            }
            None => {
                let least = (0..FRAMES).min_by_key(|&at| self.frames[at].1).unwrap_or_default();
                self.frames[least] = (look.frame, 0);
                least
            }
        };
        let frame = &mut self.frames[at];
        frame.1 = if look.place == Place::Entry { spent } else { frame.1 + spent };
        frame.1
    }

    /// The function is to be compiled, hot or not: false if that is under way or over.
    pub(super) fn want(&mut self) -> bool {
        let is_new = matches!(self.function, State::None);
        if is_new {
            self.function = State::Wanted;
        }
        is_new
    }

    /// Notes what has become of something that was wanted.
    pub(super) fn done(&mut self, part: Part, compiled: Option<Compiled>) {
        let state = compiled.map_or(State::Refused, State::Compiled);
        match part {
            Part::Loop { offset, .. } => {
                self.loops.insert(offset, state);
            }
            Part::Function(_) => self.function = state,
        }
    }

    /// What it has taken altogether.
    pub(super) fn spent(&self) -> u64 {
        self.spent
    }

    /// The function's code.
    pub(super) fn compiled(&self) -> Option<Compiled> {
        match self.function {
            State::Compiled(compiled) => Some(compiled),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOP: Place = Place::Loop { offset: 7, operands: 3 };

    fn look(place: Place, frame: usize) -> Look {
        Look { function: 1, place, frame, call: None }
    }

    fn compiled() -> Compiled {
        unsafe extern "C" fn enter(
            _: *mut std::ffi::c_void,
            _: *const std::ffi::c_void,
            _: *mut u64,
            _: *mut sarsen_abi::VmStore,
        ) -> sarsen_abi::Exit {
            sarsen_abi::Exit::OK
        }
        Compiled { enter, native: std::ptr::null() }
    }

    #[test]
    fn many_calls_make_a_function_hot() {
        let mut heat = Heat::default();
        for frame in 0..9 {
            assert!(matches!(heat.look(&look(LOOP, frame), 10, 100), Step::GoOn), "{frame}");
        }
        assert!(matches!(heat.look(&look(LOOP, 9), 10, 100), Step::Compile(Part::Function(1), 100)));
        assert!(matches!(heat.look(&look(Place::Entry, 10), 100, 100), Step::GoOn), "it is wanted already");
        assert!(heat.compiled().is_none());
        heat.done(Part::Function(1), Some(compiled()));
        assert!(heat.compiled().is_some());
    }

    #[test]
    fn calls_that_last_are_taken_over() {
        let mut heat = Heat::default();
        for _ in 0..9 {
            assert!(matches!(heat.look(&look(LOOP, 5), 10, 100), Step::GoOn));
        }
        let part = Part::Loop { function: 1, offset: 7, operands: 3 };
        assert!(matches!(heat.look(&look(LOOP, 5), 10, 100), Step::Compile(found, 100) if found == part));
        heat.done(part, Some(compiled()));
        assert!(matches!(heat.look(&look(LOOP, 5), 10, 100), Step::Move(_)));
        assert!(matches!(heat.look(&look(Place::Other, 5), 80, 100), Step::GoOn));
        assert!(matches!(heat.look(&look(Place::Other, 5), 10, 100), Step::Compile(Part::Function(1), _)));
    }

    #[test]
    fn loops_are_taken_over_one_at_a_time() {
        let mut heat = Heat::default();
        let at = |offset| look(Place::Loop { offset, operands: 3 }, 5);
        assert!(matches!(heat.look(&at(7), 100, 100), Step::Compile(Part::Loop { offset: 7, .. }, _)));
        for _ in 0..9 {
            assert!(matches!(heat.look(&at(8), 10, 100), Step::GoOn), "the call goes on at the first soon");
        }
        heat.done(Part::Loop { function: 1, offset: 7, operands: 3 }, None);
        assert!(matches!(heat.look(&at(8), 10, 100), Step::Compile(Part::Loop { offset: 8, .. }, _)));
    }

    #[test]
    fn calls_that_start_again_do_not_last() {
        let mut heat = Heat::default();
        for _ in 0..9 {
            assert!(matches!(heat.look(&look(Place::Entry, 5), 5, 100), Step::GoOn));
            assert!(matches!(heat.look(&look(LOOP, 5), 5, 100), Step::GoOn));
        }
        assert!(matches!(heat.look(&look(LOOP, 5), 10, 100), Step::Compile(Part::Function(1), _)));
    }

    #[test]
    fn what_cannot_be_compiled_is_left_alone() {
        let mut heat = Heat::default();
        let part = Part::Loop { function: 1, offset: 7, operands: 3 };
        heat.done(part, None);
        heat.done(Part::Function(1), None);
        for place in [LOOP, Place::Entry, Place::Other] {
            assert!(matches!(heat.look(&look(place, 5), 1000, 100), Step::GoOn));
        }
        assert!(heat.compiled().is_none());
    }
}
