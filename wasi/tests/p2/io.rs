//! `wasi:io`: the rules that hold for all streams, with streams of the host's own.

use crate::guest::{Guest, bytes, list, number, text, u64};
use crate::interfaces::INTERFACES;
use bytes::Bytes;
use sarsen_component::Val;
use sarsen_wasi::WasiCtxBuilder;
use sarsen_wasi::p2::io::{
    DynInputStream, DynOutputStream, InputStream, OutputStream, Pollable, Ready, StreamError, StreamResult,
};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// A pipe between the test and the guest whose other end is slow: it needs a runtime to be waited for.
#[derive(Clone, Default)]
struct Pipe(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    room: usize,
    flushing: bool,
    flushes: usize,
    closed: bool,
    broken: bool,
}

impl Pipe {
    fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let result = change(&mut self.0.state.lock().unwrap());
        self.0.changed.notify_waiters();
        result
    }

    /// The same after a while.
    fn change_soon(&self, change: impl FnOnce(&mut State) + Send + 'static) {
        let pipe = self.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            pipe.change(change);
        });
    }
}

/// One end.
struct Input(Pipe);
struct Output(Pipe);

fn ready_when(pipe: &Pipe, when: fn(&State) -> bool) -> Ready<'_> {
    Box::pin(async move {
        loop {
            let mut changed = std::pin::pin!(pipe.0.changed.notified());
            changed.as_mut().enable();
            if pipe.0.state.lock().map(|state| when(&state)).unwrap() {
                return;
            }
            changed.await;
        }
    })
}

impl Pollable for Input {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        ready_when(&self.0, |state| !state.bytes.is_empty() || state.closed || state.broken)
    }
}

impl InputStream for Input {
    fn read(&mut self, max: usize) -> StreamResult<Bytes> {
        self.0.change(|state| {
            if state.broken {
                return Err(StreamError::failed("the other end is broken"));
            }
            if state.bytes.is_empty() && state.closed {
                return Err(StreamError::Closed);
            }
            let len = max.min(state.bytes.len());
            Ok(state.bytes.drain(..len).collect::<Vec<u8>>().into())
        })
    }
}

impl Pollable for Output {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        ready_when(&self.0, |state| state.room > 0 && !state.flushing || state.closed || state.broken)
    }
}

impl OutputStream for Output {
    fn check_write(&mut self) -> StreamResult<usize> {
        self.0.change(|state| match state {
            State { broken: true, .. } => Err(StreamError::failed("the other end is broken")),
            State { closed: true, .. } => Err(StreamError::Closed),
            State { flushing: true, .. } => Ok(0),
            State { room, .. } => Ok(*room),
        })
    }

    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.0.change(|state| {
            state.room -= bytes.len();
            state.bytes.extend_from_slice(&bytes);
        });
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.0.change(|state| {
            state.flushing = true;
            state.flushes += 1;
        });
        Ok(())
    }
}

fn guest() -> Guest {
    Guest::new(&mut WasiCtxBuilder::new())
}

/// A guest with an input.
fn reading(pipe: &Pipe) -> (Guest, Val) {
    let mut guest = guest();
    let input = guest.give(DynInputStream::new(Input(pipe.clone())));
    (guest, input)
}

/// A guest with an output that has room.
fn writing(pipe: &Pipe, room: usize) -> (Guest, Val) {
    pipe.change(|state| state.room = room);
    let mut guest = guest();
    let output = guest.give(DynOutputStream::new(Output(pipe.clone())));
    (guest, output)
}

#[test]
fn reading_does_not_wait_and_blocking_reading_does() {
    let pipe = Pipe::default();
    let (mut guest, input) = reading(&pipe);
    let args = |len| [input.clone(), u64(len)];
    assert_eq!(bytes(&guest.ok("input-stream.read", &args(5))), b"");
    assert_eq!(number(&guest.ok("input-stream.skip", &args(5))), 0);
    assert_eq!(bytes(&guest.ok("input-stream.blocking-read", &args(0))), b"");
    pipe.change_soon(|state| state.bytes.extend(b"abcdef"));
    assert_eq!(bytes(&guest.ok("input-stream.blocking-read", &args(2))), b"ab");
    assert_eq!(number(&guest.ok("input-stream.skip", &args(1))), 1);
    assert_eq!(number(&guest.ok("input-stream.blocking-skip", &args(2))), 2);
    assert_eq!(bytes(&guest.ok("input-stream.read", &args(u64::MAX))), b"f");
    pipe.change_soon(|state| state.bytes.extend(b"xyz"));
    assert_eq!(number(&guest.ok("input-stream.blocking-skip", &args(u64::MAX))), 3);
    pipe.change_soon(|state| state.closed = true);
    assert_eq!(guest.err("input-stream.blocking-skip", &args(1)), "closed");
    assert_eq!(guest.err("input-stream.read", &args(0)), "closed");
}

#[test]
fn what_has_failed_says_why_and_is_closed() {
    let pipe = Pipe::default();
    let (mut guest, input) = reading(&pipe);
    pipe.change_soon(|state| state.broken = true);
    let args = [input.clone(), u64(1)];
    let Val::Result(Err(Some(error))) = guest.get("input-stream.blocking-read", &args) else { panic!() };
    let Val::Variant(name, Some(error)) = *error else { panic!("{error:?}") };
    assert_eq!(name, "last-operation-failed");
    let message = guest.get("error.to-debug-string", std::slice::from_ref(&error));
    assert_eq!(message, text("the other end is broken"));
    assert_eq!(guest.get("types.filesystem-error-code", std::slice::from_ref(&error)), Val::Option(None));
    guest.drop(*error).unwrap();
    pipe.change(|state| state.broken = false);
    assert_eq!(guest.err("input-stream.read", &args), "closed");
    let ready = guest.get("input-stream.subscribe", &[input]);
    assert_eq!(guest.get("pollable.ready", &[ready]), Val::Bool(true));
}

#[test]
fn what_is_permitted_can_be_written_once() {
    let pipe = Pipe::default();
    let (mut guest, output) = writing(&pipe, 4);
    assert_eq!(number(&guest.ok("output-stream.check-write", std::slice::from_ref(&output))), 4);
    guest.ok("output-stream.write", &[output.clone(), list(b"abc")]);
    guest.ok("output-stream.write-zeroes", &[output.clone(), u64(1)]);
    guest.ok("output-stream.write", &[output.clone(), list(b"")]);
    assert_eq!(pipe.change(|state| state.bytes.clone()), b"abc\0");
    let message = guest.trap("output-stream.write", &[output, list(b"d")]);
    assert!(message.contains("more bytes than permitted"), "{message}");
}

#[test]
fn writing_needs_a_permit() {
    for (name, arg) in [
        ("output-stream.write", list(b"a")),
        ("output-stream.write-zeroes", u64(1)),
        ("output-stream.write-zeroes", u64(u64::MAX)),
    ] {
        let pipe = Pipe::default();
        let (mut guest, output) = writing(&pipe, 100);
        assert!(guest.trap(name, &[output, arg]).contains("more bytes than permitted"));
    }
    let pipe = Pipe::default();
    let (mut guest, output) = writing(&pipe, 100);
    guest.ok("output-stream.check-write", std::slice::from_ref(&output));
    guest.ok("output-stream.flush", std::slice::from_ref(&output));
    assert_eq!(number(&guest.ok("output-stream.check-write", std::slice::from_ref(&output))), 0);
    assert!(guest.trap("output-stream.write", &[output, list(b"a")]).contains("more bytes than permitted"));
}

#[test]
fn blocking_writes_wait_for_room_and_for_the_flush() {
    let pipe = Pipe::default();
    let (mut guest, output) = writing(&pipe, 3);
    let helper = pipe.clone();
    let start = Instant::now();
    let other = std::thread::spawn(move || {
        let mut times = 0;
        while helper.change(|state| state.flushes) == 0 {
            std::thread::sleep(Duration::from_millis(10));
            helper.change(|state| state.room += 2);
            times += 1;
        }
        std::thread::sleep(Duration::from_millis(20));
        helper.change(|state| (state.flushing, state.room) = (false, 1));
        times
    });
    guest.ok("output-stream.blocking-write-and-flush", &[output.clone(), list(b"0123456789")]);
    assert!(other.join().unwrap() >= 4);
    assert!(start.elapsed() >= Duration::from_millis(60));
    assert_eq!(pipe.change(|state| state.bytes.clone()), b"0123456789");

    pipe.change(|state| state.room = 10);
    pipe.change_soon(|state| state.flushing = false);
    guest.ok("output-stream.blocking-flush", std::slice::from_ref(&output));
    pipe.change_soon(|state| state.flushing = false);
    guest.ok("output-stream.blocking-write-zeroes-and-flush", &[output.clone(), u64(2)]);
    assert!(pipe.change(|state| state.bytes.ends_with(b"89\0\0")));
    // What closes by the last bytes has taken them.
    pipe.change_soon(|state| state.closed = true);
    guest.ok("output-stream.blocking-write-and-flush", &[output.clone(), list(b"end")]);
    assert_eq!(guest.err("output-stream.check-write", std::slice::from_ref(&output)), "closed");
    assert_eq!(guest.err("output-stream.blocking-write-and-flush", &[output, list(b"x")]), "closed");
}

#[test]
fn more_than_4096_bytes_are_not_written_and_flushed_at_once() {
    for (name, arg) in [
        ("output-stream.blocking-write-and-flush", list(&[0; 4097])),
        ("output-stream.blocking-write-zeroes-and-flush", u64(4097)),
        ("output-stream.blocking-write-zeroes-and-flush", u64(u64::MAX)),
    ] {
        let (mut guest, output) = writing(&Pipe::default(), 1 << 20);
        assert!(guest.trap(name, &[output, arg]).contains("at once"));
    }
}

#[test]
fn splicing_moves_what_there_is_and_what_there_is_room_for() {
    let (source, target) = (Pipe::default(), Pipe::default());
    let (mut guest, output) = writing(&target, 0);
    let input = guest.give(DynInputStream::new(Input(source.clone())));
    let args = |len| [output.clone(), input.clone(), u64(len)];
    source.change(|state| state.bytes.extend(b"abcdefgh"));
    assert_eq!(number(&guest.ok("output-stream.splice", &args(5))), 0, "no room");
    target.change(|state| state.room = 3);
    assert_eq!(number(&guest.ok("output-stream.splice", &args(5))), 3);
    target.change_soon(|state| state.room = 100);
    assert_eq!(number(&guest.ok("output-stream.blocking-splice", &args(4))), 4);
    assert_eq!(number(&guest.ok("output-stream.splice", &args(u64::MAX))), 1);
    assert_eq!(number(&guest.ok("output-stream.splice", &args(u64::MAX))), 0, "nothing to read");
    source.change_soon(|state| state.bytes.extend(b"i"));
    assert_eq!(number(&guest.ok("output-stream.blocking-splice", &args(4))), 1);
    assert_eq!(target.change(|state| state.bytes.clone()), b"abcdefghi");
    source.change(|state| state.closed = true);
    assert_eq!(guest.err("output-stream.splice", &args(1)), "closed");
}

#[test]
fn what_is_moved_without_the_guest_is_paid_for() {
    let (source, target) = (Pipe::default(), Pipe::default());
    target.change(|state| state.room = 1_000_000);
    source.change(|state| state.bytes = vec![1; 1_000_000]);
    let mut guest = Guest::metered(INTERFACES, "0.2.3", &mut WasiCtxBuilder::new());
    let output = guest.give(DynOutputStream::new(Output(target)));
    let input = guest.give(DynInputStream::new(Input(source)));
    let mut fuel_for = |name: &str, args: &[Val]| {
        let (_, request) = guest.ok_for("output-stream.check-write", std::slice::from_ref(&output));
        (request, guest.ok_for(name, args).1)
    };
    for (name, streams) in [
        ("input-stream.skip", vec![input.clone()]),
        ("output-stream.write-zeroes", vec![output.clone()]),
        ("output-stream.splice", vec![output.clone(), input.clone()]),
        ("input-stream.blocking-skip", vec![input.clone()]),
        ("output-stream.blocking-splice", vec![output.clone(), input.clone()]),
    ] {
        let args = |len| [&*streams, &[u64(len)]].concat();
        let (request, little) = fuel_for(name, &args(1));
        // Not what a request costs, which might be all that is paid.
        let (_, much) = fuel_for(name, &args(6400));
        assert!(request >= 64 && little >= 64, "{name}: {request}, {little}");
        assert!((99..=100).contains(&(much - little)), "{name}: {little}, {much}");
    }
}

#[test]
fn a_poll_waits_for_any_of_several_that_need_a_runtime() {
    let (one, two) = (Pipe::default(), Pipe::default());
    let (mut guest, output) = writing(&two, 0);
    let input = guest.give(DynInputStream::new(Input(one.clone())));
    let reads = guest.get("input-stream.subscribe", std::slice::from_ref(&input));
    let reads_too = guest.get("input-stream.subscribe", std::slice::from_ref(&input));
    let writes = guest.get("output-stream.subscribe", &[output]);
    let timer = guest.get("monotonic-clock.subscribe-duration", &[u64(30_000_000)]);
    let all = [Val::List(vec![reads, writes, timer, reads_too])];
    assert_eq!(guest.get("poll.poll", &all), Val::List(vec![Val::U32(2)]));
    let never = guest.get("monotonic-clock.subscribe-duration", &[u64(u64::MAX)]);
    let Val::List(mut all) = all[0].clone() else { unreachable!() };
    all[2] = never;
    one.change_soon(|state| state.bytes.push(1));
    let ready = guest.get("poll.poll", &[Val::List(all.clone())]);
    assert_eq!(ready, Val::List(vec![Val::U32(0), Val::U32(3)]));
    two.change(|state| state.room = 1);
    let ready = guest.get("poll.poll", &[Val::List(all.clone())]);
    assert_eq!(ready, Val::List(vec![Val::U32(0), Val::U32(1), Val::U32(3)]));
    assert!(guest.trap_of_drop(input).contains("children"));
}

#[test]
fn a_stop_ends_waiting_in_a_runtime_too() {
    let pipe = Pipe::default();
    let (mut guest, input) = reading(&pipe);
    let stop = guest.store.data().ctx.stop_handle();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        stop.stop();
    });
    assert!(guest.trap("input-stream.blocking-read", &[input, u64(1)]).contains("interrupt"));
}

#[test]
fn a_runtime_that_is_there_is_used() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // The runtime has one thread, which waits for the guest: its timers must be another's.
    runtime.block_on(async {
        let mut guest = guest();
        let timer = guest.get("monotonic-clock.subscribe-duration", &[u64(5_000_000)]);
        guest.get("pollable.block", &[timer]);
    });
}

#[test]
fn a_full_table_ends_the_guest() {
    let mut guest = guest();
    guest.store.data_mut().table.set_max_capacity(2);
    for _ in 0..2 {
        guest.get("stdin.get-stdin", &[]);
    }
    assert!(guest.trap("stdin.get-stdin", &[]).contains("full"));
}
