//! Modules that are kept in a folder: what comes back, and that nobody notices what happens to the folder.

use sarsen::{Cache, Config, Engine, Instance, Module, Store, Strategy};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// Adds up to a number, by calls and by a loop.
const SUM: &str = r#"(module
    (memory 1)
    (data (i32.const 16) "\02")
    (func $twice (param i32) (result i32) (i32.mul (local.get 0) (i32.load8_u (i32.const 16))))
    (func (export "sum") (param $n i32) (result i32) (local $sum i32)
        (loop $next
            (local.set $sum (i32.add (local.get $sum) (call $twice (local.get $n))))
            (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $sum)))"#;

/// A folder for a cache, with a file of a module beside it.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        fs::write(folder.file(), wat(SUM)).unwrap();
        folder
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("sum.wasm")
    }

    fn cache(&self) -> Cache {
        Cache::new(self.0.path().join("cache"))
    }

    /// An engine in which functions become hot after so many calls and repetitions.
    fn engine(&self, after: u32) -> Engine {
        engine(self.cache(), after)
    }

    fn files(&self, kind: &str) -> Vec<PathBuf> {
        let all = fs::read_dir(self.cache().dir()).unwrap().map(|file| file.unwrap().path());
        all.filter(|file| file.extension().is_some_and(|extension| extension == kind)).collect()
    }

    /// Leaves the module in the cache with its hot code.
    fn fill(&self) {
        let module = Module::from_file(&self.engine(1), self.file()).unwrap();
        run(&module);
        assert!(module.compiled_functions() > 0);
        assert!(module.save_to_cache().unwrap(), "compiling has taken more than a moment");
    }
}

/// The binary format of a text, whose loop has more to do than compiling it in a moment would allow.
fn wat(text: &str) -> Vec<u8> {
    let more = "(drop (i32.rotl (local.get $sum) (local.get $n)))".repeat(3000);
    let text = text.replace("(loop $next", &format!("(loop $next {more}"));
    Module::new(&Engine::default(), text).unwrap().wasm().to_vec()
}

const NEVER: u32 = 1 << 30;

fn engine(cache: Cache, after: u32) -> Engine {
    let mut config = Config::new();
    config.strategy(Strategy::Tiered).compile_threads(0).tier_up_after(Some(after)).cache(Some(cache));
    Engine::new(&config).unwrap()
}

fn run(module: &Module) {
    let mut store = Store::new(module.engine(), ());
    let instance = Instance::new(&mut store, module, &[]).unwrap();
    let sum = instance.get_typed_func::<i32, i32>(&mut store, "sum").unwrap();
    for _ in 0..10 {
        assert_eq!(sum.call(&mut store, 100).unwrap(), 10_100);
    }
}

fn load(folder: &Folder) -> Module {
    Module::from_file(&folder.engine(NEVER), folder.file()).unwrap()
}

#[test]
fn what_was_hot_is_hot_again() {
    let folder = Folder::new();
    let module = load(&folder);
    run(&module);
    assert!(!module.save_to_cache().unwrap(), "there is nothing to keep of a small module that is cold");
    assert_eq!((module.compiled_functions(), folder.cache().stats().unwrap().modules), (0, 0));
    folder.fill();
    assert_eq!(folder.cache().stats().unwrap().modules, 1);
    let module = load(&folder);
    assert!(module.compiled_functions() > 0);
    run(&module);
    assert!(!module.save_to_cache().unwrap(), "nothing has become of it");
    // Other ways to the same bytes.
    assert!(Module::new(&folder.engine(NEVER), wat(SUM)).unwrap().compiled_functions() > 0);
    assert!(Module::from_owner(&folder.engine(NEVER), wat(SUM)).unwrap().compiled_functions() > 0);
    // What validity or code depends on.
    for change in [
        |config: &mut Config| {
            config.consume_fuel(true);
        },
        |config: &mut Config| {
            config.interruptible(true);
        },
        |config: &mut Config| {
            config.wasm_simd(false);
        },
        |config: &mut Config| {
            config.module_limits(sarsen::ModuleLimits::strict());
        },
    ] {
        let mut config = Config::new();
        config.strategy(Strategy::Tiered).cache(Some(folder.cache()));
        change(&mut config);
        let module = Module::from_file(&Engine::new(&config).unwrap(), folder.file()).unwrap();
        assert_eq!(module.compiled_functions(), 0);
    }
    let mut config = Config::new();
    config.strategy(Strategy::Interpreter).cache(Some(folder.cache()));
    run(&Module::from_file(&Engine::new(&config).unwrap(), folder.file()).unwrap());
    assert_eq!(folder.cache().clean().unwrap().modules, 1);
    assert_eq!(folder.cache().stats().unwrap().bytes, 0);
    assert_eq!(load(&folder).compiled_functions(), 0);
}

#[test]
fn what_goes_is_kept() {
    let folder = Folder::new();
    let module = Module::from_file(&folder.engine(1), folder.file()).unwrap();
    run(&module);
    drop(module);
    assert!(load(&folder).compiled_functions() > 0);
}

/// A module large enough to be kept, with a hundred functions that nobody calls often, and ten that nobody calls.
fn wide() -> Vec<u8> {
    let more = "(local.set 0 (i32.rotl (local.get 0) (i32.const 5)))".repeat(500);
    let functions = (0..110).map(|n| {
        format!("(func $f{n} (param i32) (result i32) {more} (i32.add (local.get 0) (i32.const {n})))")
    });
    let calls = (0..100).map(|n| format!("(call $f{n}"));
    let text = format!(
        r#"(module {} (func (export "sum") (param i32) (result i32) {} (local.get 0){}))"#,
        functions.collect::<String>(),
        calls.collect::<String>(),
        ")".repeat(100),
    );
    Module::new(&Engine::default(), text).unwrap().wasm().to_vec()
}

#[test]
fn what_is_called_now_and_then_is_compiled_when_nobody_waits() {
    let folder = Folder::new();
    fs::write(folder.file(), wide()).unwrap();
    let call = |module: &Module| {
        let mut store = Store::new(module.engine(), ());
        let instance = Instance::new(&mut store, module, &[]).unwrap();
        let sum = instance.get_typed_func::<i32, i32>(&mut store, "sum").unwrap();
        sum.call(&mut store, 7).unwrap()
    };
    let first = load(&folder);
    let result = call(&first);
    assert!(!first.cache_is_incomplete(), "nobody knows whether it will be used again");
    assert!(first.save_to_cache().unwrap(), "validating it takes as long as writing it");
    let second = load(&folder);
    assert_eq!(second.compiled_functions(), 0);
    assert!(second.cache_is_incomplete(), "what an earlier run has called is known");
    assert_eq!(second.complete_cache(Duration::ZERO).unwrap(), 0, "there is no time");
    let limit = Duration::from_secs(600);
    assert_eq!(second.complete_cache(limit).unwrap(), 101);
    assert!(!second.cache_is_incomplete());
    let third = load(&folder);
    assert_eq!(third.compiled_functions(), 101);
    assert!(!third.cache_is_incomplete());
    assert_eq!(call(&third), result);
    assert_eq!(third.translated_functions(), 1, "of compiled functions, that which the host calls");
    assert_eq!(third.complete_cache(limit).unwrap(), 0);
    // Somebody who has started before and knows less takes nothing away.
    assert!(first.complete_cache(Duration::ZERO).is_ok());
    drop((first, second, third));
    assert_eq!(load(&folder).compiled_functions(), 101);
    // One at a time.
    let [lock] = &folder.files("lock")[..] else { panic!("there is one") };
    let lock = fs::File::options().write(true).open(lock).unwrap();
    lock.lock().unwrap();
    folder.files("code").iter().for_each(|code| fs::remove_file(code).unwrap());
    let module = load(&folder);
    call(&module);
    assert!(!module.cache_is_incomplete(), "somebody tries, or has tried in vain");
    lock.set_modified(SystemTime::now() - Duration::from_secs(3600)).unwrap();
    assert!(module.cache_is_incomplete());
    assert_eq!(module.complete_cache(limit).unwrap(), 0);
    lock.unlock().unwrap();
    assert_eq!(module.complete_cache(limit).unwrap(), 101);
}

#[test]
fn what_has_been_called_is_known_when_a_module_goes() {
    let folder = Folder::new();
    fs::write(folder.file(), wide()).unwrap();
    let module = load(&folder);
    let mut store = Store::new(module.engine(), ());
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    instance.get_typed_func::<i32, i32>(&mut store, "sum").unwrap().call(&mut store, 7).unwrap();
    drop((store, module));
    let module = load(&folder);
    assert!(module.cache_is_incomplete());
    assert_eq!(module.complete_cache(Duration::MAX).unwrap(), 101);
}

#[test]
fn modules_that_are_compiled_at_once_are_kept_at_once() {
    let folder = Folder::new();
    let mut config = Config::new();
    config.strategy(Strategy::Jit).cache(Some(folder.cache()));
    let engine = || Engine::new(&config).unwrap();
    run(&Module::from_file(&engine(), folder.file()).unwrap());
    assert_eq!(folder.cache().stats().unwrap().modules, 0, "small ones are compiled in a moment");
    let padding = "nop ".repeat(200 << 10);
    let large = wat(&SUM.replace("(func $twice", &format!("(func {padding}) (func $twice")));
    run(&Module::new(&engine(), &large).unwrap());
    assert_eq!(folder.cache().stats().unwrap().modules, 1);
    run(&Module::new(&engine(), &large).unwrap());
}

#[test]
fn files_that_have_not_changed_are_not_read() {
    let folder = Folder::new();
    let read = |engine: &Engine| {
        let was_read = AtomicBool::new(false);
        let module = Module::from_file_with(engine, folder.file(), |opened| {
            was_read.store(true, Relaxed);
            let mut bytes = Vec::new();
            opened?.read_to_end(&mut bytes).map(|_| bytes)
        });
        (module.unwrap().unwrap(), was_read.into_inner())
    };
    folder.fill();
    assert!(read(&folder.engine(NEVER)).1, "it has changed a moment ago, and might have again");
    std::thread::sleep(Duration::from_millis(3100));
    assert!(read(&folder.engine(NEVER)).1);
    let (module, was_read) = read(&folder.engine(NEVER));
    assert!(!was_read && module.compiled_functions() > 0);
    run(&module);
    // Another module of the same size, at the same time as far as one can set it.
    let modified = fs::metadata(folder.file()).unwrap().modified().unwrap();
    let mut other = wat(SUM);
    let two = other.iter().rposition(|&byte| byte == 2).unwrap();
    other[two] = 3;
    fs::write(folder.file(), other).unwrap();
    fs::File::options().write(true).open(folder.file()).unwrap().set_modified(modified).unwrap();
    let (module, was_read) = read(&folder.engine(NEVER));
    assert!(was_read && module.compiled_functions() == 0);
    // The record of a module that is gone leads nowhere.
    fs::write(folder.file(), wat(SUM)).unwrap();
    folder.files("module").iter().for_each(|module| fs::remove_file(module).unwrap());
    assert_eq!(load(&folder).compiled_functions(), 0);
}

#[test]
fn damage_is_found_and_made_good() {
    let folder = Folder::new();
    for kind in ["module", "code"] {
        damage(&folder, kind);
    }
    folder.fill();
    assert!(load(&folder).compiled_functions() > 0);
    // What others have left in records.
    for kind in ["seen", "seen-code", "file"] {
        for content in ["", "../../etc/passwd", "nothing-here", "\u{7f}\n"] {
            folder.files(kind).iter().for_each(|record| fs::write(record, content).unwrap());
            assert!(load(&folder).compiled_functions() > 0);
        }
    }
}

/// Damages a file of the module's in many ways.
fn damage(folder: &Folder, kind: &str) {
    folder.fill();
    let [module] = &folder.files(kind)[..] else { panic!("there is one") };
    let artifact = fs::read(module).unwrap();
    let step = artifact.len() / 50;
    let flipped = (0..artifact.len()).step_by(step).map(|at| {
        let mut bytes = artifact.clone();
        bytes[at] ^= 0x10;
        bytes
    });
    let short = (0..artifact.len()).step_by(step).map(|len| artifact[..len].to_vec());
    let zero = (0..artifact.len()).step_by(4096).map(|at| {
        let mut bytes = artifact.clone();
        let end = bytes.len().min(at + 4096);
        bytes[at..end].fill(0);
        bytes
    });
    for (number, bytes) in flipped.chain(short).chain(zero).enumerate() {
        if bytes == artifact {
            continue;
        }
        fs::write(module, bytes).unwrap();
        let loaded = load(folder);
        assert_eq!(loaded.compiled_functions(), 0, "{kind} {number}");
        assert!(!module.exists(), "{kind} {number}");
        run(&loaded);
    }
    folder.cache().clean().unwrap();
}

#[test]
fn what_is_used_least_goes() {
    let folder = Folder::new();
    let modules = ["\\02", "\\03", "\\04"].map(|data| wat(&SUM.replace("\\02", data)));
    let fill = |cache: &Cache, bytes: &[u8]| {
        let module = Module::new(&engine(cache.clone(), 1), bytes).unwrap();
        let mut store = Store::new(module.engine(), ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let sum = instance.get_typed_func::<i32, i32>(&mut store, "sum").unwrap();
        for _ in 0..10 {
            sum.call(&mut store, 100).unwrap();
        }
        module.save_to_cache().unwrap();
    };
    let is_kept = |bytes: &[u8]| {
        let module = Module::new(&folder.engine(NEVER), bytes).unwrap();
        module.compiled_functions() > 0
    };
    fill(&folder.cache(), &modules[0]);
    let size = folder.cache().stats().unwrap().bytes;
    fill(&folder.cache(), &modules[1]);
    // Long ago, all of them; but the first has been used since.
    let long_ago = SystemTime::now() - Duration::from_secs(50 * 24 * 3600);
    let age = |path: &Path| {
        fs::File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
    };
    fs::write(folder.cache().dir().join("half.new"), "unfinished").unwrap();
    for kind in ["module", "code", "new"] {
        folder.files(kind).iter().for_each(|file| age(file));
    }
    assert!(is_kept(&modules[0]));
    let small = folder.cache().max_size(size * 2 + size / 2);
    fill(&small, &modules[2]);
    assert_eq!([0, 1, 2].map(|at| is_kept(&modules[at])), [true, false, true]);
    assert!(folder.files("new").is_empty());
    // What is too large for it is not kept, and drives nobody out.
    let tiny = folder.cache().max_size(1000);
    fill(&tiny, &modules[1]);
    assert_eq!([0, 1, 2].map(|at| is_kept(&modules[at])), [true, false, true]);
}

#[cfg(unix)]
#[test]
fn folders_of_others_are_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    folder.fill();
    let cache = folder.cache();
    let allow = |mode| fs::set_permissions(cache.dir(), fs::Permissions::from_mode(mode)).unwrap();
    allow(0o777);
    assert_eq!(load(&folder).compiled_functions(), 0);
    let module = Module::from_file(&folder.engine(1), folder.file()).unwrap();
    run(&module);
    let error = module.save_to_cache().unwrap_err();
    assert!(error.to_string().contains("others can write to the folder"), "{error}");
    allow(0o700);
    assert!(load(&folder).compiled_functions() > 0);
    // A folder that cannot be made.
    let engine = engine(Cache::new(folder.file().join("cache")), 1);
    let module = Module::from_file(&engine, folder.file()).unwrap();
    run(&module);
    assert!(module.save_to_cache().is_err());
}

#[test]
fn many_use_it_at_once() {
    let folder = Folder::new();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..6)
            .map(|worker| {
                let (folder, is_over) = (&folder, &is_over);
                scope.spawn(move || {
                    while !is_over.load(Relaxed) {
                        let after = if worker % 2 == 0 { 1 } else { NEVER };
                        let module = Module::from_file(&folder.engine(after), folder.file()).unwrap();
                        run(&module);
                        let _ = module.save_to_cache();
                    }
                })
            })
            .collect();
        for _ in 0..20 {
            std::thread::sleep(Duration::from_millis(50));
            let _ = folder.cache().clean();
        }
        is_over.store(true, Relaxed);
        workers.into_iter().for_each(|worker| worker.join().unwrap());
    });
    folder.cache().clean().unwrap();
    folder.fill();
    assert!(load(&folder).compiled_functions() > 0);
}
