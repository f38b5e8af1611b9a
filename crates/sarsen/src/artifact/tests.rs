//! What headers say, and what is found out about them.

use super::*;
use sarsen_isa::Feature;

fn binding() -> Binding {
    Binding {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        layout: Binding::layout(),
        target: "x86_64".to_owned(),
        cpu_features: vec!["has_avx".to_owned(), "has_fma".to_owned()],
        options: OPTIONS,
        features: Features::all(),
        interpreted: 3,
    }
}

const OPTIONS: CodeOptions = CodeOptions {
    fuel: false,
    signals: true,
    interruptible: false,
    spectre_guards: true,
    memory_guard: 32 << 20,
};

/// What is wrong with code that is bound so, for a machine and an engine as the code wants them.
fn problem(change: impl FnOnce(&mut Binding)) -> String {
    let mut binding = binding();
    change(&mut binding);
    let checked = binding.check("x86_64", &["has_avx", "has_fma", "has_lzcnt"], &OPTIONS, Features::all());
    checked.map_or_else(|error| error.to_string(), |()| "nothing".to_owned())
}

#[test]
fn bindings_survive_the_text() {
    let mut all = binding();
    assert_eq!(Binding::read(&all.to_text()).unwrap(), all);
    all.features = Features::none();
    all.cpu_features.clear();
    assert_eq!(Binding::read(&all.to_text()).unwrap(), all);
    for (line, problem) in [
        ("fuel: no", "`fuel`"),
        ("cpu: has_avx has_fma", "`cpu`"),
        ("interpreted: 3", "`interpreted`"),
        ("version: ", "`version`"),
    ] {
        let error = Binding::read(&binding().to_text().replace(line, "")).unwrap_err();
        assert!(error.to_string().contains(problem), "{error}");
    }
    let error = Binding::read(&binding().to_text().replace("fuel: no", "fuel: perhaps")).unwrap_err();
    assert!(error.to_string().ends_with("`perhaps` is no value of `fuel`"), "{error}");
}

#[test]
fn what_does_not_fit_is_named() {
    assert_eq!(problem(|_| ()), "nothing");
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        problem(|code| code.version = "9.9".to_owned()),
        format!("compiled by Sarsen 9.9, and this is {version}")
    );
    assert_eq!(
        problem(|code| code.layout = "1.2".to_owned()),
        format!("compiled by another build of Sarsen {version}")
    );
    assert_eq!(
        problem(|code| code.target = "aarch64".to_owned()),
        "compiled for aarch64, and this machine is x86_64"
    );
    assert_eq!(
        problem(|code| code.cpu_features.push("has_avx512f".to_owned())),
        "compiled for processors with avx512f, which this one does not have"
    );
    assert_eq!(
        problem(|code| code.options.fuel = true),
        "compiled with fuel, this engine does not count fuel"
    );
    assert_eq!(
        problem(|code| code.options.spectre_guards = false),
        "compiled without Spectre guards, this engine has them"
    );
    assert_eq!(
        problem(|code| code.options.memory_guard += 1),
        "compiled for memories with a guard of 33554433 bytes, this engine's have 33554432"
    );
    assert_eq!(
        problem(|code| {
            code.options.fuel = true;
            code.target = "riscv64".to_owned();
        }),
        "compiled for riscv64, and this machine is x86_64; compiled with fuel, this engine does not count fuel"
    );
}

#[test]
fn engines_that_ask_for_more_are_told() {
    let check = |change: fn(&mut CodeOptions), off: Option<Feature>| {
        let (mut engine, mut features) = (OPTIONS, Features::all());
        change(&mut engine);
        off.map(|feature| features.disable(feature));
        let checked = binding().check("x86_64", &["has_avx", "has_fma"], &engine, features);
        checked.map_or_else(|error| error.to_string(), |()| "nothing".to_owned())
    };
    assert_eq!(check(|engine| engine.fuel = true, None), "compiled without fuel, this engine counts fuel");
    assert_eq!(
        check(|engine| engine.interruptible = true, None),
        "compiled without looking for interrupts, this engine is interruptible"
    );
    assert_eq!(
        check(|engine| (engine.signals, engine.memory_guard) = (false, 0), None),
        "compiled with traps by signals, this engine does without signals"
    );
    assert_eq!(
        check(|_| (), Some(Feature::WideArithmetic)),
        "compiled with the feature `wide-arithmetic`, which is off"
    );
    assert_eq!(check(|engine| engine.spectre_guards = false, None), "nothing");
    assert_eq!(check(|engine| engine.memory_guard *= 2, None), "nothing");
}

#[test]
fn checksums_notice_every_bit() {
    let bytes: Vec<u8> = (0..100).collect();
    let sum = mix(0, &bytes);
    for bit in 0..bytes.len() * 8 {
        let mut other = bytes.clone();
        other[bit / 8] ^= 1 << (bit % 8);
        assert_ne!(mix(0, &other), sum, "{bit}");
    }
    assert_ne!(mix(0, &bytes[..99]), sum);
    assert_ne!(mix(0, b"a"), mix(0, b"a\0"));
}
