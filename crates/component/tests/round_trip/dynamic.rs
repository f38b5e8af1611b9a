//! Values of random types, by calls that know types only when they run.

use crate::chain::{ENCODINGS, chain};
use crate::types::{Ty, types, values};
use proptest::prelude::*;
use sarsen::{Config, Engine, Store, Strategy as Tier};
use sarsen_component::{Component, Linker, Val};

fn cases() -> impl Strategy<Value = (Ty, Val, [&'static str; 2])> {
    let encoding = || prop::sample::select(&ENCODINGS[..]);
    types().prop_flat_map(move |ty| {
        let value = values(&ty);
        (Just(ty), value, [encoding(), encoding()])
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn values_come_back_as_they_were((ty, value, encodings) in cases()) {
        let mut config = Config::new();
        config.strategy(Tier::Interpreter);
        let engine = Engine::new(&config).unwrap();
        let text = chain(std::slice::from_ref(&ty), encodings);
        let component = Component::new(&engine, &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let mut linker = Linker::<Option<Val>>::new(&engine);
        linker.root().func_new("host", |mut store, _, params, results| {
            *store.data_mut() = Some(params[0].clone());
            results[0] = params[0].clone();
            Ok(())
        }).unwrap();
        let mut store = Store::new(&engine, None);
        let instance = linker.instantiate(&mut store, &component).unwrap();
        let run = instance.get_func(&mut store, "run").unwrap();
        let mut results = [Val::Bool(false)];
        for _ in 0..2 {
            run.call(&mut store, std::slice::from_ref(&value), &mut results).unwrap();
            prop_assert_eq!(store.data().as_ref(), Some(&value));
            prop_assert_eq!(&results[0], &value);
        }
    }
}
