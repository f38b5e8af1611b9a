//! Standard streams: what a guest says arrives in order, and what it asks for is not allocated on its word.

use crate::errno;
use crate::puppet::{self, Puppet};
use sarsen_wasi::{Buffered, MemoryInput, MemoryOutput, OutputStream, WasiCtxBuilder};
use std::io;
use std::sync::{Arc, Mutex};

#[test]
fn without_grants_there_is_nothing() {
    let mut puppet = Puppet::new(&mut WasiCtxBuilder::new());
    assert_eq!(puppet.read(0, 100).unwrap(), b"");
    assert_eq!(puppet.write(1, b"forgotten").unwrap(), 9);
    puppet.call("args_sizes_get", &[0, 4]).unwrap();
    assert_eq!((puppet.u32_at(0), puppet.u32_at(4)), (0, 0));
    puppet.call("environ_sizes_get", &[0, 4]).unwrap();
    assert_eq!((puppet.u32_at(0), puppet.u32_at(4)), (0, 0));
    for fd in 3..10 {
        assert_eq!(puppet.call("fd_prestat_get", &[fd, 0]), Err(errno::BAD_DESCRIPTOR));
    }
}

#[test]
fn a_list_of_buffers_is_written_in_order() {
    let stdout = MemoryOutput::new(1000);
    let mut puppet = Puppet::new(WasiCtxBuilder::new().stdout(stdout.clone()));
    puppet.put(puppet::DATA, b"world hello, ");
    // Overlapping and empty buffers are as good as any.
    let data = puppet::DATA;
    puppet.buffers(&[(data + 6, 7), (data, 0), (data, 5), (data, 5)]);
    puppet.call("fd_write", &[1, puppet::LIST.into(), 4, puppet::RESULT.into()]).unwrap();
    assert_eq!(puppet.u32_at(puppet::RESULT), 17);
    assert_eq!(stdout.contents(), b"hello, worldworld");
}

#[test]
fn buffers_outside_of_the_memory_are_faults() {
    let stdout = MemoryOutput::new(1000);
    let mut puppet = Puppet::new(WasiCtxBuilder::new().stdout(stdout.clone()).stdin(MemoryInput::new("abc")));
    for buffer in [(u32::MAX, 1), (puppet::DATA, u32::MAX), (0x8_0000, 1), (0x7_ffff, 2)] {
        puppet.buffers(&[buffer]);
        for function in ["fd_write", "fd_read"] {
            let fd = u64::from(function == "fd_write");
            let arguments = [fd, puppet::LIST.into(), 1, puppet::RESULT.into()];
            assert_eq!(puppet.call(function, &arguments), Err(errno::FAULT), "{function} {buffer:x?}");
        }
    }
    // A list that is not all inside, and one that cannot be.
    for (list, count) in [(0x7_fff8, 2), (u32::MAX - 4, 1), (0, u32::MAX)] {
        let result = puppet.call("fd_write", &[1, list.into(), count.into(), puppet::RESULT.into()]);
        assert!(result == Err(errno::FAULT) || list == 0, "{list:x} {count}: {result:?}");
    }
    assert_eq!(puppet.read(0, 100).unwrap(), b"abc", "nothing was lost");
}

#[test]
fn millions_of_buffers_take_no_time_and_no_room() {
    let mut puppet = Puppet::new(&mut WasiCtxBuilder::new());
    // All of them the same, empty ones among them; the rest is for the next call.
    puppet.put(puppet::DATA, &[0; 4096]);
    for count in [1 << 20, u32::MAX / 8, u32::MAX] {
        let _ = puppet.call("fd_write", &[1, puppet::DATA.into(), count.into(), puppet::RESULT.into()]);
    }
}

/// Notes which stream was written to.
#[derive(Clone)]
struct Noted(&'static str, Arc<Mutex<Vec<String>>>);

impl OutputStream for Noted {
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.1.lock().unwrap().push(format!("{}: {text}", self.0));
        Ok(bytes.len())
    }
}

#[test]
fn complaints_do_not_overtake_output() {
    let notes = Arc::<Mutex<Vec<String>>>::default();
    let mut grants = WasiCtxBuilder::new();
    grants.stdout(Buffered::new(Noted("out", Arc::clone(&notes)))).stderr(Noted("err", Arc::clone(&notes)));
    let mut puppet = Puppet::new(&mut grants);
    // The first writes are not kept back.
    for _ in 0..32 {
        puppet.write(1, b".").unwrap();
    }
    assert_eq!(std::mem::take(&mut *notes.lock().unwrap()).len(), 32);
    for text in ["a", "b", "c"] {
        puppet.write(1, text.as_bytes()).unwrap();
    }
    puppet.write(2, b"wrong").unwrap();
    puppet.write(1, b"d").unwrap();
    // Reading is a question: whoever answers wants to have read what came before.
    puppet.read(0, 1).unwrap();
    assert_eq!(notes.lock().unwrap().join(", "), "out: abc, err: wrong, out: d");
}

#[test]
fn random_bytes_fill_the_memory_and_not_more() {
    let mut puppet = Puppet::new(WasiCtxBuilder::new().deterministic(1));
    puppet.call("random_get", &[puppet::DATA.into(), 100_000]).unwrap();
    let bytes = puppet.get(puppet::DATA, 100_001);
    assert_eq!(bytes[100_000], 0);
    assert!(bytes[..100_000].chunks(64).all(|chunk| chunk.iter().any(|&byte| byte != 0)));
    let mut other = Puppet::new(WasiCtxBuilder::new().deterministic(1));
    other.call("random_get", &[puppet::DATA.into(), 100_000]).unwrap();
    assert_eq!(bytes, other.get(puppet::DATA, 100_001), "the seed decides");
    for (at, len) in [(0x7_fff0, 17), (u32::MAX, 1), (0, u32::MAX)] {
        assert_eq!(puppet.call("random_get", &[at.into(), len.into()]), Err(errno::FAULT));
    }
}

#[test]
fn arguments_and_variables_are_those_granted() {
    let mut grants = WasiCtxBuilder::new();
    grants.args(["prog", "two words", ""]).env("A", "1").env("B", "x=y").env("A", "2");
    let mut puppet = Puppet::new(&mut grants);
    puppet.call("args_sizes_get", &[0, 4]).unwrap();
    assert_eq!((puppet.u32_at(0), puppet.u32_at(4)), (3, 16));
    puppet.call("args_get", &[100, 200]).unwrap();
    assert_eq!(puppet.get(200, 16), b"prog\0two words\0\0");
    assert_eq!([100, 104, 108].map(|at| puppet.u32_at(at)), [200, 205, 215]);
    puppet.call("environ_get", &[100, 200]).unwrap();
    assert_eq!(puppet.get(200, 10), b"B=x=y\0A=2\0");
    assert_eq!(puppet.call("args_get", &[0x7_fffe, 200]), Err(errno::FAULT));
    assert_eq!(puppet.call("args_get", &[100, 0x7_fffe]), Err(errno::FAULT));
}
