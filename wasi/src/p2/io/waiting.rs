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
            return Err(Error::new(Trap::Interrupt));
        }
        let ready = look(host, sources)?;
        if !ready.is_empty() {
            return Ok(ready);
        }
        host.offer_output();
        let end = soonest(sources);
        let left = end.map(|end| end.saturating_sub(host.clocks.monotonic()));
        if let (Some(end), Some(left), false) = (end, left, host.clocks.runs()) {
            // The clock may not get that far: it is over all the same.
            host.clocks.sleep(left, &host.stop);
            return Ok(over(sources, end));
        }
        if by_thread(host, sources, left)? {
            continue;
        }
        let mut ready = by_reactor(host, sources, left).await?;
        if !ready.is_empty() {
            // Others may be ready by now, those that wait for time among them.
            ready.extend(look(host, sources)?);
            ready.sort_unstable();
            ready.dedup();
            return Ok(ready);
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

/// When the first of those is ready that wait for time.
fn soonest(sources: &[&mut dyn Pollable]) -> Option<Duration> {
    sources.iter().filter_map(|source| end(&**source)).min()
}

/// Those that wait for a time until then.
fn over(sources: &[&mut dyn Pollable], time: Duration) -> Vec<usize> {
    let over = |(number, source): (usize, &&mut dyn Pollable)| (end(&**source)? <= time).then_some(number);
    sources.iter().enumerate().filter_map(over).collect()
}

/// The time that is waited for, if it is one.
fn end(source: &dyn Pollable) -> Option<Duration> {
    match source.wait()?.0 {
        Kind::Until(time) => Some(time),
        _ => None,
    }
}

/// Waits with the thread until something may be ready, if that can be done.
fn by_thread(host: &Host, sources: &[&mut dyn Pollable], left: Option<Duration>) -> Result<bool> {
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
    match wait::wait(&handles, left, &*host.clocks, &host.stop)? {
        Err(Ended::Stopped) => Err(Error::new(Trap::Interrupt)),
        _ => Ok(true),
    }
}

/// Waits until a runtime says that something is ready; nothing when the time is over.
async fn by_reactor(
    host: &Host,
    sources: &mut [&mut dyn Pollable],
    left: Option<Duration>,
) -> Result<Vec<usize>> {
    let mut sleep = match left {
        Some(time) => Some(Box::pin(reactor::sleep(time)?)),
        None => None,
    };
    let reactor = reactor::reactor()?;
    let mut stopped = pin!(host.stop.stopped());
    let mut waiting: Vec<(usize, Ready<'_>)> = Vec::with_capacity(sources.len());
    for (number, source) in sources.iter_mut().enumerate() {
        if end(&**source).is_none() {
            waiting.push((number, source.ready()));
        }
    }
    poll_fn(|cx| {
        // Connections that are accepted are made known to it, whoever asks.
        let _entered = reactor.enter();
        if stopped.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(Error::new(Trap::Interrupt)));
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
