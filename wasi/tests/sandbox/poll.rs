//! `poll_oneoff`: lists of any length, mixtures of clocks and descriptors, and waits that somebody ends.

use crate::errno;
use crate::puppet::{self, Puppet};
use sarsen_wasi::{MemoryInput, WasiCtxBuilder};
use std::time::{Duration, Instant};

const SUBSCRIPTION: usize = 48;
const EVENTS: u32 = puppet::DATA + 0x2_0000;

/// A subscription to a clock, with the value that its event returns.
fn clock(user: u64, clock: u32, nanoseconds: u64, absolute: bool) -> Vec<u8> {
    let mut bytes = vec![0; SUBSCRIPTION];
    bytes[..8].copy_from_slice(&user.to_le_bytes());
    bytes[16..20].copy_from_slice(&clock.to_le_bytes());
    bytes[24..32].copy_from_slice(&nanoseconds.to_le_bytes());
    bytes[40] = u8::from(absolute);
    bytes
}

fn descriptor(user: u64, tag: u8, fd: u32) -> Vec<u8> {
    let mut bytes = vec![0; SUBSCRIPTION];
    bytes[..8].copy_from_slice(&user.to_le_bytes());
    bytes[8] = tag;
    bytes[16..20].copy_from_slice(&fd.to_le_bytes());
    bytes
}

/// Polls; for each event its value, error and kind.
fn poll(puppet: &mut Puppet, subscriptions: &[Vec<u8>]) -> Result<Vec<(u64, u16, u8)>, puppet::Errno> {
    puppet.put(puppet::DATA, &subscriptions.concat());
    let count = subscriptions.len() as u64;
    puppet.call("poll_oneoff", &[puppet::DATA.into(), EVENTS.into(), count, puppet::RESULT.into()])?;
    let events = (0..puppet.u32_at(puppet::RESULT)).map(|number| {
        let event = puppet.get(EVENTS + number * 32, 32);
        let user = u64::from_le_bytes(event[..8].try_into().unwrap());
        (user, u16::from_le_bytes([event[8], event[9]]), event[10])
    });
    Ok(events.collect())
}

#[test]
fn the_soonest_clock_wins() {
    let mut puppet = Puppet::new(&mut WasiCtxBuilder::new());
    let start = Instant::now();
    let hour = 3_600_000_000_000;
    let events = poll(&mut puppet, &[clock(7, 1, hour, false), clock(8, 1, 2_000_000, false)]);
    assert_eq!(events, Ok(vec![(8, 0, 0)]));
    assert!(start.elapsed() >= Duration::from_millis(2));
    // A moment that has passed does not have to be waited for; a clock that does not exist says so at once.
    assert_eq!(poll(&mut puppet, &[clock(9, 0, 5, true)]), Ok(vec![(9, 0, 0)]));
    let wrong = poll(&mut puppet, &[clock(1, 77, 0, false), clock(2, 1, hour, false)]);
    assert_eq!(wrong, Ok(vec![(1, errno::INVALID, 0)]));
    assert!(start.elapsed() < Duration::from_secs(600));
}

#[test]
fn what_is_ready_does_not_wait_for_clocks() {
    let mut puppet = Puppet::new(WasiCtxBuilder::new().stdin(MemoryInput::new("x")));
    let never = clock(1, 1, u64::MAX, false);
    let events = poll(&mut puppet, &[never.clone(), descriptor(2, 1, 0), descriptor(3, 2, 1)]);
    assert_eq!(events, Ok(vec![(2, 0, 1), (3, 0, 2)]));
    let bad = poll(&mut puppet, &[descriptor(4, 1, 99), never]);
    assert_eq!(bad, Ok(vec![(4, errno::BAD_DESCRIPTOR, 1)]));
}

#[test]
fn a_wait_is_ended_from_outside() {
    let mut puppet = Puppet::new(&mut WasiCtxBuilder::new());
    let stop = puppet.ctx().stop_handle();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(30));
        stop.stop();
    });
    puppet.put(puppet::DATA, &clock(1, 1, u64::MAX, false));
    let arguments = [puppet::DATA.into(), EVENTS.into(), 1, puppet::RESULT.into()];
    let error = puppet.try_call("poll_oneoff", &arguments).unwrap_err();
    assert_eq!(error.downcast::<sarsen::Trap>().unwrap(), sarsen::Trap::Interrupt);
    stopper.join().unwrap();
}

#[test]
fn lists_are_inside_or_faults() {
    let mut puppet = Puppet::new(&mut WasiCtxBuilder::new());
    let result = puppet::RESULT.into();
    for count in [0, (1 << 16) + 1, u32::MAX] {
        let polled = puppet.call("poll_oneoff", &[0, EVENTS.into(), count.into(), result]);
        assert_eq!(polled, Err(errno::INVALID), "{count}");
    }
    for (subscriptions, events) in [(0x7_ffe0, 0), (u32::MAX, 0), (0, 0x7_fff0), (0, u32::MAX - 8)] {
        let polled = puppet.call("poll_oneoff", &[subscriptions.into(), events.into(), 1, result]);
        assert_eq!(polled, Err(errno::FAULT), "{subscriptions:x} {events:x}");
    }
    // 65,536 of them need three megabytes, which the guest does not have.
    assert_eq!(puppet.call("poll_oneoff", &[0, 0, 1 << 16, result]), Err(errno::FAULT));
    // Events may be written over their own subscriptions.
    puppet.put(puppet::DATA, &[clock(1, 1, 0, false), clock(2, 1, 0, false)].concat());
    let over = [puppet::DATA.into(), puppet::DATA.into(), 2, result];
    assert_eq!(puppet.call("poll_oneoff", &over), Ok(()));
    assert_eq!(puppet.u32_at(puppet::RESULT), 2);
    let mut unknown = clock(1, 1, 0, false);
    unknown[8] = 9;
    assert_eq!(poll(&mut puppet, &[unknown]), Err(errno::INVALID));
}

/// Where events would go is known before anything is waited for: an error that comes an hour later is one that holds a host up.
#[test]
fn faults_are_found_before_anything_is_waited_for() {
    let mut puppet = Puppet::new(WasiCtxBuilder::new().deterministic(3));
    let now = |puppet: &mut Puppet| {
        puppet.call("clock_time_get", &[1, 0, puppet::RESULT.into()]).unwrap();
        puppet.u64_at(puppet::RESULT)
    };
    let before = now(&mut puppet);
    puppet.put(puppet::DATA, &clock(1, 1, 3_600_000_000_000, false));
    for events in [0x7_fff0, u32::MAX - 8] {
        let polled =
            puppet.call("poll_oneoff", &[puppet::DATA.into(), events.into(), 1, puppet::RESULT.into()]);
        assert_eq!(polled, Err(errno::FAULT), "{events:x}");
    }
    assert!(now(&mut puppet) - before < 1_000_000_000, "it has waited");
}

#[test]
fn simulated_time_passes_only_by_waiting() {
    let mut puppet = Puppet::new(WasiCtxBuilder::new().deterministic(3));
    let start = Instant::now();
    let mut now = || {
        puppet.call("clock_time_get", &[1, 0, puppet::RESULT.into()]).unwrap();
        let before = puppet.u64_at(puppet::RESULT);
        let events = poll(&mut puppet, &[clock(1, 1, 3_600_000_000_000, false), descriptor(2, 1, 99)]);
        assert_eq!(events, Ok(vec![(2, errno::BAD_DESCRIPTOR, 1)]));
        let events = poll(&mut puppet, &[clock(1, 1, 3_600_000_000_000, false)]);
        assert_eq!(events, Ok(vec![(1, 0, 0)]));
        before
    };
    let (first, second) = (now(), now());
    assert!((3_600_000_000_000..3_601_000_000_000).contains(&(second - first)), "{first} {second}");
    assert!(start.elapsed() < Duration::from_secs(600));
}
