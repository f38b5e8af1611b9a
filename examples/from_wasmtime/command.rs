//! Programs of WASI's preview 1 that sleep at the same time, on one thread.
//!
//! `cargo run --release -p sarsen-examples --example command`. With `wasmtime` instead of `sarsen` in the lines of imports, it is a
//! program for Wasmtime.

use sarsen::error::Context;
use sarsen::*;
use sarsen_wasi::p1::{self, WasiP1Ctx};
use sarsen_wasi::p2::pipe::MemoryOutputPipe;
use sarsen_wasi::{I32Exit, WasiCtx};

/// Says good night, sleeps for 100 ms, says good morning, and exits with the number of its arguments.
const PROGRAM: &str = r#"(module
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    ;; Two lists of one buffer, what is in the buffers, and a clock to wait for.
    (data (i32.const 0) "\20\00\00\00\0b\00\00\00\30\00\00\00\0d\00\00\00")
    (data (i32.const 32) "good night\n")
    (data (i32.const 48) "good morning\n")
    (data (i32.const 80) "\01\00\00\00\00\00\00\00\00\e1\f5\05")
    (func (export "_start")
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 128)))
        (drop (call $poll (i32.const 64) (i32.const 160) (i32.const 1) (i32.const 128)))
        (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 128)))
        (drop (call $args (i32.const 128) (i32.const 132)))
        (call $exit (i32.load (i32.const 128)))))"#;

/// Runs a program to its end; what it exits with.
async fn run(ready: InstancePre<WasiP1Ctx>, ctx: WasiP1Ctx) -> Result<i32> {
    let mut store = Store::new(ready.module().engine(), ctx);
    let instance = ready.instantiate_async(&mut store).await?;
    let start = instance.get_typed_func::<(), ()>(&mut store, "_start").context("a program")?;
    match start.call_async(&mut store, ()).await {
        Ok(()) => Ok(0),
        Err(error) => Ok(error.downcast::<I32Exit>()?.0),
    }
}

async fn run_all() -> Result<()> {
    let engine = Engine::default();
    let mut linker: Linker<WasiP1Ctx> = Linker::new(&engine);
    p1::add_to_linker_async(&mut linker, |ctx| ctx)?;
    let ready = linker.instantiate_pre(&Module::new(&engine, PROGRAM)?)?;

    let stdout = MemoryOutputPipe::new(4096);
    let programs = [1, 2].map(|count| {
        let ctx = WasiCtx::builder()
            .args(&["program", "--brief"][..count])
            .env("LANG", "C")
            .stdout(stdout.clone())
            .build_p1();
        tokio::spawn(run(ready.clone(), ctx))
    });
    for (program, count) in programs.into_iter().zip(1..) {
        let code = program.await?.with_context(|| format!("program {count}"))?;
        ensure!(code == count, "program {count} has exited with {code}");
    }
    print!("{}", String::from_utf8_lossy(&stdout.contents()));
    Ok(())
}

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(run_all())
}
