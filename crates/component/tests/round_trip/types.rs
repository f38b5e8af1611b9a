//! Types by chance, and values of theirs.
//!
//! Knows nothing of how a type crosses: that is in `chain`.

use proptest::prelude::*;
use proptest::strategy::Union;
use sarsen_component::Val;

/// A type, as the generator knows it.
#[derive(Clone, Debug)]
pub(crate) enum Ty {
    /// Of the name in the text format.
    Simple(&'static str),
    List(Box<Ty>),
    Array(Box<Ty>, u32),
    Map(&'static str, Box<Ty>),
    Record(Vec<Ty>),
    Tuple(Vec<Ty>),
    Variant(Vec<Option<Ty>>),
    Enum(usize),
    Flags(usize),
    Option(Box<Ty>),
    Result(Option<Box<Ty>>, Option<Box<Ty>>),
}

const SIMPLE: [&str; 13] =
    ["bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char", "string"];

pub(crate) fn types() -> impl Strategy<Value = Ty> {
    let leaf = prop_oneof![
        8 => prop::sample::select(&SIMPLE[..]).prop_map(Ty::Simple),
        1 => prop_oneof![Just(1_usize), Just(3), Just(256), Just(257)].prop_map(Ty::Enum),
        1 => (1_usize..=32).prop_map(Ty::Flags),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        prop_oneof![
            boxed().prop_map(Ty::List),
            (boxed(), 1_u32..5).prop_map(|(item, count)| Ty::Array(item, count)),
            (prop::sample::select(&["u8", "string", "s64"][..]), boxed())
                .prop_map(|(key, value)| Ty::Map(key, value)),
            prop::collection::vec(inner.clone(), 1..6).prop_map(Ty::Record),
            prop::collection::vec(inner.clone(), 1..6).prop_map(Ty::Tuple),
            prop::collection::vec(prop::option::of(inner.clone()), 1..5).prop_map(Ty::Variant),
            boxed().prop_map(Ty::Option),
            (prop::option::of(boxed()), prop::option::of(boxed())).prop_map(|(ok, err)| Ty::Result(ok, err)),
        ]
    })
}

/// Values of a type.
pub(crate) fn values(ty: &Ty) -> BoxedStrategy<Val> {
    let boxed = |ty: &Option<Box<Ty>>| match ty {
        Some(ty) => values(ty).prop_map(|value| Some(Box::new(value))).boxed(),
        None => Just(None).boxed(),
    };
    let each = |types: &[Ty]| types.iter().map(values).collect::<Vec<_>>();
    match ty {
        Ty::Simple(name) => simple(name),
        Ty::List(item) => prop::collection::vec(values(item), 0..5).prop_map(Val::List).boxed(),
        Ty::Array(item, count) => {
            prop::collection::vec(values(item), *count as usize).prop_map(Val::FixedLengthList).boxed()
        }
        Ty::Map(key, value) => {
            prop::collection::vec((simple(key), values(value)), 0..4).prop_map(Val::Map).boxed()
        }
        Ty::Record(fields) => each(fields)
            .prop_map(|values| {
                Val::Record((0..).zip(values).map(|(at, value)| (format!("f{at}"), value)).collect())
            })
            .boxed(),
        Ty::Tuple(parts) => each(parts).prop_map(Val::Tuple).boxed(),
        Ty::Variant(cases) => {
            let case = |(at, ty): (usize, &Option<Ty>)| {
                let name = format!("c{at}");
                match ty {
                    Some(ty) => values(ty)
                        .prop_map(move |value| Val::Variant(name.clone(), Some(Box::new(value))))
                        .boxed(),
                    None => Just(Val::Variant(name, None)).boxed(),
                }
            };
            Union::new(cases.iter().enumerate().map(case)).boxed()
        }
        Ty::Enum(cases) => (0..*cases).prop_map(|case| Val::Enum(format!("c{case}"))).boxed(),
        Ty::Flags(count) => {
            let names: Vec<String> = (0..*count).map(|flag| format!("f{flag}")).collect();
            prop::sample::subsequence(names, 0..=*count).prop_map(Val::Flags).boxed()
        }
        Ty::Option(ty) => {
            prop::option::of(values(ty)).prop_map(|value| Val::Option(value.map(Box::new))).boxed()
        }
        Ty::Result(ok, err) => prop_oneof![
            boxed(ok).prop_map(|v| Val::Result(Ok(v))),
            boxed(err).prop_map(|v| Val::Result(Err(v)))
        ]
        .boxed(),
    }
}

fn simple(name: &str) -> BoxedStrategy<Val> {
    match name {
        "bool" => any::<bool>().prop_map(Val::Bool).boxed(),
        "s8" => any::<i8>().prop_map(Val::S8).boxed(),
        "u8" => any::<u8>().prop_map(Val::U8).boxed(),
        "s16" => any::<i16>().prop_map(Val::S16).boxed(),
        "u16" => any::<u16>().prop_map(Val::U16).boxed(),
        "s32" => any::<i32>().prop_map(Val::S32).boxed(),
        "u32" => any::<u32>().prop_map(Val::U32).boxed(),
        "s64" => any::<i64>().prop_map(Val::S64).boxed(),
        "u64" => any::<u64>().prop_map(Val::U64).boxed(),
        "f32" => prop_oneof![4 => any::<f32>(), 1 => any::<u32>().prop_map(|bits| f32::from_bits(bits | 0x7f80_0000))]
            .prop_map(Val::Float32)
            .boxed(),
        "f64" => prop_oneof![4 => any::<f64>(), 1 => any::<u64>().prop_map(|bits| f64::from_bits(bits | 0x7ff0 << 48))]
            .prop_map(Val::Float64)
            .boxed(),
        "char" => any::<char>().prop_map(Val::Char).boxed(),
        _ => prop_oneof!["[a-z]{0,12}", "[à-ÿ]{0,8}", ".{0,8}"].prop_map(Val::String).boxed(),
    }
}
