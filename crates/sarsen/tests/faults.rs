//! Faults of a process that has a handler of its own for them: guests' are traps, and it hears of all others.
//!
//! Handlers belong to processes, so that each case is one: this program again, with the case in its environment.

#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"),
    not(miri)
))]
#![expect(unsafe_code, reason = "handles signals, and causes them")]

use libc::{c_int, c_void, siginfo_t};
use sarsen::{Config, Engine, Instance, Linker, Module, Store, Strategy, Trap};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output};
use std::ptr;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

/// Where a child finds its case.
const CASE: &str = "SARSEN_TEST_FAULT";

/// What a child exits with whose handler was called as it should be, and otherwise.
const HEARD: i32 = 70;
const WRONG: i32 = 71;

/// The signal and the address that a child expects.
static SIGNAL: AtomicUsize = AtomicUsize::new(0);
static ADDRESS: AtomicUsize = AtomicUsize::new(0);

/// The address that nothing is at.
const NOWHERE: usize = 0x1230;

// In the child

/// Ends the process: signals have been heard.
unsafe extern "C" fn with_details(signal: c_int, info: *mut siginfo_t, _: *mut c_void) {
    // SAFETY: the system passes what belongs to the signal.
    let address = unsafe { (*info).si_addr() }.addr();
    let expected = (SIGNAL.load(SeqCst), ADDRESS.load(SeqCst));
    let is_expected = expected == (signal as usize, address) || expected == (signal as usize, 0);
    // SAFETY: the process ends.
    unsafe { libc::_exit(if is_expected { HEARD } else { WRONG }) }
}

unsafe extern "C" fn plain(signal: c_int) {
    let is_expected = SIGNAL.load(SeqCst) == signal as usize;
    // SAFETY: the process ends.
    unsafe { libc::_exit(if is_expected { HEARD } else { WRONG }) }
}

/// Makes the page accessible, after which the instruction runs again.
unsafe extern "C" fn repairing(_: c_int, info: *mut siginfo_t, _: *mut c_void) {
    // SAFETY: as above; the page is this program's.
    unsafe {
        let page = (*info).si_addr();
        if page.addr() != ADDRESS.load(SeqCst)
            || libc::mprotect(page, 1, libc::PROT_READ | libc::PROT_WRITE) != 0
        {
            libc::_exit(WRONG);
        }
    }
}

/// Handles all signals of faults so.
fn handle(handler: usize, flags: c_int) {
    for signal in [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE] {
        // SAFETY: the handler is one for the flags, and an action of zeros is one.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            (action.sa_sigaction, action.sa_flags) = (handler, flags);
            assert_eq!(libc::sigaction(signal, &raw const action, ptr::null_mut()), 0);
        }
    }
}

/// Guests' faults, of all kinds that there are.
fn guests_trap(engine: &Engine) {
    let module = Module::new(
        engine,
        r#"(module (memory 1) (type $f (func)) (table 1 funcref)
            (func (export "load") (drop (i32.load (i32.const 65536))))
            (func (export "divide") (param i32) (drop (i32.div_u (i32.const 1) (local.get 0))))
            (func (export "stop") unreachable)
            (func $deeper (export "deeper") (call $deeper)))"#,
    )
    .unwrap();
    let mut store = Store::new(engine, ());
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    for (name, expected) in [
        ("load", Trap::MemoryOutOfBounds),
        ("divide", Trap::IntegerDivisionByZero),
        ("stop", Trap::UnreachableCodeReached),
        ("deeper", Trap::StackOverflow),
    ] {
        let func = instance.get_func(&mut store, name).unwrap();
        let args: &[sarsen::Val] = if name == "divide" { &[sarsen::Val::I32(0)] } else { &[] };
        let error = func.call(&mut store, args, &mut []).unwrap_err();
        assert_eq!(error.downcast_ref(), Some(&expected));
    }
    println!("guests have trapped");
}

/// A fault of the host's: one that `handler`s hear of.
fn fault(signal: c_int, address: usize) {
    SIGNAL.store(signal as usize, SeqCst);
    ADDRESS.store(address, SeqCst);
    // SAFETY: there is nothing there, which is why.
    unsafe { ptr::with_exposed_provenance::<u8>(address).read_volatile() };
}

/// A page that cannot be accessed, or one behind the end of its file.
fn page(has_file: bool) -> usize {
    // SAFETY: the mapping is fresh, and at an address of the system's choice.
    let page = unsafe {
        let file = if has_file { libc::memfd_create(c"empty".as_ptr(), 0) } else { -1 };
        let (access, flags) = match has_file {
            true => (libc::PROT_READ, libc::MAP_PRIVATE),
            false => (libc::PROT_NONE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS),
        };
        libc::mmap(ptr::null_mut(), 1, access, flags, file, 0)
    };
    assert_ne!(page, libc::MAP_FAILED);
    page.expose_provenance()
}

/// Faults in a host function that compiled code calls.
fn fault_in_host_function(engine: &Engine) {
    let mut linker = Linker::new(engine);
    linker.func_wrap("", "fault", || fault(libc::SIGSEGV, NOWHERE)).unwrap();
    let text = r#"(module (import "" "fault" (func $fault)) (func (export "run") (call $fault)))"#;
    let module = Module::new(engine, text).unwrap();
    let mut store = Store::new(engine, ());
    let instance = linker.instantiate(&mut store, &module).unwrap();
    instance.get_typed_func::<(), ()>(&mut store, "run").unwrap().call(&mut store, ()).unwrap();
}

/// What children do; nothing when the tests are run.
#[test]
fn child() {
    let Ok(case) = std::env::var(CASE) else { return };
    match case.as_str() {
        "plain" => handle(plain as *const () as usize, 0),
        "repaired" => handle(repairing as *const () as usize, libc::SA_SIGINFO),
        "none" => handle(libc::SIG_DFL, 0),
        _ => handle(with_details as *const () as usize, libc::SA_SIGINFO),
    }
    let engine = Engine::new(Config::new().strategy(Strategy::Jit)).unwrap();
    guests_trap(&engine);
    match case.as_str() {
        "details" | "plain" | "none" => fault(libc::SIGSEGV, NOWHERE),
        "host function" => fault_in_host_function(&engine),
        "bus" => fault(libc::SIGBUS, page(true)),
        "repaired" => {
            fault(libc::SIGSEGV, page(false));
            guests_trap(&engine);
            std::process::exit(HEARD);
        }
        raised => {
            let signal = if raised == "instruction" { libc::SIGILL } else { libc::SIGFPE };
            SIGNAL.store(signal as usize, SeqCst);
            // SAFETY: the handler ends the process.
            unsafe { libc::raise(signal) };
        }
    }
}

// In the parent

/// What becomes of a child.
fn run(case: &str) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--nocapture"]).env(CASE, case);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("guests have trapped"), "{case}: {output:?}");
    output
}

#[test]
fn handlers_that_were_there_hear_of_faults_outside_of_guests() {
    for case in ["details", "plain", "host function", "bus", "instruction", "arithmetic"] {
        let output = run(case);
        assert_eq!(output.status.code(), Some(HEARD), "{case}: {output:?}");
    }
}

#[test]
fn handlers_that_were_there_may_go_on() {
    let output = run("repaired");
    assert_eq!(output.status.code(), Some(HEARD), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).matches("guests have trapped").count(), 2);
}

#[test]
fn without_a_handler_the_process_ends_as_it_would_have() {
    assert_eq!(run("none").status.signal(), Some(libc::SIGSEGV));
}
