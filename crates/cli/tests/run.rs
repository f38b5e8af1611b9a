//! What golden tests cannot say of `sarsen run`: files that guests write, sockets, signals, and what differs each time.
//!
//! It owns no expectation about messages that are always the same; those are golden.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io, thread};
use tempfile::TempDir;

/// Writes `out` to descriptor 1 and `err` to descriptor 2.
const SPEAKS: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\18\00\00\00\04\00\00\00\1c\00\00\00\04\00\00\00        out\nerr\n")
    (func (export "_start")
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))
        (drop (call $write (i32.const 2) (i32.const 8) (i32.const 1) (i32.const 64)))))"#;

/// Says `ready`, and goes on for ever.
const LOOPS: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\08\00\00\00\06\00\00\00ready\n")
    (func (export "_start")
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))
        (loop (br 0))))"#;

/// Writes to descriptor 1 until that fails, and exits with the error number.
const POURS: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 2)
    (data (i32.const 0) "\00\00\00\00\00\00\01\00")
    (func (export "_start") (local $error i32)
        (loop $again
            (local.set $error (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))
            (br_if $again (i32.eqz (local.get $error))))
        (call $exit (local.get $error))))"#;

/// Options for every way of running code.
const WAYS: [&[&str]; 2] = [&[], &["--strategy", "jit"]];

/// A folder with one guest.
struct Guest {
    folder: TempDir,
}

impl Guest {
    fn new(text: &str) -> Guest {
        let folder = tempfile::tempdir().expect("there is room for files");
        fs::write(folder.path().join("guest.wat"), text).expect("there is room for files");
        Guest { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("the guest has written it")
    }

    /// `sarsen OPTIONS guest.wat ARGUMENTS` in the folder.
    fn command(&self, options: &[&str], arguments: &[&str]) -> Command {
        let mut command = sarsen();
        command.args(options).arg("guest.wat").args(arguments).current_dir(self.folder.path());
        command
    }

    fn run(&self, options: &[&str], arguments: &[&str]) -> Output {
        self.command(options, arguments).output().expect("the command starts")
    }
}

fn sarsen() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sarsen"));
    command.env(CACHE.0, CACHE.1);
    command
}

/// A cache for tests.
const CACHE: (&str, &str) = ("SARSEN_CACHE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn output_goes_to_files() {
    let guest = Guest::new(SPEAKS);
    fs::write(guest.path("out"), "what was there before").expect("there is room for files");
    let output = guest.run(&["--stdout", "out", "--stderr", "err"], &[]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!((guest.read("out"), guest.read("err")), ("out\n".to_owned(), "err\n".to_owned()));
    assert_eq!((output.stdout, output.stderr), (Vec::new(), Vec::new()));

    guest.run(&["--stdout", "both", "--stderr", "both"], &[]);
    assert_eq!(guest.read("both"), "out\nerr\n");

    let output = guest.run(&["--stdout", "."], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("error: --stdout .: "), "{output:?}");
}

/// Writes more lines than leave at once, and then ends so.
fn speaks_and_ends(end: &str) -> Guest {
    Guest::new(&format!(
        r#"(module
            (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1)
            (data (i32.const 0) "\08\00\00\00\05\00\00\00line\n")
            (func (export "_start") (local $lines i32)
                (loop $next
                    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))
                    (local.set $lines (i32.add (local.get $lines) (i32.const 1)))
                    (br_if $next (i32.lt_u (local.get $lines) (i32.const 200))))
                {end}))"#
    ))
}

#[test]
fn output_arrives_however_the_guest_ends() {
    for (end, options, code) in [
        ("(return)", &[][..], 0),
        ("(unreachable)", &[], 134),
        ("(call $exit (i32.const 3))", &[], 3),
        ("(loop (br 0))", &["--timeout", "300ms"], 124),
        ("(loop (br 0))", &["--fuel", "100000"], 134),
    ] {
        for way in WAYS {
            let output = speaks_and_ends(end).run(&[way, options].concat(), &[]);
            assert_eq!(output.status.code(), Some(code), "{end} {way:?}");
            assert_eq!(text(&output.stdout), "line\n".repeat(200), "{end} {way:?}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn lost_output_is_no_success() {
    for (end, code) in [("(return)", 1), ("(call $exit (i32.const 0))", 1), ("(call $exit (i32.const 3))", 3)]
    {
        let full = fs::File::options().write(true).open("/dev/full").expect("Linux has it");
        let output =
            speaks_and_ends(end).command(&[], &[]).stdout(full).output().expect("the command starts");
        assert_eq!(output.status.code(), Some(code), "{end}");
        assert_eq!(text(&output.stderr).starts_with("error: cannot write: "), code == 1, "{end}: {output:?}");
    }
}

#[test]
fn directories_are_written_to() {
    let guest = Guest::new(
        r#"(module
            (import "wasi_snapshot_preview1" "path_create_directory"
                (func $create (param i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1)
            (data (i32.const 0) "made")
            (func (export "_start") (call $exit (call $create (i32.const 3) (i32.const 0) (i32.const 4)))))"#,
    );
    assert_eq!(guest.run(&["--dir", ".::/:ro"], &[]).status.code(), Some(63), "EPERM");
    assert!(!guest.path("made").exists());
    assert_eq!(guest.run(&["--dir", ".::/"], &[]).status.code(), Some(0));
    assert!(guest.path("made").is_dir());
}

#[test]
fn a_listener_is_granted() {
    let guest = Guest::new(
        r#"(module
            (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "sock_send" (func $send (param i32 i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 0) "\08\00\00\00\06\00\00\00hello\n")
            ;; The directory is 3, the listener 4.
            (func (export "_start")
                (if (call $accept (i32.const 4) (i32.const 0) (i32.const 64)) (then unreachable))
                (drop (call $send (i32.load (i32.const 64)) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 68)))))"#,
    );
    let mut command = guest.command(&["--listen", "127.0.0.1:0", "--dir", "."], &[]);
    let mut child = command.stderr(Stdio::piped()).spawn().expect("the command starts");
    let mut line = String::new();
    BufReader::new(child.stderr.take().expect("it is piped")).read_line(&mut line).expect("it says where");
    let address = line.strip_prefix("listening on ").and_then(|line| line.strip_suffix(" (descriptor 4)\n"));
    let mut received = String::new();
    let mut connection = TcpStream::connect(address.unwrap_or_else(|| panic!("{line}"))).expect("it listens");
    connection.read_to_string(&mut received).expect("the guest sends");
    assert_eq!(received, "hello\n");
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn the_stack_is_limited() {
    let guest = Guest::new(
        r#"(module (func $down (export "down") (param i32) (result i32)
            (if (result i32) (i32.eqz (local.get 0))
                (then (i32.const 0))
                (else (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1))))))))"#,
    );
    let small = guest.run(&["--max-stack", "8KiB"], &["--invoke", "down", "1000"]);
    assert_eq!(small.status.code(), Some(134));
    assert!(text(&small.stderr).contains("call stack exhausted"), "{small:?}");
    let large = guest.run(&["--max-stack", "1MiB"], &["--invoke", "down", "1000"]);
    assert_eq!(text(&large.stdout), "1000\n");
}

#[cfg(target_os = "linux")]
#[test]
fn a_stack_that_the_system_does_not_have_is_named() {
    let guest = Guest::new("(module (func (export \"_start\")))");
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -v 800000; exec \"$0\" --max-stack 1GiB guest.wat"]);
    shell.arg(env!("CARGO_BIN_EXE_sarsen")).current_dir(guest.folder.path()).env(CACHE.0, CACHE.1);
    let output = shell.output().expect("the shell starts");
    assert_eq!(
        (output.status.code(), text(&output.stderr)),
        (Some(1), "error: guest.wat: no room for the stack of a store\n".to_owned())
    );
}

#[test]
fn statistics_come_last() {
    let guest = Guest::new(
        r#"(module (memory 3)
            (func $used (export "f"))
            (func $unused (export "g")))"#,
    );
    let output = guest.run(&["--stats"], &["--invoke", "f"]);
    let said = text(&output.stderr);
    let value = |name: &str| {
        let mut lines = said.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_else(|| panic!("{said}"))
    };
    assert!(value("time to first instruction").ends_with(" ms") && value("run time").ends_with(" ms"));
    assert_eq!(value("peak memory of the guest"), "0.19 MiB");
    assert_eq!((value("functions translated"), value("functions compiled")), ("1", "0"));

    let output = guest.run(&["--stats"], &["--invoke", "f", "1"]);
    assert_eq!(text(&output.stderr).lines().count(), 1, "nothing has run: {output:?}");
    assert!(guest.run(&["--stats=no"], &["--invoke", "f"]).stderr.is_empty());

    let output = Guest::new("(module (func (export \"_start\") unreachable))").run(&["--stats"], &[]);
    let said = text(&output.stderr);
    assert!(
        said.starts_with("error: guest.wat: unreachable\n") && said.contains("\nfunctions compiled: 0\n")
    );
}

#[test]
fn what_takes_long_is_kept_for_the_next_run() {
    // Large enough to be kept for its own sake.
    let padding = "(nop)".repeat(200 << 10);
    let guest =
        Guest::new(&format!("(module (func {padding}) (func (export \"f\") (result i32) (i32.const 3)))"));
    let run = |options: &[&str], arguments: &[&str]| {
        let mut command = guest.command(options, arguments);
        text(
            &command
                .env("SARSEN_CACHE_DIR", guest.path("cache"))
                .output()
                .expect("the command starts")
                .stdout,
        )
    };
    let cache = |what: &str| {
        let mut command = sarsen();
        command.args(["cache", what]).env("SARSEN_CACHE_DIR", guest.path("cache"));
        text(&command.output().expect("the command starts").stdout)
    };
    let strategies = [&["--strategy", "tiered"][..], &["--strategy", "jit"], &["--strategy", "interpreter"]];
    for (options, modules) in strategies.into_iter().zip([1, 2, 2]) {
        for _ in 0..2 {
            assert_eq!(run(&[options, &["--cache=no"]].concat(), &["--invoke", "f"]), "3\n");
        }
        for _ in 0..2 {
            assert_eq!(run(options, &["--invoke", "f"]), "3\n");
            let plural = if modules == 1 { "" } else { "s" };
            let said = cache("stats");
            assert!(said.starts_with(&format!("kept: {modules} module{plural}, ")), "{options:?}: {said}");
        }
    }
    assert!(cache("clean").starts_with("removed: 2 modules, "));
    assert_eq!(cache("stats"), "kept: 0 modules, 0.00 MiB\n");
    assert_eq!(run(&[], &["--invoke", "f"]), "3\n");
}

/// Calls a hundred functions once, none of which becomes hot.
fn wide() -> Guest {
    let more = "(local.set 0 (i32.rotl (local.get 0) (i32.const 5)))".repeat(400);
    let one = |n: u32| format!("(func $f{n} (param i32) (result i32) {more} (local.get 0))");
    let functions: String = (0..100).map(one).collect();
    let calls: String = (0..100).map(|n| format!("(call $f{n} ")).collect();
    let ends = ")".repeat(100);
    Guest::new(&format!(
        "(module {functions} (func (export \"f\") (result i32) {calls} (i32.const 1) {ends}))"
    ))
}

#[test]
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"))]
fn what_is_called_is_compiled_for_later_runs() {
    let guest = wide();
    let run = |cache: &str| {
        let mut command = guest.command(&[cache, "--stats"], &["--invoke", "f"]);
        let output =
            command.env("SARSEN_CACHE_DIR", guest.path("cache")).output().expect("the command starts");
        assert!(output.status.success(), "{output:?}");
        let said = text(&output.stderr);
        let compiled = said.lines().find_map(|line| line.strip_prefix("functions compiled: "));
        (text(&output.stdout), compiled.map(|count| count.parse::<u32>().expect("a number")))
    };
    let result = run("--cache=no").0;
    for _ in 0..3 {
        assert_eq!(run("--cache=alone"), (result.clone(), Some(0)));
    }
    assert_eq!(run("--cache=complete"), (String::new(), None), "it runs nothing");
    assert_eq!(run("--cache=alone"), (result.clone(), Some(101)));

    // The same, by a process of the second run's.
    fs::remove_dir_all(guest.path("cache")).expect("it is there");
    let start = Instant::now();
    assert_eq!(run("--cache"), (result.clone(), Some(0)));
    while run("--cache").1 != Some(101) {
        assert!(start.elapsed() < Duration::from_secs(300), "nobody has compiled it");
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(run("--cache"), (result, Some(101)));
}

#[test]
fn statistics_name_functions_that_cost_too_much_to_compile() {
    // More locals than its size has use for.
    let costly = format!("(func (export \"f\") (local {}))", "i64 ".repeat(10_000));
    let guest = Guest::new(&format!("(module (func) {costly})"));
    let line = "functions compiled: 1\nfunctions left to the interpreter: 1 (function 1)\n";
    let said = |options: &[&str], file: &str| {
        let mut command = sarsen();
        command.args(options).args(["--stats", file, "--invoke", "f"]).current_dir(guest.folder.path());
        text(&command.output().expect("the command starts").stderr)
    };
    assert!(said(&["--strategy", "jit"], "guest.wat").ends_with(line));
    assert!(!said(&[], "guest.wat").contains("left to the interpreter"));
    assert!(
        sarsen().args(["compile", "guest.wat"]).current_dir(guest.folder.path()).status().unwrap().success()
    );
    assert!(said(&[], "guest.sarsen").ends_with(line), "compiled modules know it too");

    let many = format!("(module {costly} {})", costly.replace("(export \"f\")", "").repeat(6));
    let output = Guest::new(&many).run(&["--strategy", "jit", "--stats"], &["--invoke", "f"]);
    let said = text(&output.stderr);
    assert!(said.ends_with("left to the interpreter: 7 (functions 0, 1, 2, 3, 4, ..)\n"), "{said}");
}

#[test]
fn every_option_can_stand_in_a_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let options =
        fs::read_to_string(folder.join("../fixtures/every.toml")).expect("it is part of the source");
    let help = sarsen().args(["run", "--help"]).output().expect("the command starts");
    let help = text(&help.stdout);
    let names = help.split_whitespace().filter_map(|word| word.strip_prefix("--"));
    let names =
        names.map(|name| name.split(|c: char| c != '-' && !c.is_ascii_alphanumeric()).next().unwrap_or(name));
    let mut names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| !["config", "help"].contains(name));
    assert!(names.len() > 15, "{names:?}");
    for name in names {
        assert!(options.lines().any(|line| line.starts_with(&format!("{name} ="))), "{name}");
    }
    let guest = Guest::new("(module (func (export \"f\") (result i32) (i32.const 3)))");
    let mut command = sarsen();
    command.args(["--config", "../fixtures/every.toml"]).arg(guest.path("guest.wat")).current_dir(folder);
    let output = command.output().expect("the command starts");
    assert_eq!(text(&output.stdout), "3\n", "{output:?}");
}

#[test]
fn completions_are_scripts() {
    for (shell, words) in [("bash", "_sarsen()"), ("zsh", "#compdef sarsen"), ("fish", "complete -c sarsen")]
    {
        let output = sarsen().args(["completions", shell]).output().expect("the command starts");
        let script = text(&output.stdout);
        assert!(script.contains(words) && script.contains("max-memory"), "{shell}: {script}");
    }
    let output =
        sarsen().args(["completions", "bash"]).stdout(closed()).output().expect("the command starts");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), String::new()));
}

/// A pipe whose reader went away.
fn closed() -> io::PipeWriter {
    io::pipe().expect("the system has pipes").1
}

#[test]
fn a_guest_ends_when_nobody_reads() {
    let unread = if cfg!(unix) { 141 } else { 1 };
    // They go on for ever, exit with the error, trap because of it, or end as if nothing had happened.
    let guests = [
        speaks_and_ends("(loop $again (br $again))"),
        Guest::new(POURS),
        Guest::new(&POURS.replace("(call $exit (local.get $error))", "unreachable")),
        speaks_and_ends("(return)"),
    ];
    for (guest, way) in guests.iter().flat_map(|guest| WAYS.map(|way| (guest, way))) {
        let output = guest.command(way, &[]).stdout(closed()).output().expect("the command starts");
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(unread), String::new()), "{way:?}");
    }
}

#[test]
fn a_guest_ends_when_its_reader_has_enough() {
    let guest = Guest::new(&POURS.replace("(i32.eqz (local.get $error))", "(i32.const 1)"));
    let mut command = guest.command(&[], &[]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    child.stdout.take().expect("it is piped").read_exact(&mut [0]).expect("the guest writes");
    let output = child.wait_with_output().expect("it ends");
    let unread = if cfg!(unix) { 141 } else { 1 };
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(unread), String::new()));
}

/// Sends SIGINT.
#[cfg(unix)]
fn interrupt(child: &Child) {
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(status.expect("every Unix has `kill`").success());
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_guest() {
    let guest = Guest::new(LOOPS);
    // With a time limit, compiled code looks whether to go on; without, it cannot be stopped, and the process ends.
    for options in [
        &[][..],
        &["--timeout", "60m"],
        &["--strategy", "interpreter"],
        &["--strategy", "jit"],
        &["--strategy", "jit", "--timeout", "60m"],
    ] {
        let mut command = guest.command(options, &[]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("the guest says something");
        assert_eq!(line, "ready\n");
        let start = Instant::now();
        interrupt(&child);
        let output = child.wait_with_output().expect("it ends");
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(130), String::new()), "{options:?}");
        assert!(start.elapsed() < Duration::from_millis(1500), "nobody had to wait: {options:?}");
    }
}

/// A guest that waits for somebody to read what it writes.
#[cfg(unix)]
fn stuck(options: &[&str]) -> (Guest, Child) {
    let guest = Guest::new(POURS);
    let mut command = guest.command(options, &[]);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command starts");
    let stdout = child.stdout.as_mut().expect("it is piped");
    stdout.read_exact(&mut [0]).expect("the guest writes");
    (guest, child)
}

#[cfg(unix)]
#[test]
fn a_second_ctrl_c_ends_the_process() {
    for options in [&["--strategy", "interpreter"][..], &["--timeout", "60m"]] {
        let (_guest, mut child) = stuck(options);
        // The pipe fills up.
        thread::sleep(Duration::from_millis(300));
        interrupt(&child);
        thread::sleep(Duration::from_millis(300));
        assert!(child.try_wait().expect("it is our child").is_none(), "the guest cannot end");
        let start = Instant::now();
        interrupt(&child);
        assert_eq!(child.wait().expect("it ends").code(), Some(130));
        assert!(start.elapsed() < Duration::from_secs(1), "it was ended at once");
    }
}

#[cfg(unix)]
#[test]
fn a_guest_that_does_not_end_in_time_is_ended() {
    for way in WAYS {
        let (_guest, mut child) = stuck(&[way, &["--timeout", "100ms"]].concat());
        assert_eq!(child.wait().expect("it ends").code(), Some(124));
        let mut said = String::new();
        child.stderr.take().expect("it is piped").read_to_string(&mut said).expect("it is text");
        assert!(said.starts_with("error: guest.wat: timed out after 100ms\n"), "{said}");
    }
}

#[test]
fn modules_can_come_from_standard_input() {
    let mut command = sarsen();
    command.args(["/dev/stdin", "--invoke", "f"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(b"(module (func (export \"f\") (result i32) (i32.const 3)))").expect("it reads");
    drop(stdin);
    assert_eq!(text(&child.wait_with_output().expect("it ends").stdout), "3\n");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_guest_that_says_nothing() {
    use std::os::unix::process::ExitStatusExt;
    // What starts in the background may ignore the signal, and so would the command. What is handled here is not ignored there.
    ctrlc::set_handler(|| std::process::exit(130)).expect("there is no other handler");
    let guest = Guest::new("(module (func (export \"_start\") (loop (br 0))))");
    // With statistics there is something to say.
    let cases = [
        (&[][..], None, Some(2)),
        (&["--strategy", "interpreter", "--stats"], Some(130), None),
        (&["--strategy", "jit"], None, Some(2)),
        (&["--strategy", "jit", "--timeout", "60m", "--stats"], Some(130), None),
    ];
    for (options, code, signal) in cases {
        let child = guest.command(options, &[]).stderr(Stdio::piped()).spawn().expect("the command starts");
        thread::sleep(Duration::from_millis(300));
        interrupt(&child);
        let output = child.wait_with_output().expect("it ends");
        assert_eq!((output.status.code(), output.status.signal()), (code, signal), "{output:?}");
        assert_eq!(text(&output.stderr).contains("run time: "), code.is_some(), "{output:?}");
    }
}
