//! `poll_oneoff`: waiting for the first of many things.
//!
//! # Invariants
//!
//! - Lists are checked to be inside the guest's memory before anything is waited for; there are never more events than
//!   subscriptions.
//!
//! How the waiting is done, and ended, is in `wait` and the clocks.

use super::abi::Rights;
use super::clock::Clock;
use super::descriptors::{Descriptor, Resource};
use super::memory::Ptr;
use super::{Call, Step};
use crate::errno::Errno;
use crate::files::FileKind;
use crate::price;
use crate::sys::{self, Interest, Readiness, Waitable};
use crate::wait::Ended;
use std::io::SeekFrom;
use std::sync::Arc;
use std::time::Duration;

/// More subscriptions than this make no sense: there are not as many descriptors.
const MAX_SUBSCRIPTIONS: u32 = 1 << 16;

/// Bytes of an event.
const EVENT: u32 = 32;

/// What a guest waits for.
enum Subscription {
    /// So much time from now.
    Time(Duration),
    /// A descriptor.
    Ready(Arc<Descriptor>, Interest),
    /// Nothing that could be waited for.
    Wrong(u8, Errno),
}

impl Subscription {
    /// The kind that its event names.
    fn tag(&self) -> u8 {
        match self {
            Subscription::Time(_) => 0,
            Subscription::Ready(_, Interest::Read) => 1,
            Subscription::Ready(_, Interest::Write) => 2,
            Subscription::Wrong(tag, _) => *tag,
        }
    }
}

/// What happened.
#[derive(Default)]
struct Event {
    error: Option<Errno>,
    bytes: u64,
    hangup: bool,
}

impl Call<'_> {
    pub(super) async fn poll_oneoff(
        &mut self,
        subscriptions: Ptr,
        events: Ptr,
        count: u32,
        result: Ptr,
    ) -> Step {
        if count == 0 || count > MAX_SUBSCRIPTIONS {
            return Err(Errno::Inval.into());
        }
        let (size, _) = self.abi.subscription();
        self.memory.check(subscriptions, (size * count) as usize)?;
        self.memory.check(events, (EVENT * count) as usize)?;
        let mut waiting = Vec::with_capacity(count as usize);
        for number in 0..count {
            waiting.push(self.subscription(subscriptions + number * size)?);
        }
        let happened = self.first_of(&waiting).await?;
        let mut written = 0;
        for ((user, subscription), event) in waiting.iter().zip(happened) {
            let Some(event) = event else { continue };
            let mut bytes = [0; EVENT as usize];
            bytes[..8].copy_from_slice(&user.to_le_bytes());
            bytes[8..10].copy_from_slice(&event.error.map_or(0, |error| error as u16).to_le_bytes());
            bytes[10] = subscription.tag();
            bytes[16..24].copy_from_slice(&event.bytes.to_le_bytes());
            bytes[24] = u8::from(event.hangup);
            self.memory.write(events + written * EVENT, &bytes)?;
            written += 1;
        }
        Ok(self.memory.write_u32(result, written)?)
    }

    /// A subscription of the guest, with the value that its event returns.
    fn subscription(&self, at: Ptr) -> Result<(u64, Subscription), Errno> {
        let (size, [clock, timeout, flags]) = self.abi.subscription();
        let bytes = self.memory.bytes(at, size)?;
        let u32_at = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let u64_at = |at: usize| u64::from(u32_at(at)) | u64::from(u32_at(at + 4)) << 32;
        let tag = bytes[8];
        let subscription = match tag {
            0 => match Clock::parse(u32_at(clock)) {
                Ok(clock) => {
                    let time = Duration::from_nanos(u64_at(timeout));
                    let absolute = u32_at(flags) & 1 != 0;
                    let now = if absolute { clock.now(&*self.host().clocks) } else { Duration::ZERO };
                    Subscription::Time(time.saturating_sub(now))
                }
                Err(error) => Subscription::Wrong(tag, error),
            },
            1 | 2 => match self.descriptor(u32_at(16), Rights::POLL_FD_READWRITE) {
                Ok(descriptor) => {
                    self.memory.charge(price::REQUEST);
                    let interest = if tag == 1 { Interest::Read } else { Interest::Write };
                    Subscription::Ready(descriptor, interest)
                }
                Err(error) => Subscription::Wrong(tag, error),
            },
            _ => return Err(Errno::Inval),
        };
        Ok((u64_at(0), subscription))
    }

    /// Waits until something happens; for each subscription, what.
    async fn first_of(&self, waiting: &[(u64, Subscription)]) -> Step<Vec<Option<Event>>> {
        self.host().offer_output();
        let mut events: Vec<Option<Event>> = Vec::with_capacity(waiting.len());
        let mut polled: Vec<(usize, (Waitable<'_>, Interest))> = Vec::new();
        let mut soonest: Option<Duration> = None;
        for (number, (_, subscription)) in waiting.iter().enumerate() {
            events.push(match subscription {
                Subscription::Wrong(_, error) => Some(Event { error: Some(*error), ..Event::default() }),
                Subscription::Time(time) => {
                    soonest = Some(soonest.map_or(*time, |soonest| soonest.min(*time)));
                    None
                }
                Subscription::Ready(descriptor, interest) => match descriptor.waitable() {
                    Some(waitable) => {
                        polled.push((number, (waitable, *interest)));
                        None
                    }
                    None => Some(Event::default()),
                },
            });
        }
        let timeout = if events.iter().any(Option::is_some) { Some(Duration::ZERO) } else { soonest };
        let Some(readiness) = self.wait(&polled, timeout).await? else {
            for ((_, subscription), event) in waiting.iter().zip(&mut events) {
                if matches!(subscription, Subscription::Time(time) if Some(*time) <= timeout) {
                    *event = Some(Event::default());
                }
            }
            return Ok(events);
        };
        for ((number, _), ready) in polled.iter().zip(readiness) {
            if let (true, Subscription::Ready(descriptor, interest)) = (ready.ready, &waiting[*number].1) {
                let bytes = if *interest == Interest::Read { available(descriptor) } else { 0 };
                events[*number] = Some(Event { error: None, bytes, hangup: ready.hangup });
            }
        }
        Ok(events)
    }

    /// Waits for descriptors; nothing if the time was over before.
    async fn wait(
        &self,
        polled: &[(usize, (Waitable<'_>, Interest))],
        timeout: Option<Duration>,
    ) -> Step<Option<Vec<Readiness>>> {
        let host = self.host();
        let wanted: Vec<_> = polled.iter().map(|(_, wanted)| *wanted).collect();
        match self.waiter.wait(&wanted, timeout, &*host.clocks, &host.stop).await? {
            Ok(readiness) => Ok(Some(readiness)),
            Err(Ended::TimedOut) => Ok(None),
            Err(Ended::Stopped) => Err(Ended::Stopped.into()),
        }
    }
}

/// Bytes that can be read at once.
fn available(descriptor: &Descriptor) -> u64 {
    if let Resource::File(file) = &descriptor.resource
        && let Ok(stat) = file.stat()
        && stat.kind == FileKind::Regular
    {
        return stat.size.saturating_sub(file.seek(SeekFrom::Current(0)).unwrap_or(0));
    }
    descriptor.waitable().map_or(0, sys::available)
}
