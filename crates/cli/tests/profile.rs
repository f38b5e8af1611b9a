//! What profilers are told: that the files are where they look, say what they can read, and name what has run.
//!
//! That `perf` itself makes sense of them was seen by hand.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A function with a name and one without.
const GUEST: &str = r#"(module $app
    (func $named (export "named") (param i64) (result i64)
        (if (result i64) (i64.eqz (local.get 0))
            (then (i64.const 1))
            (else (i64.mul (local.get 0) (call $named (i64.sub (local.get 0) (i64.const 1)))))))
    (func (export "nameless") (param f64)))"#;

/// What a run has left.
struct Run {
    folder: TempDir,
    process: u32,
    output: Output,
}

impl Run {
    /// `sarsen WORDS` in a folder with the guest, after `prepare` was done there by the same process, a shell.
    fn after(prepare: &str, words: &str) -> Run {
        let folder = tempfile::tempdir().expect("there is room for files");
        fs::write(folder.path().join("guest.wat"), GUEST).expect("there is room for files");
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("sarsen=\"$0\"; {prepare}; exec \"$sarsen\" {words}")]);
        shell.arg(env!("CARGO_BIN_EXE_sarsen")).current_dir(folder.path());
        shell.env("SARSEN_CACHE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
        let child = shell.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the shell starts");
        let process = child.id();
        Run { folder, process, output: child.wait_with_output().expect("it ends") }
    }

    fn of(words: &str) -> Run {
        let run = Run::after(":", words);
        assert!(run.output.status.success() && run.output.stderr.is_empty(), "{:?}", run.output);
        assert_eq!(run.output.stdout, b"120\n");
        run
    }

    fn map_path(&self) -> PathBuf {
        Path::new("/tmp").join(format!("perf-{}.map", self.process))
    }

    fn dump_path(&self) -> PathBuf {
        self.folder.path().join(format!("jit-{}.dump", self.process))
    }

    /// Start, length and name of each line of the perf map.
    fn map(&self) -> Vec<(u64, u64, String)> {
        let text = fs::read_to_string(self.map_path()).expect("there is a perf map");
        let number = |digits: &str| u64::from_str_radix(digits, 16).expect("numbers are hexadecimal");
        let line = |line: &str| match line.splitn(3, ' ').collect::<Vec<_>>()[..] {
            [start, len, name] => (number(start), number(len), name.to_owned()),
            _ => panic!("{line}"),
        };
        text.lines().map(line).collect()
    }

    /// The same of each record of the jitdump.
    fn dump(&self) -> Vec<(u64, u64, String)> {
        let bytes = fs::read(self.dump_path()).expect("there is a jitdump");
        let word = |at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap());
        let long = |at: usize| u64::from_ne_bytes(bytes[at..at + 8].try_into().unwrap());
        assert_eq!((word(0), word(4), word(8)), (0x4A69_5444, 1, 40), "magic, version, bytes");
        assert_eq!((word(20), long(32)), (self.process, 0), "process, flags");
        let (mut at, mut time, mut records) = (40, long(24), Vec::new());
        assert!(time > 0);
        while at < bytes.len() {
            let (kind, size) = (word(at), word(at + 4) as usize);
            assert_eq!(kind, 0, "code is loaded");
            assert!(long(at + 8) >= time, "time goes on");
            time = long(at + 8);
            assert_eq!((word(at + 16), word(at + 20)), (self.process, self.process));
            let (address, len) = (long(at + 24), long(at + 40));
            assert_eq!((long(at + 32), long(at + 48)), (address, records.len() as u64));
            let rest = &bytes[at + 56..at + size];
            let (name, code) = rest.split_at(rest.len() - len as usize);
            let name = name.strip_suffix(b"\0").expect("names end with a zero");
            assert!(code.iter().any(|&byte| byte != 0), "code is no row of zeros");
            records.push((address, len, String::from_utf8(name.to_vec()).expect("names are text")));
            at += size;
        }
        records
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.map_path());
    }
}

/// Fails unless the stretches are those of the guest: in order, next to each other, and of a size that code has.
fn check(stretches: &[(u64, u64, String)]) {
    let names: Vec<_> = stretches.iter().map(|(_, _, name)| name.as_str()).collect();
    let functions = ["named", "wasm[app]::function[1]"];
    assert_eq!(names[..2], functions);
    for name in ["wasm[app]::runtime", "wasm[app]::entry[0]", "wasm[app]::leaf[0]", "wasm[app]::entry[1]"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    for (start, len, name) in stretches {
        assert!(*start > 1 << 16 && (1..1 << 16).contains(len), "{name}: {start:x} {len:x}");
    }
    assert!(stretches[0].1 > 16, "it has some instructions");
    for pair in stretches.windows(2) {
        assert!(pair[0].0 + pair[0].1 <= pair[1].0, "{pair:x?}");
    }
}

#[test]
fn perf_is_told_where_functions_lie() {
    let run = Run::of("run --profile perf guest.wat --invoke named 5");
    check(&run.map());
    assert_eq!(run.dump(), run.map());
}

#[test]
fn each_file_can_be_had_alone() {
    let run = Run::of("run --profile perfmap guest.wat --invoke named 5");
    check(&run.map());
    assert!(!run.dump_path().exists());
    let run = Run::of("run --profile jitdump --strategy jit guest.wat --invoke named 5");
    check(&run.dump());
    assert!(!run.map_path().exists());
    let run = Run::of("run --profile none --strategy jit guest.wat --invoke named 5");
    assert!(!run.dump_path().exists() && !run.map_path().exists());
}

#[test]
fn compiled_modules_are_told_of_too() {
    let compile = "\"$sarsen\" compile guest.wat";
    let run = Run::after(compile, "run --profile perf guest.sarsen --invoke named 5");
    assert_eq!(run.output.stdout, b"120\n", "{:?}", run.output);
    check(&run.map());
    assert_eq!(run.dump(), run.map());
    // `perf` would look for names in the file.
    let without = Run::after(compile, "run guest.sarsen --invoke named 5");
    assert!(without.output.status.success() && !without.map_path().exists());
}

#[test]
fn every_module_of_a_process_is_in_the_same_files() {
    let run = Run::of("run --profile perf --preload other=guest.wat guest.wat --invoke named 5");
    let dump = run.dump();
    assert_eq!(dump, run.map());
    assert_eq!(dump.iter().filter(|(_, _, name)| name == "named").count(), 2);
}

#[test]
fn files_that_cannot_be_written_are_named() {
    let words = "run --profile perf guest.wat --invoke named 5";
    let run = Run::after("mkdir jit-$$.dump", words);
    let message = String::from_utf8_lossy(&run.output.stderr).into_owned();
    let start = format!("error: cannot write ./jit-{}.dump: ", run.process);
    assert!(run.output.status.code() == Some(2) && message.starts_with(&start), "{message}");
    assert!(run.output.stdout.is_empty(), "nothing has run");
}

#[test]
fn what_an_earlier_process_left_is_replaced() {
    let prepare =
        "echo old >jit-$$.dump; echo old >target; cd /tmp; ln -s \"$OLDPWD/target\" perf-$$.map; cd - >&2";
    let run = Run::after(prepare, "run --profile perf guest.wat --invoke named 5");
    check(&run.map());
    check(&run.dump());
    let target = fs::read_to_string(run.folder.path().join("target")).unwrap();
    assert_eq!(target, "old\n", "links are not followed");
}
