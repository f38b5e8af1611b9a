//! Preview 1: the functions of `wasi_snapshot_preview1`, and those of `wasi_unstable` before it.
//!
//! Folder = face; the files are classes of functions. What they work on belongs to the host layer. Functions that may wait are
//! asynchronous in any case: where the thread waits, they are done when they are first polled.

mod abi;
mod clock;
mod descriptors;
mod fd;
mod io;
mod memory;
mod path;
mod poll;
mod process;
mod socket;

pub use self::add_to_linker as add_to_linker_sync;
use crate::ctx::Host;
use crate::errno::Errno;
use crate::exit::Exit;
use crate::price;
use crate::stop::StopHandle;
use crate::wait::{Ended, Waiter};

use abi::{Abi, Rights};
use descriptors::{Descriptor, Descriptors};
use memory::{Bytes, Memory, Ptr};
use sarsen::{Caller, Error, Extern, Linker, Trap};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// What a guest was granted and what it has open. Clones share it, as threads of a guest do.
#[derive(Clone)]
pub struct WasiP1Ctx {
    host: Arc<Host>,
    descriptors: Arc<Mutex<Descriptors>>,
}

impl WasiP1Ctx {
    pub(crate) fn new(host: Arc<Host>) -> WasiP1Ctx {
        let descriptors = Arc::new(Mutex::new(Descriptors::new(&host)));
        WasiP1Ctx { host, descriptors }
    }

    /// Ends calls of the guest that wait for time, input or connections; for what it computes, see
    /// [`sarsen::InterruptHandle`].
    pub fn stop_handle(&self) -> StopHandle {
        self.host.stop.clone()
    }

    /// Lets everything arrive that the guest has written to its standard streams: for when it has ended.
    ///
    /// # Errors
    /// If a stream does not take it.
    pub fn flush(&self) -> std::io::Result<()> {
        self.host.stdout.flush()?;
        self.host.stderr.flush()
    }

    fn descriptors(&self) -> MutexGuard<'_, Descriptors> {
        self.descriptors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a function does not succeed.
enum Fail {
    /// The guest is told.
    Errno(Errno),
    /// The guest ends.
    End(Error),
}

impl From<Errno> for Fail {
    fn from(errno: Errno) -> Fail {
        Fail::Errno(errno)
    }
}

impl From<Ended> for Fail {
    fn from(ended: Ended) -> Fail {
        match ended {
            Ended::TimedOut => Fail::Errno(Errno::TimedOut),
            Ended::Stopped => Fail::End(Error::new(Trap::Interrupt)),
        }
    }
}

type Step<T = ()> = Result<T, Fail>;

/// A call from a guest.
struct Call<'a> {
    abi: Abi,
    ctx: WasiP1Ctx,
    memory: Memory<'a>,
    waiter: Waiter,
}

impl<'a> Call<'a> {
    /// A call, with the caller's memory.
    fn new<T: 'static>(
        caller: &'a mut Caller<'_, T>,
        abi: Abi,
        ctx: impl Fn(&mut T) -> &mut WasiP1Ctx,
        waiter: Waiter,
    ) -> Call<'a> {
        match caller.get_export(MEMORY) {
            Some(Extern::Memory(memory)) => {
                let (bytes, data) = memory.data_and_store_mut(caller);
                Call { abi, ctx: ctx(data).clone(), memory: Bytes::Own(bytes).into(), waiter }
            }
            Some(Extern::SharedMemory(memory)) => {
                let ctx = ctx(caller.data_mut()).clone();
                Call { abi, ctx, memory: Bytes::Shared(memory).into(), waiter }
            }
            _ => {
                let ctx = ctx(caller.data_mut()).clone();
                Call { abi, ctx, memory: Bytes::Own(&mut []).into(), waiter }
            }
        }
    }
}

impl Call<'_> {
    fn host(&self) -> &Host {
        &self.ctx.host
    }

    /// The descriptor with a number, if all of these rights are there.
    fn descriptor(&self, fd: u32, rights: Rights) -> Result<Arc<Descriptor>, Errno> {
        let descriptor = self.ctx.descriptors().get(fd)?;
        descriptor.require(rights)?;
        Ok(descriptor)
    }
}

/// The name of the export that pointers point into.
const MEMORY: &str = "memory";

/// What the guest sees of an outcome.
fn told(outcome: Step) -> sarsen::Result<u32> {
    match outcome {
        Ok(()) => Ok(0),
        Err(Fail::Errno(errno)) => Ok(errno as u32),
        Err(Fail::End(error)) => Err(error),
    }
}

/// What the guest sees of an outcome, when it has paid what the call has cost beside.
fn paid<T: 'static>(caller: &mut Caller<'_, T>, outcome: Step, cost: u64) -> sarsen::Result<u32> {
    let code = told(outcome)?;
    price::pay(caller, cost)?;
    Ok(code)
}

/// The outcome of a function whose waits were the [thread's](Waiter::Thread).
fn at_once(function: impl Future<Output = Step>) -> Step {
    match pin!(function).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => Err(Fail::End(Error::bug("a thread was to wait, and has not"))),
    }
}

/// Defines the functions that return an error number: one line each, which names a method of [`Call`].
macro_rules! functions {
    ($($name:ident($($argument:ident: $ty:ty),*);)*) => {
        fn add_functions<T: 'static>(
            linker: &mut Linker<T>,
            abi: Abi,
            ctx: impl Fn(&mut T) -> &mut WasiP1Ctx + Copy + Send + Sync + 'static,
        ) -> sarsen::Result<()> {
            $(linker.func_wrap(
                abi.module(),
                stringify!($name),
                move |mut caller: Caller<'_, T>, $($argument: $ty),*| -> sarsen::Result<u32> {
                    price::pay(&mut caller, price::REQUEST)?;
                    let mut call = Call::new(&mut caller, abi, ctx, Waiter::Thread);
                    let outcome = call.$name($($argument),*);
                    let cost = call.memory.cost();
                    paid(&mut caller, outcome, cost)
                },
            )?;)*
            Ok(())
        }
    };
}

/// The same for those that may wait: with the thread, and without.
macro_rules! waiting_functions {
    ($($name:ident($($argument:ident: $ty:ty),*);)*) => {
        fn add_waiting_functions<T: 'static>(
            linker: &mut Linker<T>,
            abi: Abi,
            ctx: impl Fn(&mut T) -> &mut WasiP1Ctx + Copy + Send + Sync + 'static,
        ) -> sarsen::Result<()> {
            $(linker.func_wrap(
                abi.module(),
                stringify!($name),
                move |mut caller: Caller<'_, T>, $($argument: $ty),*| -> sarsen::Result<u32> {
                    price::pay(&mut caller, price::REQUEST)?;
                    let mut call = Call::new(&mut caller, abi, ctx, Waiter::Thread);
                    let outcome = at_once(call.$name($($argument),*));
                    let cost = call.memory.cost();
                    paid(&mut caller, outcome, cost)
                },
            )?;)*
            Ok(())
        }

        fn add_waiting_functions_async<T: Send + 'static>(
            linker: &mut Linker<T>,
            abi: Abi,
            ctx: impl Fn(&mut T) -> &mut WasiP1Ctx + Copy + Send + Sync + 'static,
        ) -> sarsen::Result<()> {
            $(linker.func_wrap_async(
                abi.module(),
                stringify!($name),
                move |mut caller: Caller<'_, T>, ($($argument,)*): ($($ty,)*)| {
                    Box::new(async move {
                        price::pay(&mut caller, price::REQUEST)?;
                        let mut call = Call::new(&mut caller, abi, ctx, Waiter::Task);
                        let outcome = call.$name($($argument),*).await;
                        let cost = call.memory.cost();
                        paid(&mut caller, outcome, cost)
                    })
                },
            )?;)*
            Ok(())
        }
    };
}

functions! {
    args_get(argv: Ptr, buffer: Ptr);
    args_sizes_get(count: Ptr, size: Ptr);
    environ_get(environ: Ptr, buffer: Ptr);
    environ_sizes_get(count: Ptr, size: Ptr);
    clock_res_get(clock: u32, result: Ptr);
    clock_time_get(clock: u32, precision: u64, result: Ptr);
    fd_advise(fd: u32, offset: u64, len: u64, advice: u32);
    fd_allocate(fd: u32, offset: u64, len: u64);
    fd_close(fd: u32);
    fd_datasync(fd: u32);
    fd_fdstat_get(fd: u32, result: Ptr);
    fd_fdstat_set_flags(fd: u32, flags: u32);
    fd_fdstat_set_rights(fd: u32, rights: u64, inheriting: u64);
    fd_filestat_get(fd: u32, result: Ptr);
    fd_filestat_set_size(fd: u32, size: u64);
    fd_filestat_set_times(fd: u32, accessed: u64, modified: u64, flags: u32);
    fd_pread(fd: u32, buffers: Ptr, count: u32, offset: u64, result: Ptr);
    fd_prestat_get(fd: u32, result: Ptr);
    fd_prestat_dir_name(fd: u32, buffer: Ptr, len: u32);
    fd_pwrite(fd: u32, buffers: Ptr, count: u32, offset: u64, result: Ptr);
    fd_readdir(fd: u32, buffer: Ptr, len: u32, cookie: u64, result: Ptr);
    fd_renumber(from: u32, to: u32);
    fd_seek(fd: u32, offset: i64, whence: u32, result: Ptr);
    fd_sync(fd: u32);
    fd_tell(fd: u32, result: Ptr);
    path_create_directory(fd: u32, path: Ptr, len: u32);
    path_filestat_get(fd: u32, lookup: u32, path: Ptr, len: u32, result: Ptr);
    path_filestat_set_times(fd: u32, lookup: u32, path: Ptr, len: u32, accessed: u64, modified: u64, flags: u32);
    path_link(fd: u32, lookup: u32, path: Ptr, len: u32, new_fd: u32, new_path: Ptr, new_len: u32);
    path_open(
        fd: u32, lookup: u32, path: Ptr, len: u32, open: u32, rights: u64, inheriting: u64, flags: u32, result: Ptr
    );
    path_readlink(fd: u32, path: Ptr, len: u32, buffer: Ptr, buffer_len: u32, result: Ptr);
    path_remove_directory(fd: u32, path: Ptr, len: u32);
    path_rename(fd: u32, path: Ptr, len: u32, new_fd: u32, new_path: Ptr, new_len: u32);
    path_symlink(target: Ptr, target_len: u32, fd: u32, path: Ptr, len: u32);
    path_unlink_file(fd: u32, path: Ptr, len: u32);
    proc_raise(signal: i32);
    random_get(buffer: Ptr, len: u32);
    sock_shutdown(fd: u32, how: u32);
}

waiting_functions! {
    fd_read(fd: u32, buffers: Ptr, count: u32, result: Ptr);
    fd_write(fd: u32, buffers: Ptr, count: u32, result: Ptr);
    poll_oneoff(subscriptions: Ptr, events: Ptr, count: u32, result: Ptr);
    sched_yield();
    sock_accept(fd: u32, flags: u32, result: Ptr);
    sock_recv(fd: u32, buffers: Ptr, count: u32, flags: u32, result: Ptr, result_flags: Ptr);
    sock_send(fd: u32, buffers: Ptr, count: u32, flags: u32, result: Ptr);
}

/// Defines all functions of `wasi_snapshot_preview1` and `wasi_unstable`. `ctx` finds the context in a store's data.
///
/// What waits keeps its thread.
///
/// # Errors
/// If one of the names is defined already.
pub fn add_to_linker<T: 'static>(
    linker: &mut Linker<T>,
    ctx: impl Fn(&mut T) -> &mut WasiP1Ctx + Copy + Send + Sync + 'static,
) -> sarsen::Result<()> {
    for abi in [Abi::Preview1, Abi::Unstable] {
        add_functions(linker, abi, ctx)?;
        add_waiting_functions(linker, abi, ctx)?;
        add_exit(linker, abi)?;
    }
    Ok(())
}

/// The same for guests that are called with [`call_async`](sarsen::TypedFunc::call_async): what waits for time, input, output or
/// connections leaves its thread to others meanwhile, whatever executor polls the call. Files are not waited for.
///
/// # Errors
/// If one of the names is defined already.
pub fn add_to_linker_async<T: Send + 'static>(
    linker: &mut Linker<T>,
    ctx: impl Fn(&mut T) -> &mut WasiP1Ctx + Copy + Send + Sync + 'static,
) -> sarsen::Result<()> {
    for abi in [Abi::Preview1, Abi::Unstable] {
        add_functions(linker, abi, ctx)?;
        add_waiting_functions_async(linker, abi, ctx)?;
        add_exit(linker, abi)?;
    }
    Ok(())
}

fn add_exit<T: 'static>(linker: &mut Linker<T>, abi: Abi) -> sarsen::Result<()> {
    let exit = |code: i32| -> sarsen::Result<()> { Err(Error::new(Exit(code))) };
    linker.func_wrap(abi.module(), "proc_exit", exit)?;
    Ok(())
}
