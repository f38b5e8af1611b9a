//! Guests of preview 1 that wait as tasks: while one does, others have the thread.

use sarsen::{Caller, Engine, Instance, Linker, Memory, Module, Result, Store, Trap};
use sarsen_wasi::p1::{self, WasiP1Ctx};
use sarsen_wasi::{
    Buffered, FileInput, FileOutput, MemoryInput, MemoryOutput, OutputStream, StopHandle, WasiCtx,
    WasiCtxBuilder,
};
use std::future::poll_fn;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

/// What guests do: each function notes that it begins, calls one of the host, notes that it ends, and returns the error number
/// and the number at address 8. At 16 lies a list of one buffer of 20 bytes at 64; at 128 a subscription to a clock.
const GUEST: &str = r#"(module
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
    (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sock_recv"
        (func $receive (param i32 i32 i32 i32 i32 i32) (result i32)))
    (import "test" "note" (func $note (param i32)))
    (memory (export "memory") 4)
    (data (i32.const 16) "\40\00\00\00\14\00\00\00")
    (data (i32.const 24) "\00\00\01\00\00\00\02\00")
    (data (i32.const 144) "\01\00\00\00")

    (func $end (param $error i32) (result i32 i32)
        (call $note (i32.const 1))
        (local.get $error) (i32.load (i32.const 8)))
    (func (export "sleep") (param $nanoseconds i64) (result i32 i32)
        (call $note (i32.const 0))
        (i64.store (i32.const 152) (local.get $nanoseconds))
        (call $end (call $poll (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 8))))
    ;; Waits for the standard input as well as the clock; the second number is the value of the first event.
    (func (export "sleep_or_read") (param $nanoseconds i64) (result i32 i32)
        (i64.store (i32.const 152) (local.get $nanoseconds))
        (i64.store (i32.const 176) (i64.const 7))
        (i32.store8 (i32.const 184) (i32.const 1))
        (call $poll (i32.const 128) (i32.const 256) (i32.const 2) (i32.const 8))
        (i32.load (i32.const 256)))
    (func (export "read") (param $fd i32) (result i32 i32)
        (call $note (i32.const 0))
        (call $end (call $read (local.get $fd) (i32.const 16) (i32.const 1) (i32.const 8))))
    ;; Writes 128 KiB in as many calls as that takes.
    (func (export "write") (param $fd i32) (result i32 i32)
        (local $error i32) (local $written i32)
        (call $note (i32.const 0))
        (loop $more
            (i32.store (i32.const 28) (i32.sub (i32.const 131072) (local.get $written)))
            (br_if $more (i32.and
                (i32.eqz (local.tee $error
                    (call $write (local.get $fd) (i32.const 24) (i32.const 1) (i32.const 8))))
                (i32.lt_u
                    (local.tee $written (i32.add (local.get $written) (i32.load (i32.const 8))))
                    (i32.const 131072)))))
        (call $note (i32.const 1))
        (local.get $error) (local.get $written))
    (func (export "turns") (param $count i32) (result i32 i32)
        (loop $turns
            (call $note (local.get $count))
            (drop (call $yield))
            (br_if $turns (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
        (i32.const 0) (i32.const 0))
    ;; Accepts a connection, and receives 20 bytes of it.
    (func (export "serve") (param $listener i32) (result i32 i32)
        (call $note (i32.const 0))
        (if (call $accept (local.get $listener) (i32.const 0) (i32.const 4)) (then unreachable))
        (call $note (i32.const 2))
        (call $end (call $receive
            (i32.load (i32.const 4)) (i32.const 16) (i32.const 1) (i32.const 2)
            (i32.const 8) (i32.const 12)))))"#;

/// Who noted what, in order.
type Notes = Arc<Mutex<Vec<(&'static str, i32)>>>;

struct Data {
    wasi: WasiP1Ctx,
    name: &'static str,
    notes: Notes,
}

struct Guest {
    store: Store<Data>,
    instance: Instance,
}

/// What ends guests that keep a thread which others need, so that a test fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(60);

fn watch(stop: StopHandle) {
    thread::spawn(move || {
        stop.wait(PATIENCE);
        stop.stop();
    });
}

fn linker(engine: &Engine) -> Linker<Data> {
    let mut linker = Linker::new(engine);
    p1::add_to_linker_async(&mut linker, |data: &mut Data| &mut data.wasi).unwrap();
    let note = |caller: Caller<'_, Data>, what: i32| {
        let data = caller.data();
        data.notes.lock().unwrap().push((data.name, what));
    };
    linker.func_wrap("test", "note", note).unwrap();
    linker
}

impl Guest {
    async fn new(name: &'static str, notes: &Notes, grants: &mut WasiCtxBuilder) -> Guest {
        let engine = Engine::default();
        let wasi = grants.build_p1();
        watch(wasi.stop_handle());
        let mut store = Store::new(&engine, Data { wasi, name, notes: Arc::clone(notes) });
        let module = Module::new(&engine, GUEST).unwrap();
        let instance = linker(&engine).instantiate_async(&mut store, &module).await.unwrap();
        Guest { store, instance }
    }

    async fn call<P: sarsen::WasmParams + 'static>(&mut self, name: &str, argument: P) -> Result<(u32, u32)> {
        let function = self.instance.get_typed_func::<P, (u32, u32)>(&mut self.store, name)?;
        function.call_async(&mut self.store, argument).await
    }

    fn memory(&mut self) -> Memory {
        self.instance.get_memory(&mut self.store, "memory").unwrap()
    }

    /// What it has read.
    fn bytes(&mut self, count: u32) -> Vec<u8> {
        let memory = self.memory();
        memory.data(&self.store)[64..][..count as usize].to_vec()
    }
}

/// Runs futures on one thread.
fn block_on<R>(future: impl Future<Output = R>) -> R {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Lets others have a turn until something is so.
async fn until(condition: impl Fn() -> bool) {
    let start = Instant::now();
    poll_fn(|cx| {
        cx.waker().wake_by_ref();
        if condition() || start.elapsed() > PATIENCE { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    assert!(condition(), "it takes too long");
}

fn noted(notes: &Notes, count: usize) -> bool {
    notes.lock().unwrap().len() >= count
}

const SLEEP: Duration = Duration::from_millis(500);

#[test]
fn guests_sleep_at_the_same_time() {
    let notes = Notes::default();
    let sleep = |name| {
        let notes = Arc::clone(&notes);
        async move {
            let mut guest = Guest::new(name, &notes, &mut WasiCtx::builder()).await;
            guest.call("sleep", SLEEP.as_nanos() as u64).await.unwrap()
        }
    };
    block_on(async {
        let start = Instant::now();
        let guests = ["a", "b"].map(|name| tokio::spawn(sleep(name)));
        for guest in guests {
            assert_eq!(guest.await.unwrap(), (0, 1));
        }
        assert!(start.elapsed() >= SLEEP);
    });
    let whats: Vec<i32> = notes.lock().unwrap().iter().map(|(_, what)| *what).collect();
    assert_eq!(whats, [0, 0, 1, 1], "one after the other: {:?}", notes.lock().unwrap());
}

#[test]
fn an_output_that_nobody_reads_yet_holds_up_only_who_writes() {
    let (mut reader, writer) = std::io::pipe().unwrap();
    let (begin, begun) = std::sync::mpsc::channel();
    let read = thread::spawn(move || {
        // If the others never have the thread, reading after all lets the test end.
        let in_time = begun.recv_timeout(Duration::from_secs(20)).is_ok();
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).unwrap();
        (in_time, bytes.len())
    });
    let notes = Notes::default();
    let write = {
        let notes = Arc::clone(&notes);
        async move {
            let stdout = Buffered::new(FileOutput::new(OwnedFd::from(writer).into()));
            // Only after its first writes are others kept back.
            for _ in 0..100 {
                stdout.write(b"").unwrap();
            }
            let mut guest = Guest::new("writer", &notes, WasiCtx::builder().stdout(stdout)).await;
            assert_eq!(guest.call("write", 1).await.unwrap(), (0, 131_072));
            assert_eq!(guest.call("sleep", 1_000_000_u64).await.unwrap(), (0, 1));
            assert_eq!(guest.call("write", 1).await.unwrap(), (0, 131_072));
        }
    };
    let sleep = async move {
        let mut guest = Guest::new("other", &notes, &mut WasiCtx::builder()).await;
        for _ in 0..5 {
            assert_eq!(guest.call("sleep", 100_000_000_u64).await.unwrap(), (0, 1));
        }
        begin.send(()).unwrap();
    };
    block_on(async {
        let (write, sleep) = (tokio::spawn(write), tokio::spawn(sleep));
        sleep.await.unwrap();
        write.await.unwrap();
    });
    assert_eq!(read.join().unwrap(), (true, 2 * 131_072));
}

#[test]
fn a_guest_reads_what_another_writes() {
    let (reader, writer) = std::io::pipe().unwrap();
    let notes = Notes::default();
    let read = {
        let notes = Arc::clone(&notes);
        async move {
            let stdin = FileInput::new(OwnedFd::from(reader).into());
            let mut guest = Guest::new("reader", &notes, WasiCtx::builder().stdin(stdin)).await;
            assert_eq!(guest.call("sleep_or_read", u64::MAX).await.unwrap(), (0, 7));
            let mut total = 0;
            while total < 131_072 {
                let (error, count) = guest.call("read", 0).await.unwrap();
                assert!(error == 0 && count > 0, "{error}, {count} after {total}");
                total += count;
            }
            total
        }
    };
    let write = {
        let notes = Arc::clone(&notes);
        async move {
            let stdout = FileOutput::new(OwnedFd::from(writer).into()).stopped_by(StopHandle::default());
            let mut guest = Guest::new("writer", &notes, WasiCtx::builder().stdout(stdout)).await;
            guest.call("write", 1).await.unwrap()
        }
    };
    block_on(async {
        let (read, write) = (tokio::spawn(read), tokio::spawn(write));
        // More than a pipe holds.
        assert_eq!(write.await.unwrap(), (0, 131_072));
        assert_eq!(read.await.unwrap(), 131_072);
    });
    let notes = notes.lock().unwrap();
    let at = |note| notes.iter().position(|noted| *noted == note).unwrap();
    assert!(at(("reader", 0)) < at(("writer", 1)), "the writer waits for the reader: {notes:?}");
}

#[test]
fn a_guest_waits_for_a_connection_and_what_it_brings() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let notes = Notes::default();
    let serve = {
        let notes = Arc::clone(&notes);
        async move {
            let mut grants = WasiCtx::builder();
            let mut guest = Guest::new("server", &notes, grants.listener(listener).unwrap()).await;
            let received = guest.call("serve", 3).await.unwrap();
            (received, guest.bytes(20))
        }
    };
    block_on(async {
        let served = tokio::spawn(serve);
        until(|| noted(&notes, 1)).await;
        let mut connection = TcpStream::connect(address).unwrap();
        until(|| noted(&notes, 2)).await;
        // Both halves are waited for.
        connection.write_all(b"ten bytes,").unwrap();
        tokio::task::yield_now().await;
        connection.write_all(b" and more!").unwrap();
        assert_eq!(served.await.unwrap(), ((0, 20), b"ten bytes, and more!".to_vec()));
    });
}

#[test]
fn guests_take_turns() {
    let notes = Notes::default();
    let turns = |name| {
        let notes = Arc::clone(&notes);
        async move {
            let mut guest = Guest::new(name, &notes, &mut WasiCtx::builder()).await;
            guest.call("turns", 3).await.unwrap()
        }
    };
    block_on(async {
        for guest in ["a", "b"].map(|name| tokio::spawn(turns(name))) {
            guest.await.unwrap();
        }
    });
    let names: String = notes.lock().unwrap().iter().map(|(name, _)| *name).collect();
    assert_eq!(names, "ababab");
}

#[test]
fn waits_end_when_they_are_stopped_or_dropped() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let notes = Notes::default();
    block_on(async {
        let stdin = FileInput::new(OwnedFd::from(reader).into());
        let mut guest = Guest::new("guest", &notes, WasiCtx::builder().stdin(stdin)).await;
        let stop = guest.store.data().wasi.stop_handle();

        // A call that is dropped takes nothing of what it has waited for.
        {
            let mut call = std::pin::pin!(guest.call("read", 0));
            let first = poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_ready())).await;
            assert!(!first, "there was nothing to read");
        }
        writer.write_all(b"later").unwrap();
        assert_eq!(guest.call("read", 0).await.unwrap(), (0, 5));
        assert_eq!(guest.bytes(5), b"later");

        for (name, argument) in [("sleep", u64::MAX), ("sleep_or_read", u64::MAX)] {
            let count = notes.lock().unwrap().len();
            let stopper = stop.clone();
            let stopping = thread::spawn(move || {
                thread::sleep(Duration::from_millis(20));
                stopper.stop();
            });
            let error = guest.call(name, argument).await.unwrap_err();
            assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::Interrupt), "{name}");
            assert!(notes.lock().unwrap().len() <= count + 1);
            stopping.join().unwrap();
        }
    });
}

#[test]
fn where_time_does_not_pass_nothing_waits() {
    let notes = Notes::default();
    let mut guest = std::pin::pin!(async {
        let stdout = MemoryOutput::new(200_000);
        let mut grants = WasiCtx::builder();
        grants.deterministic(1).stdin(MemoryInput::new("input")).stdout(stdout.clone());
        let mut guest = Guest::new("guest", &notes, &mut grants).await;
        assert_eq!(guest.call("sleep", 3_600_000_000_000_u64).await.unwrap(), (0, 1));
        assert_eq!(guest.call("read", 0).await.unwrap(), (0, 5));
        assert_eq!(guest.call("write", 1).await.unwrap(), (0, 131_072));
        stdout.contents().len()
    });
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert_eq!(guest.as_mut().poll(&mut cx), Poll::Ready(131_072));
}

#[test]
fn a_call_that_is_not_a_task_does_not_wait() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let stdin = FileInput::new(OwnedFd::from(reader).into());
    let notes = Notes::default();
    let mut guest = block_on(Guest::new("guest", &notes, WasiCtx::builder().stdin(stdin)));
    let read = guest.instance.get_typed_func::<i32, (u32, u32)>(&mut guest.store, "read").unwrap();
    writer.write_all(b"there").unwrap();
    assert_eq!(read.call(&mut guest.store, 0).unwrap(), (0, 5));
    assert!(read.call(&mut guest.store, 0).is_err());
    // Nothing was lost by that.
    writer.write_all(b"again").unwrap();
    assert_eq!(read.call(&mut guest.store, 0).unwrap(), (0, 5));
    assert_eq!(guest.bytes(5), b"again");
}

/// Output of the other end of a pipe that nobody has asked for is there for the host.
#[test]
fn what_was_written_has_left() {
    let (mut reader, writer) = std::io::pipe().unwrap();
    let stdout = FileOutput::new(OwnedFd::from(writer).into());
    let notes = Notes::default();
    let receiver = thread::spawn(move || {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map(|_| bytes.len())
    });
    block_on(async {
        let mut guest = Guest::new("guest", &notes, WasiCtx::builder().stdout(stdout)).await;
        assert_eq!(guest.call("write", 1).await.unwrap(), (0, 131_072));
    });
    assert_eq!(receiver.join().unwrap().unwrap(), 131_072);
}
