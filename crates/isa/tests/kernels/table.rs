//! The table against wasmparser's list of operators, and against itself.

use crate::rows::{ORDER, UPDATES, WIDTHS};
use sarsen_isa::{Feature, OPS, Op, OpInfo, Shape};
use std::collections::{BTreeMap, BTreeSet};

/// An operator as wasmparser describes it.
struct Peer {
    proposal: &'static str,
    visit: &'static str,
    immediates: usize,
    arity: &'static str,
}

/// Makes a map of wasmparser's list.
macro_rules! peers {
    ($(@$proposal:ident $op:ident $({ $($field:ident: $ty:ty),* })? => $visit:ident ($($arity:tt)*))*) => {
        fn all_peers() -> BTreeMap<&'static str, Peer> {
            BTreeMap::from([$((stringify!($op), Peer {
                proposal: stringify!($proposal),
                visit: stringify!($visit),
                immediates: <[&str]>::len(&[$($(stringify!($field)),*)?]),
                arity: stringify!($($arity)*),
            })),*])
        }
    };
}

wasmparser::for_each_operator!(peers);

/// wasmparser's list without the proposals that the table leaves out.
fn peers() -> BTreeMap<&'static str, Peer> {
    let left_out = [
        "acquire_release_atomics",
        "custom_descriptors",
        "legacy_exceptions",
        "memory_control",
        "shared_everything_threads",
        "stack_switching",
    ];
    let mut peers = all_peers();
    peers.retain(|_, peer| !left_out.contains(&peer.proposal));
    peers
}

/// The rows by name.
fn rows() -> BTreeMap<&'static str, &'static OpInfo> {
    OPS.iter().map(|row| (row.name, row)).collect()
}

#[test]
fn rows_and_wasmparser_name_the_same_operators() {
    let ours: BTreeSet<_> = rows().into_keys().collect();
    let theirs: BTreeSet<_> = peers().into_keys().collect();
    assert_eq!(ours.difference(&theirs).collect::<Vec<_>>(), Vec::<&&str>::new(), "only ours");
    assert_eq!(theirs.difference(&ours).collect::<Vec<_>>(), Vec::<&&str>::new(), "only theirs");
    assert_eq!(ours.len(), OPS.len(), "a name occurs twice");
}

#[test]
fn rows_have_wasmparsers_proposals_names_and_immediates() {
    // One mnemonic in the text, several operators in the binary format.
    let overloaded = [
        "TypedSelect",
        "TypedSelectMulti",
        "RefTestNonNull",
        "RefTestNullable",
        "RefCastNonNull",
        "RefCastNullable",
    ];
    for (name, peer) in peers() {
        let row = rows()[name];
        let feature = row.feature.map_or("mvp".to_owned(), |feature| feature.name().replace('-', "_"));
        assert_eq!(feature, peer.proposal, "{name}");
        let visit = format!("visit_{}", row.mnemonic.replace('.', "_"));
        assert!(visit == peer.visit || overloaded.contains(&name), "{name}: {visit}, not {}", peer.visit);
        assert_eq!(row.imms.len(), peer.immediates, "{name}");
    }
}

#[test]
fn signatures_have_wasmparsers_arity() {
    for row in OPS.iter().filter(|row| row.shape != Shape::Hand) {
        let arity = format!("{} -> {}", row.params.len(), row.results.len());
        assert!(peers()[row.name].arity.ends_with(&arity), "{}: {arity}", row.name);
    }
}

#[test]
fn rows_lie_at_their_operators_number() {
    assert_eq!(ORDER.len(), OPS.len());
    for (at, row) in OPS.iter().enumerate() {
        assert_eq!(row.op as usize, at);
        assert_eq!(row.op, ORDER[at]);
        assert_eq!(row.op.info().name, format!("{:?}", row.op));
    }
}

#[test]
fn docs_are_one_sentence() {
    for row in OPS {
        assert!(row.doc.ends_with('.') && !row.doc.starts_with(' '), "{}: {:?}", row.name, row.doc);
    }
    for feature in Feature::ALL {
        assert!(feature.doc().ends_with('.'), "{}", feature.name());
    }
}

/// The digits after the first of `verbs` in a mnemonic, as bytes; those of the type if there are none.
fn width_by_name(op: Op) -> usize {
    let (ty, name) = op.info().mnemonic.split_once('.').expect("accesses have a type");
    let verbs = ["load", "store", "rmw"];
    let rest = verbs.iter().find_map(|verb| name.split_once(verb)).expect("accesses have a verb").1;
    let number =
        |text: &str| text.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
    let count = rest.split_once('x').and_then(|(_, rest)| number(rest)).unwrap_or(1);
    let bits: usize = number(rest).or_else(|| number(&ty[1..])).expect("types have a width");
    bits * count / 8
}

#[test]
fn accesses_are_as_wide_as_their_names_say() {
    for &(op, bytes) in WIDTHS {
        assert_eq!(bytes, width_by_name(op), "{}", op.info().mnemonic);
    }
}

#[test]
fn updates_are_what_their_names_say() {
    for &(op, update) in UPDATES {
        let name = op.info().mnemonic.trim_end_matches("_u");
        assert!(name.ends_with(&format!(".{update}")), "{name}: {update}");
    }
}
