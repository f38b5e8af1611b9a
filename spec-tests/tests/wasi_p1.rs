//! The official programs of WASI preview 1 and wasi-threads in every tier, as trials named `tier/suite/program`.
//!
//! Each program gets a fresh copy of the directory that its description names. Suites that are not there are skipped by
//! name, and are an error where the environment variable `CI` is set. The scripts of the language are in `suites`.

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use sarsen::{Config, Dispatch, Engine, Linker, Module, Store, Strategy};
use sarsen_wasi::p1::{self, WasiP1Ctx};
use sarsen_wasi::threads::{self, WasiThreads};
use sarsen_wasi::{Exit, FileInput, FsPerms, MemoryOutput, WasiCtxBuilder};
use sarsen_wast::suites;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{env, fs, io};

/// Programs below one folder.
struct Suite {
    name: &'static str,
    folder: &'static str,
    programs: usize,
}

const SUITES: &[Suite] = &[
    Suite {
        name: "assemblyscript",
        folder: "wasi/tests/assemblyscript/testsuite/wasm32-wasip1",
        programs: 12,
    },
    Suite { name: "c", folder: "wasi/tests/c/testsuite/wasm32-wasip1", programs: 14 },
    Suite { name: "rust", folder: "wasi/tests/rust/testsuite/wasm32-wasip1", programs: 46 },
    Suite { name: "threads", folder: "wasi/tests/proposals/wasi-threads", programs: 15 },
];

/// Tiers: a name, and how to configure an engine for it.
const TIERS: &[(&str, Configure)] = &[
    ("interpreter", |config| config.strategy(Strategy::Interpreter).dispatch(Dispatch::Threaded)),
    ("interpreter-match", |config| config.strategy(Strategy::Interpreter).dispatch(Dispatch::Match)),
    ("jit", |config| config.strategy(Strategy::Jit).interruptible(true)),
    ("tiered", |config| {
        config.strategy(Strategy::Tiered).interruptible(true).compile_threads(1).tier_up_after(Some(3))
    }),
];

type Configure = fn(&mut Config) -> &mut Config;

/// What a program wrote at most.
const OUTPUT: usize = 1 << 20;

/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Programs that passed, by tier and suite.
type Totals = Arc<Mutex<BTreeMap<(&'static str, &'static str), usize>>>;

fn main() -> ExitCode {
    let totals = Totals::default();
    let Some(root) = suites::root() else {
        return libtest_mimic::run(&Arguments::from_args(), SUITES.iter().map(skipped).collect()).exit_code();
    };
    let mut trials = Vec::new();
    for (tier, configure) in TIERS {
        for suite in SUITES {
            let Ok(programs) = programs(&root.join(suite.folder)) else {
                trials.push(skipped(suite));
                continue;
            };
            assert_eq!(programs.len(), suite.programs, "programs in {}", suite.folder);
            for program in programs {
                let stem = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let totals = Arc::clone(&totals);
                trials.push(Trial::test(format!("{tier}/{}/{stem}", suite.name), move || {
                    trial(&program, *configure)?;
                    *totals
                        .lock()
                        .expect("counting does not panic")
                        .entry((tier, suite.name))
                        .or_default() += 1;
                    Ok(())
                }));
            }
        }
    }
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    for ((tier, suite), passed) in totals.lock().expect("counting does not panic").iter() {
        let programs = SUITES.iter().find(|other| other.name == *suite).map_or(0, |suite| suite.programs);
        println!("{tier}: {suite} {passed}/{programs}");
    }
    conclusion.exit_code()
}

fn skipped(suite: &'static Suite) -> Trial {
    let reason = format!("no folder {}; set {} or run `cargo xtask suites`", suite.folder, suites::VARIABLE);
    Trial::ignorable_test(format!("skipped/wasi-{}", suite.name), move || {
        if env::var_os("CI").is_some() { Err(reason.into()) } else { Ok(Completion::ignored_with(reason)) }
    })
}

fn programs(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut programs = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            programs.push(path);
        }
    }
    programs.sort();
    Ok(programs)
}

/// What is done with a program, and what must come of it.
struct Description {
    args: Vec<String>,
    env: Vec<(String, String)>,
    root: Option<PathBuf>,
    exit_code: i32,
    stdout: Option<String>,
    stderr: Option<String>,
}

impl Description {
    fn of(program: &Path) -> Result<Description, Failed> {
        let json = match fs::read_to_string(program.with_extension("json")) {
            Ok(text) => serde_json::from_str(&text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => serde_json::Value::Null,
            Err(error) => return Err(error.into()),
        };
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        let args = json["args"].as_array().into_iter().flatten().filter_map(text).collect();
        let env = json["env"].as_object().into_iter().flatten();
        let env = env.filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect();
        Ok(Description {
            args,
            env,
            root: json["root"].as_str().map(|root| program.with_file_name(root)),
            exit_code: json["exit_code"].as_i64().unwrap_or(0).try_into()?,
            stdout: text(&json["stdout"]),
            stderr: text(&json["stderr"]),
        })
    }
}

/// What the stores of a program know.
#[derive(Clone)]
struct Guest {
    wasi: WasiP1Ctx,
    threads: WasiThreads<Guest>,
}

fn trial(program: &Path, configure: Configure) -> Result<(), Failed> {
    let description = Description::of(program)?;
    let root = tempfile::tempdir()?;
    let (stdout, stderr) = (MemoryOutput::new(OUTPUT), MemoryOutput::new(OUTPUT));
    // The other end stays open, and silent: reading waits until somebody ends it.
    let (reader, _writer) = io::pipe()?;
    let mut builder = WasiCtxBuilder::new();
    builder.stdin(FileInput::new(into_file(reader))).stdout(stdout.clone()).stderr(stderr.clone());
    builder.arg(program.file_name().unwrap_or_default().to_string_lossy()).args(&description.args);
    for (name, value) in &description.env {
        builder.env(name, value);
    }
    if let Some(source) = &description.root {
        copy(source, root.path())?;
        builder.preopened_dir(root.path(), "/", FsPerms::ReadWrite)?;
    }
    let outcome = run(program, configure, builder.build_p1());
    let (stdout, stderr) = (stdout.contents(), stderr.contents());
    let code = match outcome {
        Ok(()) => 0,
        Err(error) => match error.downcast_ref::<Exit>() {
            Some(exit) => exit.0,
            None => return Err(format!("{error}\n{}", String::from_utf8_lossy(&stderr)).into()),
        },
    };
    if code != description.exit_code {
        let said = String::from_utf8_lossy(&stderr);
        return Err(format!("exit code {code}, not {}\n{said}", description.exit_code).into());
    }
    for (name, written, expected) in
        [("stdout", stdout, description.stdout), ("stderr", stderr, description.stderr)]
    {
        if let Some(expected) = expected
            && expected.as_bytes() != written
        {
            return Err(format!("{name}: {:?}, not {expected:?}", String::from_utf8_lossy(&written)).into());
        }
    }
    Ok(())
}

/// Runs a program in a store of its own, for as long as it may take.
fn run(program: &Path, configure: Configure, wasi: WasiP1Ctx) -> sarsen::Result<()> {
    let engine = Engine::new(configure(&mut Config::new()))?;
    let module = Module::new(&engine, fs::read(program).map_err(sarsen::Error::new)?)?;
    let threads = WasiThreads::new(64, wasi.stop_handle());
    let mut store = Store::new(&engine, Guest { wasi: wasi.clone(), threads: threads.clone() });
    let mut linker = Linker::new(&engine);
    p1::add_to_linker(&mut linker, |guest: &mut Guest| &mut guest.wasi)?;
    threads::add_to_linker(&mut linker, |guest: &mut Guest| Some(&guest.threads))?;
    threads::add_memories_to_linker(&mut linker, &mut store, &module)?;
    let module = linker.instantiate_pre(&module)?;

    let (interrupt, stop) = (store.interrupt_handle(), wasi.stop_handle());
    let (done, waiting) = std::sync::mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        if waiting.recv_timeout(PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            interrupt.interrupt();
            stop.stop();
        }
    });
    let outcome = threads.run(&module, &mut store, |store| {
        let instance = module.instantiate(&mut *store)?;
        instance.get_typed_func::<(), ()>(&mut *store, "_start")?.call(store, ())
    });
    drop(done);
    let _ = watch.join();
    outcome
}

#[cfg(unix)]
fn into_file(reader: io::PipeReader) -> fs::File {
    std::os::fd::OwnedFd::from(reader).into()
}

#[cfg(windows)]
fn into_file(reader: io::PipeReader) -> fs::File {
    std::os::windows::io::OwnedHandle::from(reader).into()
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            fs::create_dir(&target)?;
            copy(&source, &target)?;
        } else {
            // The contents alone: permissions of the stored copy are not the test's.
            fs::write(&target, fs::read(&source)?)?;
        }
    }
    Ok(())
}
