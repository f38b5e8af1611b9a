//! What the host of the example `filters` does with plugins that work, loop, grow and change, and that `examples/filters/built` is not
//! older than its sources.

#[path = "../filters/host.rs"]
mod host;

use host::{Host, Plugin};
use sarsen::{ErrorKind, Trap};
use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

/// Enough for a machine that does much else, and not too long to wait for.
const TIMEOUT: Duration = Duration::from_secs(1);

/// A host, and what plugins log.
fn host() -> (Arc<Host>, Receiver<String>) {
    let (sender, messages) = channel();
    let log = move |name: &str, message: &str| sender.send(format!("{name}: {message}")).unwrap();
    (Arc::new(Host::new(Arc::new(log), TIMEOUT).unwrap()), messages)
}

/// A plugin as text, whose `apply` begins with some code and returns what it is given. The first argument is where the text is, the
/// second how long it is.
fn plugin(name: &str, code: &str) -> String {
    format!(
        r#"(component
            (import "guide:filters/host@0.1.0" (instance $host
                (export "log" (func (param "message" string)))))
            (core module $library
                (memory (export "memory") 1)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
            (core instance $library (instantiate $library))
            (alias core export $library "memory" (core memory $memory))
            (alias core export $library "realloc" (core func $realloc))
            (core func $log (canon lower (func $host "log") (memory $memory)))
            (core module $plugin
                (import "library" "memory" (memory 1))
                (import "host" "log" (func $log (param i32 i32)))
                (data (i32.const 64) "{name}")
                (func (export "name") (result i32)
                    (i32.store (i32.const 0) (i32.const 64))
                    (i32.store (i32.const 4) (i32.const {length}))
                    (i32.const 0))
                (func (export "apply") (param $at i32) (param $length i32) (result i32)
                    {code}
                    (i32.store (i32.const 0) (i32.const 0))
                    (i32.store (i32.const 4) (local.get $at))
                    (i32.store (i32.const 8) (local.get $length))
                    (i32.const 0)))
            (core instance $plugin (instantiate $plugin
                (with "library" (instance $library)) (with "host" (instance (export "log" (func $log))))))
            (func (export "name") (result string)
                (canon lift (core func $plugin "name") (memory $memory)))
            (func (export "apply") (param "text" string) (result (result string (error string)))
                (canon lift (core func $plugin "apply") (memory $memory) (realloc $realloc))))"#,
        length = name.len()
    )
}

#[test]
fn plugins_in_rust_and_c() {
    let (host, messages) = host();
    let shout = Plugin::load(&host, Path::new("filters/built/shout.wasm")).unwrap();
    assert_eq!(shout.name(), "shout");
    assert_eq!(shout.apply("grüß 7").unwrap(), Ok("GRÜSS 7!".to_owned()));
    assert_eq!(shout.apply("").unwrap(), Err("there is nothing to shout".to_owned()));
    let mask = Plugin::load(&host, Path::new("filters/built/mask.wasm")).unwrap();
    assert_eq!(mask.name(), "mask");
    assert_eq!(mask.apply("room 101").unwrap(), Ok("room ###".to_owned()));
    assert_eq!(mask.apply("").unwrap(), Ok(String::new()));
    assert_eq!(messages.try_iter().collect::<Vec<_>>(), ["shout: 8 bytes", "mask: somebody said a number"]);
}

#[test]
fn limits() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plugin.wat");
    let (host, _messages) = host();

    fs::write(&file, plugin("endless", "(loop $ever (br $ever))")).unwrap();
    let endless = Plugin::load(&host, &file).unwrap();
    let error = endless.apply("text").unwrap_err();
    assert_eq!(error.downcast::<Trap>().unwrap(), Trap::Interrupt);

    let grow = "(if (i32.lt_s (memory.grow (i32.const 256)) (i32.const 0)) (then unreachable))";
    fs::write(&file, plugin("greedy", grow)).unwrap();
    let greedy = Plugin::load(&host, &file).unwrap();
    for _ in 0..2 {
        let error = greedy.apply("text").unwrap_err();
        assert_eq!(error.downcast::<Trap>().unwrap(), Trap::UnreachableCodeReached);
    }

    fs::write(&file, r#"(component (import "other" (func)))"#).unwrap();
    let Err(error) = Plugin::load(&host, &file) else { panic!("nobody gives it what it imports") };
    assert_eq!(error.kind(), ErrorKind::Unlinkable);
}

#[test]
fn a_file_that_changes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plugin.wat");
    let (host, _messages) = host();
    fs::write(&file, plugin("first", "")).unwrap();
    let plugin_file = Plugin::load(&host, &file).unwrap();
    assert!(!plugin_file.reload().unwrap());

    fs::write(&file, plugin("the second", "")).unwrap();
    assert!(plugin_file.reload().unwrap());
    assert_eq!(plugin_file.name(), "the second");

    fs::write(&file, "(component").unwrap();
    assert_eq!(plugin_file.reload().unwrap_err().kind(), ErrorKind::Malformed);
    assert_eq!(plugin_file.name(), "the second");
    // What is known to be no plugin is not read again.
    assert!(!plugin_file.reload().unwrap());
}

#[test]
fn calls_end_with_the_version_with_which_they_began() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plugin.wat");
    let barrier = Arc::new(Barrier::new(2));
    let inside = Arc::clone(&barrier);
    let said = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&said);
    let log = move |name: &str, message: &str| {
        inside.wait();
        inside.wait();
        heard.lock().unwrap().push(format!("{name}: {message}"));
    };
    let host = Arc::new(Host::new(Arc::new(log), 60 * TIMEOUT).unwrap());

    let log = "(call $log (local.get $at) (local.get $length))";
    fs::write(&file, plugin("old", log)).unwrap();
    let plugin_file = Plugin::load(&host, &file).unwrap();
    thread::scope(|scope| {
        let call = scope.spawn(|| plugin_file.apply("text"));
        barrier.wait();
        fs::write(&file, plugin("the new one", "unreachable")).unwrap();
        assert!(plugin_file.reload().unwrap());
        assert_eq!(plugin_file.name(), "the new one");
        assert!(plugin_file.apply("text").is_err());
        barrier.wait();
        assert_eq!(call.join().unwrap().unwrap(), Ok("text".to_owned()));
    });
    assert_eq!(*said.lock().unwrap(), ["old: text"]);
}

/// What POSIX' `cksum` prints first.
fn checksum(bytes: &[u8]) -> u32 {
    let mut length = bytes.len();
    let lengths = std::iter::from_fn(|| {
        let byte = (length > 0).then_some(length as u8);
        length >>= 8;
        byte
    });
    let sum = bytes.iter().copied().chain(lengths).fold(0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(byte) << 24, |sum, _| {
            (sum << 1) ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 }
        })
    });
    !sum
}

#[test]
fn what_is_built_is_not_older_than_its_sources() {
    let sources = fs::read_to_string("filters/built/SOURCES").unwrap();
    assert_eq!(sources.lines().count(), 4);
    for line in sources.lines() {
        let (sum, rest) = line.split_once(' ').unwrap();
        let name = rest.split_once(' ').unwrap().1;
        let source = fs::read(Path::new("filters").join(name)).unwrap();
        assert_eq!(sum, checksum(&source).to_string(), "{name} has changed: run `examples/filters/build.sh`");
    }
}
