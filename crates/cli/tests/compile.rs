//! Compiled modules from the command line: what becomes of the files, and what they run like.
//!
//! It owns no expectation about messages that are always the same; those are golden.

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A library, and a program that exits with what `fib` gives for its number of arguments.
const GUEST: &str = r#"(module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func $fib (export "fib") (param i32) (result i32)
        (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
            (then (local.get 0))
            (else (i32.add
                (call $fib (i32.sub (local.get 0) (i32.const 1)))
                (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
    (func (export "_start")
        (drop (call $sizes (i32.const 0) (i32.const 4)))
        (call $exit (call $fib (i32.load (i32.const 0))))))"#;

/// A cache for tests.
const CACHE: (&str, &str) = ("SARSEN_CACHE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));

/// A folder with the guest as text.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().expect("there is room for files"));
        fs::write(folder.path("guest.wat"), GUEST).expect("there is room for files");
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// `sarsen WORDS` in the folder.
    fn sarsen(&self, words: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sarsen"));
        command.env(CACHE.0, CACHE.1);
        command.args(words.split_whitespace()).current_dir(self.0.path());
        command.output().expect("the command starts")
    }

    /// The same, which succeeds, and says so much.
    fn says(&self, words: &str) -> String {
        let output = self.sarsen(words);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && errors.is_empty(), "{words}: {errors}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The same, which fails, and says why.
    fn complains(&self, words: &str) -> String {
        let output = self.sarsen(words);
        assert_eq!(output.status.code(), Some(1), "{words}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }
}

#[test]
fn compiled_modules_run() {
    let folder = Folder::new();
    assert_eq!(folder.says("compile guest.wat"), "");
    assert_eq!(folder.sarsen("guest.sarsen 2 3 4 5 6 7").status.code(), Some(13));
    assert_eq!(folder.says("run --invoke fib guest.sarsen 20"), "6765\n");
    let stats = folder.sarsen("run --stats --invoke fib guest.sarsen 20").stderr;
    assert!(String::from_utf8_lossy(&stats).contains("functions compiled: 2\n"));
    assert!(folder.complains("run --strategy interpreter guest.sarsen").contains("runs no code of files"));
    let names: Vec<_> =
        fs::read_dir(folder.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "nothing is left behind: {names:?}");
    // Whoever runs something else must not run machine code without knowing.
    fs::rename(folder.path("guest.sarsen"), folder.path("guest.wasm")).unwrap();
    assert!(folder.complains("guest.wasm 2").contains("let its name end with `.sarsen`"));
    assert!(
        folder.complains("run --preload lib=guest.wasm guest.wat").contains("guest.wasm: a compiled module")
    );
}

#[test]
fn compiled_modules_are_preloaded() {
    let folder = Folder::new();
    let user = r#"(module (import "lib" "fib" (func $fib (param i32) (result i32)))
        (func (export "twice") (param i32) (result i32) (call $fib (call $fib (local.get 0)))))"#;
    fs::write(folder.path("user.wat"), user).unwrap();
    folder.says("compile guest.wat -o lib.sarsen");
    folder.says("compile user.wat -o user.sarsen");
    assert_eq!(folder.says("run --preload lib=lib.sarsen --invoke twice user.sarsen 6"), "21\n");
    assert_eq!(folder.says("run --preload lib=lib.sarsen --invoke twice user.wat 6"), "21\n");
    assert_eq!(folder.says("run --preload lib=guest.wat --invoke twice user.sarsen 6"), "21\n");
}

#[test]
fn options_must_fit() {
    let folder = Folder::new();
    folder.says("compile guest.wat -o plain.sarsen");
    folder.says("compile guest.wat -o fuel.sarsen --fuel --interruptible");
    assert_eq!(folder.says("run --fuel 100000 --timeout 1m --invoke fib fuel.sarsen 10"), "55\n");
    let all = "compiled with fuel, this engine does not count fuel";
    assert!(folder.complains("run --invoke fib fuel.sarsen 10").contains(all));
    let none = "plain.sarsen: compiled without fuel, this engine counts fuel; compiled without looking for interrupts";
    assert!(folder.complains("run --fuel 9 --timeout 9s plain.sarsen").contains(none));
    assert!(
        folder
            .complains("run -W gc=no plain.sarsen")
            .contains("compiled with the feature `gc`, which is off")
    );
    assert!(folder.complains("validate plain.sarsen").contains("plain.sarsen: a compiled module"));
}

#[test]
fn other_machines() {
    let folder = Folder::new();
    for target in ["x86_64-linux", "aarch64", "riscv64-linux"] {
        folder.says(&format!("compile guest.wat -o other.sarsen --target {target}"));
        let arch = target.trim_end_matches("-linux");
        let overview = folder.says("inspect other.sarsen");
        assert!(overview.contains(&format!("\ntarget: {arch}\n")), "{overview}");
        assert!(overview.contains("\noptions: fuel=no signals=yes "), "{overview}");
        assert!(overview.contains("\nfunctions: 2, 0 of them interpreted\n"), "{overview}");
        assert!(overview.contains("  \"fib\" (func (param i32) (result i32))\n"), "{overview}");
        let json: serde_json::Value =
            serde_json::from_str(&folder.says("inspect --json other.sarsen")).unwrap();
        assert_eq!(json["compiled"]["target"], arch);
        assert_eq!(json["compiled"]["options"]["fuel"], "no");
        if arch != std::env::consts::ARCH {
            assert!(
                folder
                    .complains("run other.sarsen")
                    .contains(&format!("other.sarsen: compiled for {arch}, and"))
            );
        }
    }
    assert!(folder.says("inspect other.sarsen --func fib --emit wat").starts_with("(func $fib "));
}

#[cfg(unix)]
#[test]
fn modules_from_pipes_are_read_once() {
    let folder = Folder::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sarsen"));
    command.env(CACHE.0, CACHE.1);
    command.args(["run", "--invoke", "fib", "/dev/stdin", "10"]).current_dir(folder.0.path());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the command starts");
    child.stdin.take().unwrap().write_all(GUEST.as_bytes()).unwrap();
    assert_eq!(child.wait_with_output().unwrap().stdout, b"55\n");
}

#[test]
fn the_old_file_stays_whole() {
    let folder = Folder::new();
    folder.says("compile guest.wat -o out");
    let before = fs::read(folder.path("out")).unwrap();
    let mut open = fs::File::open(folder.path("out")).unwrap();
    folder.says("compile guest.wat -o out --fuel");
    assert_ne!(fs::read(folder.path("out")).unwrap(), before);
    let mut still = Vec::new();
    open.read_to_end(&mut still).unwrap();
    assert!(still == before, "whoever has it open goes on with the old one");
}
