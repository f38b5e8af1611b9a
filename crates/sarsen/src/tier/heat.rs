//! What is known of a function that the interpreter has been found in, and what is to be done about it.

use super::Part;
use sarsen_interp::{Compiled, Look, Place};
use std::collections::HashMap;

/// A function that has been looked at.
#[derive(Debug, Default)]
pub(super) struct Heat {
    /// What it has taken altogether, and what of it in the frame at hand. Units are the queue's.
    spent: u64,
    in_frame: u64,
    frame: usize,
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
    /// Notes a look, before which so much has been spent. Code is worth `worth`.
    pub(super) fn look(&mut self, look: &Look, spent: u64, worth: u64) -> Step {
        self.spent += spent;
        if self.frame != look.frame || matches!(look.place, Place::Entry) {
            (self.frame, self.in_frame) = (look.frame, 0);
        }
        self.in_frame += spent;
        if let Place::Loop { offset, operands } = look.place {
            let found = self.loops.entry(offset).or_default();
            if let State::Compiled(compiled) = *found {
                return Step::Move(compiled);
            }
            // A call that has lasted for long by itself may last on: code for the function would come too late.
            let lasts = self.in_frame >= worth && self.in_frame >= self.spent / 2;
            if lasts && matches!(found, State::None) {
                *found = State::Wanted;
                // Another loop of the call has to prove itself.
                self.in_frame = 0;
                return Step::Compile(Part::Loop { function: look.function, offset, operands }, self.spent);
            }
        }
        // Where loops are compiled first, calls go on to be counted.
        let loops = self.loops.values().filter(|state| !matches!(state, State::None)).count() as u64;
        if matches!(self.function, State::None) && self.spent >= worth.saturating_mul(1 + loops) {
            self.function = State::Wanted;
            return Step::Compile(Part::Function(look.function), self.spent);
        }
        Step::GoOn
    }

    /// Notes what has become of something that was wanted.
    pub(super) fn done(&mut self, part: Part, compiled: Option<Compiled>) {
        let state = compiled.map_or(State::Refused, State::Compiled);
        match part {
            Part::Loop { offset, .. } => {
                self.loops.insert(offset, state);
            }
            Part::Function(_) | Part::StandIn(_) => self.function = state,
        }
    }

    /// The function's code.
    pub(super) fn compiled(&self) -> Option<Compiled> {
        match self.function {
            State::Compiled(compiled) => Some(compiled),
            _ => None,
        }
    }
}
