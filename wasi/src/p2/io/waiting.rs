//! Waiting for the first of several.
//!
//! # Invariants
//!
//! - Where a thread can wait by itself for all of them, it does, and nothing is started. In a runtime it does not, because it
//!   has more to do there.
//! - Where time does not pass by itself, nothing that is waited for takes any: if nothing is ready, it is the soonest end.
//! - A stop of the guest ends every wait.

use super::pollable::{Kind, Pollable, Ready};
use crate::ctx::Host;
use crate::reactor;
use crate::sys;
use crate::wait::{self, Ended};
use sarsen::{Error, Result, Trap};
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Waits until one of them is ready; which ones are, in order. There has to be one.
pub(super) async fn first_of(host: &Host, sources: &mut [&mut dyn Pollable]) -> Result<Vec<usize>> {
    loop {
        if host.stop.is_stopped() {
            return Err(Error::new(Trap::Interrupted));
        }
        let ready = look(host, sources)?;
        if !ready.is_empty() {
            return Ok(ready);
        }
        host.flush_output();
        let soonest = soonest(host, sources);
        if by_thread(host, sources, soonest)? {
            continue;
        }
        match soonest {
            Some(time) if !host.clocks.runs() => host.clocks.sleep(time, &host.stop),
            _ => {
                let mut ready = by_reactor(host, sources, soonest).await?;
                if !ready.is_empty() {
                    // Others may be ready by now, those that wait for time among them.
                    ready.extend(look(host, sources)?);
                    ready.sort_unstable();
                    ready.dedup();
                    return Ok(ready);
                }
            }
        }
    }
}

/// Whether one is ready.
pub(super) fn is_ready(host: &Host, source: &mut dyn Pollable) -> Result<bool> {
    Ok(!look(host, &mut [source])?.is_empty())
}

/// Those that are ready.
fn look(host: &Host, sources: &mut [&mut dyn Pollable]) -> Result<Vec<usize>> {
    let mut ready = Vec::new();
    let mut now = None;
    for (number, source) in sources.iter_mut().enumerate() {
        let kind = source.wait().map(|wait| wait.0);
        let is_ready = match kind {
            Some(Kind::Not) => true,
            Some(Kind::Until(time)) => time <= *now.get_or_insert_with(|| host.clocks.monotonic()),
            Some(Kind::For(handle, interest)) => {
                sys::wait(&[(handle, interest)], Duration::ZERO)?.iter().any(|readiness| readiness.ready)
            }
            None => pin!(source.ready()).poll(&mut Context::from_waker(Waker::noop())).is_ready(),
        };
        if is_ready {
            ready.push(number);
        }
    }
    Ok(ready)
}

/// How long it takes until the first of those is ready that wait for time.
fn soonest(host: &Host, sources: &[&mut dyn Pollable]) -> Option<Duration> {
    let times = sources.iter().filter_map(|source| match source.wait()?.0 {
        Kind::Until(time) => Some(time),
        _ => None,
    });
    Some(times.min()?.saturating_sub(host.clocks.monotonic()))
}

/// Waits with the thread until something may be ready, if that can be done.
fn by_thread(host: &Host, sources: &[&mut dyn Pollable], soonest: Option<Duration>) -> Result<bool> {
    if reactor::is_current() {
        return Ok(false);
    }
    let mut handles = Vec::new();
    for source in sources {
        match source.wait().map(|wait| wait.0) {
            Some(Kind::For(handle, interest)) => handles.push((handle, interest)),
            Some(_) => {}
            None => return Ok(false),
        }
    }
    match wait::wait(&handles, soonest, &*host.clocks, &host.stop)? {
        Err(Ended::Stopped) => Err(Error::new(Trap::Interrupted)),
        _ => Ok(true),
    }
}

/// Waits until a runtime says that something is ready; nothing when the time is over.
async fn by_reactor(
    host: &Host,
    sources: &mut [&mut dyn Pollable],
    soonest: Option<Duration>,
) -> Result<Vec<usize>> {
    let mut sleep = match soonest {
        Some(time) => Some(Box::pin(reactor::sleep(time)?)),
        None => None,
    };
    let reactor = reactor::reactor()?;
    let mut stopped = pin!(host.stop.stopped());
    let mut waiting: Vec<(usize, Ready<'_>)> = Vec::with_capacity(sources.len());
    for (number, source) in sources.iter_mut().enumerate() {
        if !matches!(source.wait().map(|wait| wait.0), Some(Kind::Until(_))) {
            waiting.push((number, source.ready()));
        }
    }
    poll_fn(|cx| {
        // Connections that are accepted are made known to it, whoever asks.
        let _entered = reactor.enter();
        if stopped.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(Error::new(Trap::Interrupted)));
        }
        let mut ready = Vec::new();
        for (number, source) in &mut waiting {
            if source.as_mut().poll(cx).is_ready() {
                ready.push(*number);
            }
        }
        let time_is_over = sleep.as_mut().is_some_and(|sleep| sleep.as_mut().poll(cx).is_ready());
        if ready.is_empty() && !time_is_over { Poll::Pending } else { Poll::Ready(Ok(ready)) }
    })
    .await
}
