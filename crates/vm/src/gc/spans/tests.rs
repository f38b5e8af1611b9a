//! Blocks against a model: a set of lines in use.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What happens to a heap.
#[derive(Clone, Debug)]
enum Step {
    Extend(u32),
    TakeLines(u32),
    TakeBlocks(u64),
    /// A collection in which each object survives whose turn in the pattern says so.
    Collect(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (1u32..6).prop_map(Step::Extend),
        4 => (1u32..=BLOCK / 2).prop_map(Step::TakeLines),
        4 => (1u32..=3 * LINE).prop_map(Step::TakeLines),
        2 => (1..=u64::from(BLOCK) * 4).prop_map(Step::TakeBlocks),
        1 => any::<u64>().prop_map(Step::Collect),
    ]
}

/// Objects that are alive, by start: how many bytes.
#[derive(Default)]
struct Model {
    objects: BTreeMap<u32, u64>,
    /// The end of what has ever been handed out.
    touched: u64,
}

impl Model {
    fn add(&mut self, blocks: &Blocks, span: Span, bytes: u64) {
        let end = u64::from(span.start) + u64::from(span.len);
        let heap_end = u64::from(ORIGIN) + u64::from(blocks.count()) * u64::from(BLOCK);
        assert!(span.start >= ORIGIN && end <= heap_end, "{span:?}");
        assert!(u64::from(span.len) >= bytes);
        assert!(span.start.is_multiple_of(LINE) && span.len.is_multiple_of(LINE));
        for (&at, &size) in &self.objects {
            assert!(
                u64::from(at) + size <= u64::from(span.start) || end <= u64::from(at),
                "{span:?} hits {at}"
            );
        }
        assert!(span.used || u64::from(span.start) >= self.touched, "{span:?} is not zero");
        self.touched = self.touched.max(end);
        self.objects.insert(span.start, bytes);
    }

    fn collect(&mut self, blocks: &mut Blocks, mut pattern: u64) {
        self.objects.retain(|_, _| {
            pattern = pattern.rotate_left(1);
            pattern & 1 != 0
        });
        blocks.clear_marks();
        self.objects.iter().for_each(|(&at, &size)| blocks.mark(at, size));
        let live: u64 = self.objects.values().sum();
        let in_use = blocks.sweep();
        assert!(in_use >= live && in_use <= u64::from(blocks.count()) * u64::from(BLOCK));
        assert_eq!(in_use == 0, self.objects.is_empty());
    }
}

proptest! {
    #[test]
    fn spans_are_free_and_disjoint(steps in prop::collection::vec(step(), 1..200)) {
        let (mut blocks, mut model) = (Blocks::default(), Model::default());
        for step in steps {
            match step {
                Step::Extend(count) => blocks.extend(count),
                Step::TakeLines(bytes) => {
                    if let Some(span) = blocks.take_lines(bytes) {
                        prop_assert!(span.start / BLOCK == (span.start + span.len - 1) / BLOCK);
                        // The object takes all of the span, as if its rest had been filled too.
                        model.add(&blocks, span, u64::from(span.len));
                    }
                }
                Step::TakeBlocks(bytes) => {
                    if let Some(span) = blocks.take_blocks(bytes) {
                        prop_assert!(span.start.is_multiple_of(BLOCK));
                        model.add(&blocks, span, bytes);
                    }
                }
                Step::Collect(pattern) => model.collect(&mut blocks, pattern),
            }
        }
        // When all is dead, all is found again: every line, or one object as large as the heap.
        model.collect(&mut blocks, 0);
        let room = blocks.count();
        prop_assert_eq!(blocks.trailing_free(), room);
        let mut lines = 0;
        while let Some(span) = blocks.take_lines(1) {
            lines += span.len / LINE;
        }
        prop_assert_eq!(lines, room * LINES);
        model.collect(&mut blocks, 0);
        let all = blocks.take_blocks(u64::from(room.max(1)) * u64::from(BLOCK));
        prop_assert_eq!(all.map(|span| span.len), (room > 0).then_some(room * BLOCK));
    }

    #[test]
    fn a_bitmap_is_a_set(bits in prop::collection::btree_set(0u32..4096, 0..64)) {
        let mut bitmap = Bitmap::default();
        bitmap.extend(4096 * u64::from(GRAIN));
        for &bit in &bits {
            prop_assert!(bitmap.set(ORIGIN + bit * GRAIN), "clear before");
            prop_assert!(!bitmap.set(ORIGIN + bit * GRAIN), "set now");
        }
        for bit in 0..4200 {
            prop_assert_eq!(bitmap.get(ORIGIN + bit * GRAIN), bits.contains(&bit));
        }
        prop_assert!([0, ORIGIN - GRAIN, u32::MAX].iter().all(|&at| !bitmap.get(at)), "outside");
        bitmap.clear();
        prop_assert!((0..4096).all(|bit| !bitmap.get(ORIGIN + bit * GRAIN)));
    }
}

#[test]
fn searches_do_not_start_over_before_a_collection() {
    let mut blocks = Blocks::default();
    blocks.extend(3);
    // Three blocks full but for one line each.
    for block in 0..3 {
        blocks.take_lines(1).unwrap();
        assert_eq!(blocks.count(), 3, "block {block}");
    }
    blocks.clear_marks();
    for block in 0..3 {
        blocks.mark(Blocks::start(block) + LINE, u64::from(BLOCK - LINE));
    }
    blocks.sweep();
    assert_eq!(blocks.take_lines(2 * LINE), None, "no two free lines in a row");
    assert_eq!(blocks.next.several, 3 * LINES, "and nobody looks again");
    let starts: Vec<u32> = std::iter::from_fn(|| blocks.take_lines(8)).map(|span| span.start).collect();
    assert_eq!(starts, [0, 1, 2].map(Blocks::start), "single lines are found all the same");
}

#[test]
fn a_large_object_joins_free_blocks_at_the_end_with_new_ones() {
    let mut blocks = Blocks::default();
    blocks.extend(3);
    blocks.take_lines(1).unwrap();
    assert_eq!(blocks.trailing_free(), 2);
    assert_eq!(blocks.take_blocks(3 * u64::from(BLOCK)), None);
    blocks.extend(1);
    let span = blocks.take_blocks(3 * u64::from(BLOCK)).unwrap();
    assert_eq!((span.start, span.len, span.used), (Blocks::start(1), 3 * BLOCK, false));
}
