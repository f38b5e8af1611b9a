//! Imports that may wait, and calls that wait for them as tasks.

use super::set_up;
use super::values::COMPONENT as VALUES;
use sarsen::Result;
use sarsen_component::{HasSelf, Resource, bindgen};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

bindgen!({
    inline: r#"
        package test:waiting;

        interface clock {
            resource timer {
                constructor(ticks: u32);
                wait: func() -> u32;
                is-done: func() -> bool;
            }
            now: func() -> u64;
        }

        world sleeper {
            import clock;
            import pause: func(ticks: u32);
            export run: func(ticks: u32) -> u32;
        }
    "#,
    imports: {
        "test:waiting/clock.[method]timer.is-done": sync,
        "test:waiting/clock.now": trappable,
        default: async | trappable,
    },
    exports: { default: sync },
});

use test::waiting::clock::{self, Timer};

const COMPONENT: &str = r#"(component
    (import "pause" (func $pause (param "ticks" u32)))
    (import "test:waiting/clock" (instance $clock
        (export "timer" (type $timer (sub resource)))
        (export "[constructor]timer" (func (param "ticks" u32) (result (own $timer))))
        (export "[method]timer.wait" (func (param "self" (borrow $timer)) (result u32)))
        (export "[method]timer.is-done" (func (param "self" (borrow $timer)) (result bool)))
        (export "now" (func (result u64)))))
    (alias export $clock "timer" (type $timer))
    (core func $pause (canon lower (func $pause)))
    (core func $new (canon lower (func $clock "[constructor]timer")))
    (core func $wait (canon lower (func $clock "[method]timer.wait")))
    (core func $is-done (canon lower (func $clock "[method]timer.is-done")))
    (core func $now (canon lower (func $clock "now")))
    (core func $drop (canon resource.drop $timer))
    (core module $m
        (import "" "pause" (func $pause (param i32)))
        (import "" "new" (func $new (param i32) (result i32)))
        (import "" "wait" (func $wait (param i32) (result i32)))
        (import "" "is-done" (func $is-done (param i32) (result i32)))
        (import "" "now" (func $now (result i64)))
        (import "" "drop" (func $drop (param i32)))
        (func (export "run") (param i32) (result i32)
            (local $timer i32) (local $waited i32)
            (local.set $timer (call $new (local.get 0)))
            (if (call $is-done (local.get $timer)) (then unreachable))
            (local.set $waited (call $wait (local.get $timer)))
            (if (i32.eqz (call $is-done (local.get $timer))) (then unreachable))
            (call $drop (local.get $timer))
            (call $pause (i32.const 3))
            (i32.add (local.get $waited) (i32.wrap_i64 (call $now)))))
    (core instance $i (instantiate $m (with "" (instance
        (export "pause" (func $pause)) (export "new" (func $new)) (export "wait" (func $wait))
        (export "is-done" (func $is-done)) (export "now" (func $now)) (export "drop" (func $drop))))))
    (func (export "run") (param "ticks" u32) (result u32) (canon lift (core func $i "run"))))"#;

/// One timer, and what time it is.
#[derive(Default)]
struct Clock {
    left: u32,
    now: u64,
    dropped: u32,
}

impl Clock {
    /// Lets time pass: not ready until it has.
    async fn tick(&mut self) {
        let mut was_asked = false;
        poll_fn(|cx| {
            cx.waker().wake_by_ref();
            if std::mem::replace(&mut was_asked, true) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        self.now += 1;
    }
}

impl clock::HostTimer for Clock {
    async fn new(&mut self, ticks: u32) -> Result<Resource<Timer>> {
        self.left = ticks;
        Ok(Resource::new_own(1))
    }

    async fn wait(&mut self, _: Resource<Timer>) -> Result<u32> {
        let ticks = self.left;
        while self.left > 0 {
            self.left -= 1;
            self.tick().await;
        }
        Ok(ticks)
    }

    fn is_done(&mut self, _: Resource<Timer>) -> bool {
        self.left == 0
    }

    async fn drop(&mut self, _: Resource<Timer>) -> Result<()> {
        self.tick().await;
        self.dropped += 1;
        Ok(())
    }
}

impl clock::Host for Clock {
    fn now(&mut self) -> Result<u64> {
        if self.now > 100 { Err(sarsen::Error::msg("the clock is broken")) } else { Ok(self.now) }
    }
}

impl SleeperImports for Clock {
    async fn pause(&mut self, ticks: u32) -> Result<()> {
        for _ in 0..ticks {
            self.tick().await;
        }
        Ok(())
    }
}

#[test]
fn imports_that_wait() -> Result<()> {
    let (component, mut linker, mut store) = set_up(COMPONENT, Clock::default())?;
    Sleeper::add_to_linker::<_, HasSelf<Clock>>(&mut linker, |clock| clock)?;
    let sleeper = Sleeper::instantiate(&mut store, &component, &linker)?;
    // Five ticks of the timer, one of its end, three of the pause.
    assert_eq!(sleeper.call_run(&mut store, 5)?, 5 + 9);
    assert_eq!(store.data().dropped, 1);
    let error = sleeper.call_run(&mut store, 100).expect_err("the host fails");
    assert!(format!("{error:#}").contains("the clock is broken"), "{error:#}");
    Ok(())
}

#[test]
fn a_component_of_another_world_is_refused() -> Result<()> {
    let (component, mut linker, mut store) = set_up(VALUES, Clock::default())?;
    Sleeper::add_to_linker::<_, HasSelf<Clock>>(&mut linker, |clock| clock)?;
    let error = Sleeper::instantiate(&mut store, &component, &linker).expect_err("it imports something else");
    assert!(error.to_string().starts_with("unknown import: function `log`"), "{error}");
    Ok(())
}

/// Functions of the guest that are called as tasks, but for one.
mod tasks {
    sarsen_component::bindgen!({
        inline: r#"
            package test:tasks;

            interface jobs {
                wait: func(ticks: u32) -> u32;
                count: func() -> u32;
            }

            world worker {
                import pause: func(ticks: u32) -> u32;
                export run: func(ticks: u32) -> u32;
                export jobs;
            }
        "#,
        imports: { default: async },
        exports: { "test:tasks/jobs.count": sync, default: async },
    });
}

const WORKER: &str = r#"(component
    (import "pause" (func $pause (param "ticks" u32) (result u32)))
    (core func $pause (canon lower (func $pause)))
    (core module $m
        (import "" "pause" (func $pause (param i32) (result i32)))
        (global $count (mut i32) (i32.const 0))
        (func $start (drop (call $pause (i32.const 1))))
        (start $start)
        (func (export "run") (param i32) (result i32)
            (global.set $count (i32.add (global.get $count) (i32.const 1)))
            (if (i32.gt_u (local.get 0) (i32.const 100)) (then unreachable))
            (call $pause (local.get 0)))
        (func (export "count") (result i32) (global.get $count)))
    (core instance $i (instantiate $m (with "" (instance (export "pause" (func $pause))))))
    (func $run (param "ticks" u32) (result u32) (canon lift (core func $i "run")))
    (func $count (result u32) (canon lift (core func $i "count")))
    (instance $jobs (export "wait" (func $run)) (export "count" (func $count)))
    (export "run" (func $run))
    (export "test:tasks/jobs" (instance $jobs)))"#;

/// Who is asked to wait, and how often all of them were.
struct Waiter {
    name: char,
    clock: Clock,
    turns: Arc<Mutex<String>>,
}

impl tasks::WorkerImports for Waiter {
    async fn pause(&mut self, ticks: u32) -> u32 {
        for _ in 0..ticks {
            self.turns.lock().expect("nobody panics").push(self.name);
            self.clock.tick().await;
        }
        ticks
    }
}

async fn work(name: char, turns: Arc<Mutex<String>>) -> Result<(u32, u32, u32)> {
    let (component, mut linker, mut store) = set_up(WORKER, Waiter { name, clock: Clock::default(), turns })?;
    tasks::Worker::add_to_linker::<_, HasSelf<Waiter>>(&mut linker, |waiter| waiter)?;
    let worker = tasks::Worker::instantiate_async(&mut store, &component, &linker).await?;
    let (jobs, ran) = (worker.test_tasks_jobs(), worker.call_run(&mut store, 2).await?);
    let waited = jobs.call_wait(&mut store, 3).await?;
    let counted = jobs.call_count(&mut store)?;
    let error = worker.call_run(&mut store, 101).await.expect_err("it traps");
    assert_eq!(error.downcast_ref::<sarsen::Trap>(), Some(&sarsen::Trap::UnreachableCodeReached));
    Ok((ran, waited, counted))
}

#[test]
fn calls_wait_as_tasks() -> Result<()> {
    /// As executors with several threads want them.
    fn task<'a, R>(
        future: impl Future<Output = R> + Send + 'a,
    ) -> Pin<Box<dyn Future<Output = R> + Send + 'a>> {
        Box::pin(future)
    }
    let turns = Arc::<Mutex<String>>::default();
    let mut tasks = ['a', 'b'].map(|name| Some(task(work(name, Arc::clone(&turns)))));
    let mut context = Context::from_waker(Waker::noop());
    while tasks.iter().any(Option::is_some) {
        for task in &mut tasks {
            let Some(Poll::Ready(result)) = task.as_mut().map(|task| task.as_mut().poll(&mut context)) else {
                continue;
            };
            assert_eq!(result?, (2, 3, 2));
            *task = None;
        }
    }
    // One turn of the start function, two of `run`, three of `wait`: while one waits, the other goes on.
    assert_eq!(*turns.lock().expect("nobody panics"), "ab".repeat(6));
    Ok(())
}
