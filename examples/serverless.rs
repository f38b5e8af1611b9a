//! Requests of strangers for programs of strangers: an instance per request, from a pool, with a deadline and a bound on memory.
//!
//! `cargo run --release -p sarsen-examples --example serverless -- [REQUESTS [THREADS]]` makes requests, answers them and prints how
//! it went; it speaks no HTTP, which `sarsen serve` does. No request sees anything of another one.

use sarsen::{
    Caller, Config, Engine, Error, Extern, InstancePre, Linker, Memory, Module, ModuleLimits, Result, Store,
    StoreLimits, StoreLimitsBuilder, Trap,
};
use sarsen_examples::{start_clock, ticks};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A customer's program: answers with the request. It counts its requests, and fails at the second one; at `!` it computes for ever,
/// and at `+` it wants more memory than it gets.
pub(crate) const ECHO: &str = r#"(module
    (import "request" "read" (func $read (param i32 i32) (result i32)))
    (import "response" "write" (func $write (param i32 i32)))
    (memory (export "memory") 2)
    (global $requests (mut i32) (i32.const 0))
    (func (export "handle") (local $length i32)
        (global.set $requests (i32.add (global.get $requests) (i32.const 1)))
        (if (i32.gt_u (global.get $requests) (i32.const 1)) (then unreachable))
        (local.set $length (call $read (i32.const 1024) (i32.const 4096)))
        (if (i32.eq (i32.load8_u (i32.const 1024)) (i32.const 33)) (then (loop $ever (br $ever))))
        (if (i32.eq (i32.load8_u (i32.const 1024)) (i32.const 43))
            (then (if (i32.lt_s (memory.grow (i32.const 1000)) (i32.const 0)) (then unreachable))))
        (call $write (i32.const 1024) (local.get $length))))"#;

/// How often the engine's clock ticks.
const TICK: Duration = Duration::from_millis(5);

/// What a request may take.
const DEADLINE: Duration = Duration::from_millis(500);

/// Bytes that the memories of an instance may have together.
const MEMORY: usize = 16 << 20;

/// Bytes of an answer: they are the host's memory, which no limit of the store counts.
const ANSWER: usize = 64 << 10;

/// What the store of a request has.
struct Request {
    body: Vec<u8>,
    answer: Vec<u8>,
    limits: StoreLimits,
}

/// How a request ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Response {
    Done(Vec<u8>),
    Late,
    Failed(String),
}

/// An engine with a pool for so many requests at once.
pub(crate) fn engine(threads: usize) -> Result<Engine> {
    let mut config = Config::new();
    config.epoch_interruption(true);
    config.module_limits(ModuleLimits::strict());
    // A memory and a stack for each of them.
    config.pool_slots(2 * threads);
    let engine = Engine::new(&config)?;
    start_clock(&engine, TICK)?;
    Ok(engine)
}

/// The memory of the guest that calls.
fn memory(caller: &mut Caller<'_, Request>) -> Result<Memory> {
    let memory = caller.get_export("memory").and_then(Extern::into_memory);
    memory.ok_or_else(|| Error::msg("the program exports no memory"))
}

/// What programs can do: read the request, and write the answer.
fn linker(engine: &Engine) -> Result<Linker<Request>> {
    let mut linker = Linker::new(engine);
    linker.func_wrap("request", "read", |mut caller: Caller<'_, Request>, at: u32, room: u32| {
        let (bytes, request) = memory(&mut caller)?.data_and_store_mut(&mut caller);
        let length = request.body.len().min(room as usize);
        let to = bytes.get_mut(at as usize..).and_then(|bytes| bytes.get_mut(..length));
        to.ok_or(Trap::MemoryOutOfBounds)?.copy_from_slice(&request.body[..length]);
        Ok::<u32, Error>(length as u32)
    })?;
    linker.func_wrap("response", "write", |mut caller: Caller<'_, Request>, at: u32, length: u32| {
        let (bytes, request) = memory(&mut caller)?.data_and_store_mut(&mut caller);
        let from = bytes.get(at as usize..).and_then(|bytes| bytes.get(..length as usize));
        let from = from.ok_or(Trap::MemoryOutOfBounds)?;
        if request.answer.len() + from.len() > ANSWER {
            return Err(Error::msg(format!("the answer is longer than {ANSWER} bytes")));
        }
        request.answer.extend_from_slice(from);
        Ok(())
    })?;
    Ok(linker)
}

/// A program that answers requests, from any number of threads.
pub(crate) struct Service {
    ready: InstancePre<Request>,
    /// Ticks that a request may take.
    deadline: u64,
}

impl Service {
    pub(crate) fn new(engine: &Engine, wasm: impl AsRef<[u8]>, deadline: Duration) -> Result<Service> {
        // Imports are found and compared with their types here, and not for each request.
        let ready = linker(engine)?.instantiate_pre(&Module::new(engine, wasm)?)?;
        Ok(Service { ready, deadline: ticks(deadline, TICK) })
    }

    pub(crate) fn answer(&self, body: Vec<u8>) -> Response {
        let limits = StoreLimitsBuilder::new().total_memory_bytes(MEMORY).total_table_elements(10_000);
        let limits = limits.instances(1).build();
        let request = Request { body, answer: Vec::new(), limits };
        let mut store = Store::new(self.ready.module().engine(), request);
        store.limiter(|request| &mut request.limits);
        store.set_epoch_deadline(self.deadline);
        match self.run(&mut store) {
            Ok(()) => Response::Done(store.into_data().answer),
            Err(error) if error.downcast_ref() == Some(&Trap::Interrupt) => Response::Late,
            Err(error) => Response::Failed(error.message()),
        }
    }

    fn run(&self, store: &mut Store<Request>) -> Result<()> {
        let instance = self.ready.instantiate(&mut *store)?;
        instance.get_typed_func::<(), ()>(&mut *store, "handle")?.call(store, ())
    }
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let requests = arguments.next().map_or(Ok(10_000), |count| count.parse())?;
    let threads = arguments.next().map_or(Ok(4), |count| count.parse())?;
    let service = Service::new(&engine(threads)?, ECHO, DEADLINE)?;

    let [next, done, late, failed] = [const { AtomicU32::new(0) }; 4];
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let body = match number {
                number if number >= requests => return,
                7 => "!".to_owned(),
                8 => "+".to_owned(),
                number => number.to_string(),
            };
            let counter = match service.answer(body.clone().into_bytes()) {
                Response::Done(answer) => {
                    assert_eq!(answer, body.as_bytes());
                    &done
                }
                Response::Late => &late,
                Response::Failed(_) => &failed,
            };
            counter.fetch_add(1, Ordering::Relaxed);
        }
    };
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    println!("{} answers, {} late, {} failed", done.into_inner(), late.into_inner(), failed.into_inner());
    println!("{:.0} requests per second", f64::from(requests) / seconds);
    Ok(())
}
