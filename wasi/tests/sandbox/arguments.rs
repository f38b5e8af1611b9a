//! Any function with any arguments: an error number or an end, never a panic, a hang or harm outside.

use crate::puppet::{self, FUNCTIONS, Puppet};
use crate::{Place, SECRET};
use proptest::prelude::*;
use proptest::sample::select;
use sarsen_wasi::{DirPerms, FilePerms, MemoryInput, MemoryOutput, WasiCtxBuilder};
use std::fs;
use std::net::TcpListener;

/// What the sequences are made of: numbers at borders, small ones that may be descriptors, and any at all.
fn argument() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => 0..12u64,
        2 => select(vec![64u64, 1024, 16 << 10, 64 << 10, 0x7_fff8, 0x7_ffff, 0x8_0000]),
        1 => select(vec![
            u64::from(u32::MAX), u64::from(u32::MAX) - 7, 1 << 31, 1 << 16, i64::MAX as u64, 1 << 63, u64::MAX
        ]),
        1 => any::<u64>(),
    ]
}

fn calls() -> impl Strategy<Value = Vec<(usize, Vec<u64>)>> {
    prop::collection::vec((0..FUNCTIONS.len(), prop::collection::vec(argument(), 9)), 1..60)
}

/// A guest that was granted some of everything. Nothing of it can wait: clocks are simulated, input ends.
fn puppet(place: &Place) -> Puppet {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut grants = WasiCtxBuilder::new();
    grants
        .deterministic(1)
        .args(["a", "b"])
        .env("A", "B")
        .stdin(MemoryInput::new("input"))
        .stdout(MemoryOutput::new(100))
        .preopened_dir(place.granted.join("open"), "/", DirPerms::all(), FilePerms::all())
        .unwrap()
        .preopened_dir(place.granted.join("read"), "/read", DirPerms::READ, FilePerms::READ)
        .unwrap()
        .listener(listener)
        .unwrap();
    let mut puppet = Puppet::new(&mut grants);
    const NONBLOCK: u64 = 4;
    puppet.call("fd_fdstat_set_flags", &[5, NONBLOCK]).unwrap();
    puppet
}

/// A memory in which addresses at random find something: lists of buffers, paths, subscriptions.
fn furnish(puppet: &mut Puppet) {
    let buffers: Vec<(u32, u32)> = (0..32).map(|n| (puppet::DATA + n * 64, n * 7)).collect();
    puppet.buffers(&buffers);
    puppet.put(1024, b"x/../../read/file");
    puppet.put(16 << 10, b"file");
    puppet.put(0x7_fff8, b"../x\0yz");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_arguments_are_answered(calls in calls()) {
        let place = Place::new();
        for dir in ["open", "read"] {
            fs::create_dir(place.granted.join(dir)).unwrap();
        }
        fs::write(place.granted.join("read/file"), SECRET).unwrap();
        fs::write(place.granted.join("open/file"), "inside").unwrap();
        let mut puppet = puppet(&place);
        furnish(&mut puppet);
        for (function, arguments) in calls {
            let (name, parameters) = FUNCTIONS[function];
            // Sizes that a disk would have to find room for are not the host's matter.
            if matches!(name, "fd_allocate" | "fd_filestat_set_size") && arguments[1] > 1 << 20 {
                continue;
            }
            // The guest may take its listener's flag away, and then wait for ever.
            if name == "fd_fdstat_set_flags" || name == "fd_renumber" && arguments[..2].contains(&5) {
                continue;
            }
            match puppet.try_call(name, &arguments[..parameters.len()]) {
                Ok(errno) => prop_assert!(errno <= 76, "{name}: {errno}"),
                Err(error) => prop_assert!(
                    name == "proc_raise" && error.is::<sarsen_wasi::Exit>(),
                    "{name} {arguments:?}: {error}"
                ),
            }
        }
        place.check();
        prop_assert_eq!(fs::read(place.granted.join("read/file")).unwrap(), SECRET);
    }
}
