//! What the system's map of the process says after scripts of the official suites, in every tier: no page is writable and
//! executable at once, memories are accessible as far as they reach and no further, pools hold what they held at first, and
//! code goes with its modules.
//!
//! Owns which scripts these are: some of each suite, or with `SARSEN_AUDIT=all` all of them. What a map must say is in `map`.
//! One test at a time looks at the map, because the process has only one.

#![cfg(target_os = "linux")]

mod map;
#[path = "../tiers/mod.rs"]
mod tiers;

use map::Map;
use sarsen::{Config, Engine, Instance, Module, Store, StoreLimits, Strategy};
use sarsen_wast::suites::{self, File, SUITES, Suite};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{env, fs, thread};
use tiers::{TIERS, Tier};

/// Of so many scripts of a suite, the first is looked at.
const EACH: usize = 12;

/// How long threads that compile may take to find that their engine has gone.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whoever has it is the only one who looks at the map, or has code.
fn alone() -> MutexGuard<'static, ()> {
    static ONLY: Mutex<()> = Mutex::new(());
    ONLY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What has been looked at.
#[derive(Default)]
struct Seen {
    scripts: usize,
    code: usize,
    memories: usize,
    guarded: usize,
    kept: usize,
}

#[test]
fn maps_after_scripts() {
    let _alone = alone();
    let Some(root) = suites::root() else {
        assert!(env::var_os("CI").is_none(), "there are no suites");
        return;
    };
    let each = if env::var("SARSEN_AUDIT").is_ok_and(|what| what == "all") { 1 } else { EACH };
    for tier in TIERS {
        let mut seen = Seen::default();
        for suite in SUITES {
            for file in suite.scripts(&root).unwrap_or_default().iter().step_by(each) {
                let name = format!("{}/{}/{}", tier.name, suite.name, file.name);
                audit(*tier, suite, file, &mut seen).unwrap_or_else(|error| panic!("{name}: {error}"));
            }
        }
        let Seen { scripts, code, memories, guarded, kept } = seen;
        println!(
            "{}: {scripts} scripts, {code} mappings of code, {memories} memories, {guarded} of them guarded, {kept} in pools",
            tier.name
        );
        // Otherwise nothing has been looked at.
        assert!(scripts > 0 && memories > 0 && kept > 0, "{}", tier.name);
        assert_eq!(code > 0, !tier.name.starts_with("interpreter"), "{}", tier.name);
        assert_eq!(guarded > 0, ["jit", "tiered", "default"].contains(&tier.name), "{}", tier.name);
    }
}

/// Runs a script, and looks at the map while its store is alive, when it has gone, and when the engine has.
fn audit(tier: Tier, suite: &Suite, file: &File, seen: &mut Seen) -> Result<(), String> {
    let source = fs::read_to_string(&file.path).map_err(|error| error.to_string())?;
    let before = Map::of_this_process();
    let engine = Engine::new(&tier.config(suite)?).map_err(|error| error.to_string())?;
    let mut outcome = Err("it was not run".to_owned());
    let path = file.path.display().to_string();
    sarsen_wast::run_and_look(&engine, &path, &source, |store| outcome = look_at_store(store, &before, seen));
    outcome?;

    let map = Map::of_this_process();
    expect_no_writable_code(&map)?;
    for kept in engine.kept() {
        seen.kept += 1;
        map.check(&kept.reserved).map_err(|error| format!("in the pool: {error}"))?;
        if !kept.is_reset {
            return Err(format!("the pool keeps what a store has left: {:x?}", kept.reserved));
        }
    }
    drop(engine);
    expect_no_new_code(&before)?;
    seen.scripts += 1;
    Ok(())
}

fn look_at_store(store: &Store<StoreLimits>, before: &Map, seen: &mut Seen) -> Result<(), String> {
    let map = Map::of_this_process();
    expect_no_writable_code(&map)?;
    seen.code += map.new_code(before).len();
    for reserved in store.reserved() {
        seen.memories += 1;
        seen.guarded += usize::from(reserved.least > reserved.accessible);
        map.check(&reserved).map_err(|error| format!("a memory: {error}"))?;
    }
    Ok(())
}

fn expect_no_writable_code(map: &Map) -> Result<(), String> {
    match map.writable_code().first() {
        Some(mapping) => Err(format!("can be written and executed: {mapping}")),
        None => Ok(()),
    }
}

/// Whatever can be executed could be before, at the latest when threads of the engine's have ended.
fn expect_no_new_code(before: &Map) -> Result<(), String> {
    let end = Instant::now() + PATIENCE;
    loop {
        let map = Map::of_this_process();
        let Some(left) = map.new_code(before).first().map(ToString::to_string) else { return Ok(()) };
        if Instant::now() > end {
            return Err(format!("code is left of modules that have gone: {left}"));
        }
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn code_of_a_module_that_is_alive_is_seen() {
    let _alone = alone();
    let before = Map::of_this_process();
    let engine = Engine::new(Config::new().strategy(Strategy::Jit)).expect("this machine runs compiled code");
    let module = Module::new(&engine, "(module (func (export \"f\")))").expect("the module is valid");
    drop(engine);
    assert!(!Map::of_this_process().new_code(&before).is_empty());
    drop(module);
    expect_no_new_code(&before).expect("the module has gone");
}

#[test]
fn memories_are_seen_with_their_guards() {
    let _alone = alone();
    let engine = Engine::new(Config::new().strategy(Strategy::Jit)).expect("this machine runs compiled code");
    let module = Module::new(&engine, "(module (memory (export \"m\") 3))").expect("the module is valid");
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).expect("it has no imports");
    let memory = instance.get_memory(&mut store, "m").expect("it is exported");
    for pages in [3, 10] {
        let [reserved] = &store.reserved()[..] else { panic!("one memory") };
        assert_eq!(reserved.accessible, pages << 16);
        assert!(reserved.least > 4 << 30, "a guard behind all that addresses reach");
        let map = Map::of_this_process();
        map.check(reserved).unwrap();
        // Somebody who has a byte more, or less, is found.
        for wrong in [reserved.accessible - 1, reserved.accessible + 1] {
            assert!(map.check(&sarsen::Reserved { accessible: wrong, ..reserved.clone() }).is_err());
        }
        memory.grow(&mut store, 7).expect("there is room");
    }
    assert!(engine.kept().is_empty());
    drop(store);
    assert_eq!(engine.kept().iter().filter(|kept| kept.is_reset).count(), 1);
}
