//! Fused code against unfused code: an expression, and the same expression written so that nothing can fuse, must end
//! alike.
//!
//! Expressions are read from a list of numbers, so that a failure shrinks to a short list and a small expression. Left
//! out is what the specification leaves open: the bits of NaNs, and what makes them visible.

mod expression;
mod text;

use crate::testing::{DISPATCHES, Guest, code, load};
use expression::{Choices, LOCALS};
use proptest::prelude::*;
use sarsen_abi::{Exit, Slot};
use sarsen_isa::ValKind;
use text::Style;

/// How an export ended, NaNs made equal.
fn outcome(module: &str, arguments: &[Slot], results: &[ValKind]) -> Result<Vec<Slot>, Exit> {
    let module = load(module);
    let [threaded, matched] = DISPATCHES.map(|dispatch| {
        let slots = Guest::new(&module, dispatch).call("f", arguments)?;
        Ok(slots.iter().zip(results).map(|(&slot, &kind)| without_nan(slot, kind)).collect())
    });
    assert_eq!(threaded, matched, "the forms of dispatch differ");
    threaded
}

fn without_nan(slot: Slot, kind: ValKind) -> Slot {
    match kind {
        ValKind::F32 if f32::from_bits(slot as u32).is_nan() => f32::NAN.to_bits().into(),
        ValKind::F64 if f64::from_bits(slot).is_nan() => f64::NAN.to_bits(),
        _ => slot,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fused_code_does_what_unfused_code_does(numbers in proptest::collection::vec(any::<u32>(), 1..160)) {
        let mut choices = Choices::new(&numbers);
        let arguments = choices.arguments();
        let kind = choices.kind();
        // Looking at every local shows what an expression did besides its value; not looking leaves it in the accumulator.
        let results: Vec<ValKind> =
            if choices.one_of(2) == 0 { vec![kind] } else { std::iter::once(kind).chain(LOCALS).collect() };
        let expression = choices.expression(kind, 6);
        let fused = text::module(&expression, &results, Style::Fused);
        let unfused = text::module(&expression, &results, Style::Unfused);
        for family in ["Branch.", "BranchMask", "AddBranch", "LoadSum"] {
            prop_assert!(!code(&unfused).lines().any(|line| line.starts_with(family)), "{family} in\n{unfused}");
        }
        let (left, right) = (outcome(&fused, &arguments, &results), outcome(&unfused, &arguments, &results));
        prop_assert_eq!(left, right, "f{:?}\n{}\n{}", arguments, fused, code(&fused));
    }
}

#[test]
fn generated_expressions_fuse() {
    // The test above says nothing unless the first of its two forms does contain every kind of fusion.
    let mut random = 1u32;
    let mut number = || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        random.rotate_left(16)
    };
    let mut lines = String::new();
    for _ in 0..400 {
        let numbers: Vec<u32> = std::iter::repeat_with(&mut number).take(160).collect();
        let mut choices = Choices::new(&numbers);
        let kind = choices.kind();
        lines += &code(&text::module(&choices.expression(kind, 6), &[kind], Style::Fused));
    }
    let families = [
        "Branch.",
        "BranchMask.",
        "BranchTest.",
        "AddBranch.",
        "LoadSum.",
        "Load.",
        "CopyTwo",
        "CopyAcc",
        "Select",
    ];
    for family in families {
        assert!(lines.lines().any(|line| line.starts_with(family)), "no {family} in any expression");
    }
}
