//! Values with a memory: the resource `accumulator`.

use crate::Calculator;
use crate::exports::sarsen::calculator::accumulators::{
    Accumulator as Handle, AccumulatorBorrow, Guest, GuestAccumulator, Operator, Step,
};
use crate::expressions;
use std::cell::{Cell, RefCell};

thread_local! {
    /// How many accumulators there are.
    static ALIVE: Cell<u32> = const { Cell::new(0) };
}

/// What a handle stands for.
pub(crate) struct Accumulator {
    value: Cell<f64>,
    steps: RefCell<Vec<Step>>,
}

impl Accumulator {
    fn with(value: f64, steps: Vec<Step>) -> Self {
        ALIVE.set(ALIVE.get() + 1);
        Accumulator { value: Cell::new(value), steps: RefCell::new(steps) }
    }
}

impl Drop for Accumulator {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
    }
}

impl Guest for Calculator {
    type Accumulator = Accumulator;

    fn largest(all: Vec<Handle>) -> Option<Handle> {
        let value = |handle: &Handle| handle.get::<Accumulator>().value.get();
        all.into_iter().max_by(|a, b| value(a).total_cmp(&value(b)))
    }

    fn alive() -> u32 {
        ALIVE.get()
    }
}

impl GuestAccumulator for Accumulator {
    fn new(start: f64) -> Self {
        Accumulator::with(start, vec![Step::Start(start)])
    }

    fn from_text(text: String) -> Result<Handle, String> {
        let start = expressions::eval(&text, &[]).map_err(|error| format!("{error:?}"))?;
        Ok(Handle::new(<Accumulator as GuestAccumulator>::new(start)))
    }

    fn total(all: Vec<AccumulatorBorrow<'_>>) -> f64 {
        all.iter().map(|accumulator| accumulator.get::<Accumulator>().value.get()).sum()
    }

    fn value(&self) -> f64 {
        self.value.get()
    }

    fn apply(&self, operator: Operator, operand: f64) -> f64 {
        self.value.set(operator.apply(self.value.get(), operand));
        self.steps.borrow_mut().push(Step::Apply((operator, operand)));
        self.value.get()
    }

    fn absorb(&self, other: Handle) {
        let other: Accumulator = other.into_inner();
        self.value.set(self.value.get() + other.value.get());
        self.steps.borrow_mut().push(Step::Absorb(other.steps.borrow().len() as u32));
    }

    fn fork(&self) -> Handle {
        Handle::new(Accumulator::with(self.value.get(), self.steps.borrow().clone()))
    }

    fn steps(&self) -> Vec<Step> {
        self.steps.take()
    }
}
