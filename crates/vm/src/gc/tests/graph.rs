//! Random object graphs against a model that knows what is reachable.

use super::*;
use proptest::prelude::*;
use sarsen_abi::{i31_to_ref, is_i31};
use std::collections::HashMap;

/// Roots that the mutator has.
const ROOTS: usize = 6;

/// What it does.
#[derive(Clone, Debug)]
enum Step {
    /// A new array of this many references, into a root.
    Allocate { root: usize, len: u32 },
    /// One root's array refers to another's.
    Link { from: usize, at: u32, to: usize },
    /// A root goes to what its array refers to.
    Follow { root: usize, at: u32 },
    /// A root becomes null.
    Drop { root: usize },
    /// Collects, and compares.
    Collect,
}

fn step() -> impl Strategy<Value = Step> {
    let len = prop_oneof![8 => 1u32..8, 3 => 20u32..400, 1 => 4_000u32..20_000];
    prop_oneof![
        6 => (0..ROOTS, len).prop_map(|(root, len)| Step::Allocate { root, len }),
        8 => (0..ROOTS, any::<u32>(), 0..ROOTS).prop_map(|(from, at, to)| Step::Link { from, at, to }),
        3 => (0..ROOTS, any::<u32>()).prop_map(|(root, at)| Step::Follow { root, at }),
        2 => (0..ROOTS).prop_map(|root| Step::Drop { root }),
        1 => Just(Step::Collect),
    ]
}

/// Arrays by reference: what their elements refer to. The first element is their number, unboxed.
struct Model {
    test: Fixture,
    base: u64,
    arrays: HashMap<u32, Vec<u32>>,
    roots: [u32; ROOTS],
    made: u32,
}

impl Model {
    fn new() -> Model {
        let mut test = Fixture::new(32 << 20);
        let base = test.live();
        crate::testing::push(&mut test.store, &[0; ROOTS]);
        Model { test, base, arrays: HashMap::new(), roots: [0; ROOTS], made: 0 }
    }

    fn root(&mut self, root: usize, reference: u32) {
        self.roots[root] = reference;
        // SAFETY: the slots were pushed.
        unsafe { *self.test.store.stack_base.add(root) = u64::from(reference) };
    }

    fn apply(&mut self, step: &Step) {
        match *step {
            Step::Allocate { root, len } => {
                let array = self.test.array(REFS, len);
                self.made += 1;
                self.test.set(array, FieldKind::HeapRef, 0, u64::from(i31_to_ref(self.made)));
                let mut elements = vec![0; len as usize];
                elements[0] = i31_to_ref(self.made);
                self.arrays.insert(array, elements);
                self.root(root, array);
            }
            Step::Link { from, at, to } => {
                let (from, to) = (self.roots[from], self.roots[to]);
                let Some(elements) = self.arrays.get_mut(&from) else { return };
                let at = at % elements.len() as u32;
                if at > 0 {
                    elements[at as usize] = to;
                    self.test.set(from, FieldKind::HeapRef, at, u64::from(to));
                }
            }
            Step::Follow { root, at } => {
                let Some(elements) = self.arrays.get(&self.roots[root]) else { return };
                let to = elements[at as usize % elements.len()];
                if !is_i31(to) {
                    self.root(root, to);
                }
            }
            Step::Drop { root } => self.root(root, 0),
            Step::Collect => self.collect(),
        }
    }

    /// After a collection, exactly what is reachable is alive, and as it was.
    fn collect(&mut self) {
        let mut reachable = HashMap::new();
        let mut open: Vec<u32> = self.roots.to_vec();
        while let Some(reference) = open.pop() {
            if reference != 0 && !is_i31(reference) && !reachable.contains_key(&reference) {
                let elements = self.arrays[&reference].clone();
                open.extend(&elements);
                reachable.insert(reference, elements);
            }
        }
        let bytes = reachable.values().map(|elements| (8 + 4 * elements.len() as u64).next_multiple_of(8));
        assert_eq!(self.test.live() - self.base, bytes.sum::<u64>());
        for (&reference, elements) in &reachable {
            assert_eq!(self.test.store.array_len(reference) as usize, elements.len());
            for (at, &element) in (0..).zip(elements) {
                assert_eq!(self.test.get(reference, FieldKind::HeapRef, at), u64::from(element));
            }
        }
        self.arrays = reachable;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_reachable_stays_as_it_is(steps in prop::collection::vec(step(), 1..300)) {
        let mut model = Model::new();
        steps.iter().for_each(|step| model.apply(step));
        model.collect();
    }
}
