//! Any function with any arguments: an error number or an end, never a panic, a hang or harm outside.
//!
//! Two kinds of calls are mixed: arguments that make sense by their roles, so that a good part of the calls does something,
//! and numbers at borders or without any sense.

use crate::puppet::{self, FUNCTIONS, Puppet};
use crate::{Place, SECRET};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use sarsen_wasi::{FsPerms, MemoryInput, MemoryOutput, WasiCtxBuilder};
use std::cell::Cell;
use std::fs;
use std::net::TcpListener;

/// Paths that calls name, each at a place of its own.
const PATHS: &[&str] = &[
    "file",
    "dir",
    "dir/file",
    "link",
    "new",
    "../read/file",
    "dir/../../secret",
    "up/secret",
    "/etc/passwd",
    "dir/",
];

/// Where they are, and how far apart.
const AT: u64 = puppet::PATHS[1] as u64;
const APART: u64 = 64;

/// A number without sense, or at a border.
fn wild() -> impl Strategy<Value = u64> {
    prop_oneof![
        3 => 0..12u64,
        2 => select(vec![64u64, 1024, 16 << 10, 64 << 10, 0x7_fff8, 0x7_ffff, 0x8_0000]),
        1 => select(vec![
            u64::from(u32::MAX), u64::from(u32::MAX) - 7, 1 << 31, 1 << 16, i64::MAX as u64, 1 << 63, u64::MAX
        ]),
        1 => any::<u64>(),
    ]
}

/// A call: the function, numbers to make arguments of, and whether they are used as they are.
type Choice = (usize, Vec<u64>, bool);

fn calls() -> impl Strategy<Value = Vec<Choice>> {
    let with_path: Vec<usize> =
        (0..FUNCTIONS.len()).filter(|&index| FUNCTIONS[index].0.starts_with("path")).collect();
    let function = prop_oneof![0..FUNCTIONS.len(), select(with_path)];
    let call = (function, prop::collection::vec(wild(), 9), prop::bool::weighted(0.3));
    prop::collection::vec(call, 1..60)
}

/// Arguments that make sense in their roles, chosen by numbers.
fn sensible(roles: &str, numbers: &[u64]) -> Vec<u64> {
    let mut path = 0;
    let argument = |(role, number): (char, &u64)| match role {
        // The first grant most often.
        'f' => [3, 6, 3, 4, 3, 7, 0, 3, 1, 5, 3, 8][(number % 12) as usize],
        'p' => {
            path = (number % PATHS.len() as u64) as usize;
            AT + path as u64 * APART
        }
        'l' => PATHS[path].len() as u64,
        'b' => puppet::LIST.into(),
        'n' => number % 5,
        'r' => u64::from(puppet::RESULT) + number % 4 * 8,
        'd' => u64::from(puppet::DATA) + number % 5 * 100,
        'a' => puppet::ALL_RIGHTS >> (number % 2 * 24),
        _ => [0, 1, 0, 1, 2, 4, 3, 8][(number % 8) as usize],
    };
    roles.chars().zip(numbers).map(argument).collect()
}

/// A guest that was granted some of everything. Nothing of it can wait: clocks are simulated, input ends.
fn puppet(place: &Place, module: &str, memory: &str) -> Puppet {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut grants = WasiCtxBuilder::new();
    grants
        .deterministic(1)
        .args(["a", "b"])
        .env("A", "B")
        .stdin(MemoryInput::new("input"))
        .stdout(MemoryOutput::new(100))
        .preopened_dir(place.granted.join("open"), "/", FsPerms::ReadWrite)
        .unwrap()
        .preopened_dir(place.granted.join("read"), "/read", FsPerms::ReadOnly)
        .unwrap()
        .listener(listener)
        .unwrap();
    let mut puppet = Puppet::with_memory(module, memory, &mut grants);
    const NONBLOCK: u64 = 4;
    puppet.call("fd_fdstat_set_flags", &[5, NONBLOCK]).unwrap();
    let buffers: Vec<(u32, u32)> = (0..32).map(|n| (puppet::DATA + n * 64, n * 7)).collect();
    puppet.buffers(&buffers);
    for (path, at) in PATHS.iter().zip((AT..).step_by(APART as usize)) {
        puppet.put(at as u32, path.as_bytes());
    }
    puppet.put(0x7_fff8, b"../x\0yz");
    puppet
}

/// What may be lost, and what may not.
fn furnished() -> Place {
    let place = Place::new();
    for dir in ["open", "read", "open/dir"] {
        fs::create_dir(place.granted.join(dir)).unwrap();
    }
    fs::write(place.granted.join("read/file"), SECRET).unwrap();
    fs::write(place.granted.join("open/file"), "inside").unwrap();
    fs::write(place.granted.join("open/dir/file"), "inside").unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("dir/file", place.granted.join("open/link")).unwrap();
        std::os::unix::fs::symlink("../..", place.granted.join("open/up")).unwrap();
    }
    place
}

/// Whether a call could wait for ever, or fill the disk: not what is tried here.
fn is_out_of_scope(name: &str, arguments: &[u64]) -> bool {
    match name {
        "fd_allocate" => arguments[1].saturating_add(arguments[2]) > 1 << 20,
        "fd_filestat_set_size" => arguments[1] > 1 << 20,
        // The guest may take its listener's flag away.
        "fd_fdstat_set_flags" => arguments[1] & 4 == 0,
        // And close what it needs to go on.
        "fd_renumber" => arguments[..2].iter().any(|&fd| matches!(fd as u32, 3 | 5)),
        "fd_close" | "fd_fdstat_set_rights" => arguments[0] as u32 == 3,
        _ => false,
    }
}

fn answers_anything(module: &str, memory: &str) {
    let (made, worked) = (Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new(Config { cases: 150, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&calls(), |calls| {
        let place = furnished();
        let mut puppet = puppet(&place, module, memory);
        for (function, numbers, is_wild) in calls {
            let (name, parameters, roles) = FUNCTIONS[function];
            let arguments =
                if is_wild { numbers[..parameters.len()].to_vec() } else { sensible(roles, &numbers) };
            if is_out_of_scope(name, &arguments) {
                continue;
            }
            made.set(made.get() + 1);
            match puppet.try_call(name, &arguments) {
                Ok(errno) if errno <= 76 => {
                    worked.set(worked.get() + i32::from(errno == 0 && name.starts_with("path")))
                }
                Err(error) if name == "proc_raise" && error.is::<sarsen_wasi::Exit>() => {}
                other => return Err(TestCaseError::fail(format!("{name} {arguments:?}: {other:?}"))),
            }
        }
        place.check();
        prop_assert_eq!(fs::read(place.granted.join("read/file")).unwrap(), SECRET);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    assert!(
        worked.get() * 100 > made.get(),
        "{} of {} calls did something with a path",
        worked.get(),
        made.get()
    );
}

#[test]
fn any_arguments_are_answered() {
    answers_anything("wasi_snapshot_preview1", "8");
}

#[test]
fn any_arguments_are_answered_with_a_shared_memory() {
    answers_anything("wasi_snapshot_preview1", "8 8 shared");
}

#[test]
fn any_arguments_are_answered_as_they_were_before() {
    answers_anything("wasi_unstable", "8");
}

#[test]
fn the_end_of_the_largest_memory_is_an_end() {
    let mut puppet = Puppet::with_memory("wasi_snapshot_preview1", "65536", &mut WasiCtxBuilder::new());
    // A clock whose time has come; the event takes the last bytes that there are.
    assert_eq!(puppet.call("poll_oneoff", &[puppet::DATA.into(), u64::from(u32::MAX) - 31, 1, 0]), Ok(()));
    assert_eq!(puppet.call("poll_oneoff", &[puppet::DATA.into(), u64::from(u32::MAX) - 30, 1, 0]), Err(21));
    // An empty buffer, and one that cannot be there.
    assert_eq!(puppet.call("fd_write", &[1, u64::from(u32::MAX) - 7, 1, 0]), Ok(()));
    assert_eq!(puppet.call("fd_write", &[1, u64::from(u32::MAX) - 7, 2, 0]), Err(21));
    assert_eq!(puppet.call("random_get", &[u64::from(u32::MAX), 1]), Ok(()));
    assert_eq!(puppet.call("random_get", &[u64::from(u32::MAX), 2]), Err(21));
}
