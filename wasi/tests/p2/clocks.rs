//! `wasi:clocks`, and waiting for them.

use crate::guest::{Guest, field, number, u64};
use sarsen_component::Val;
use sarsen_wasi::{SimulatedClocks, WasiCtxBuilder};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[test]
fn clocks_show_the_time_of_the_host() {
    let mut guest = Guest::new(&mut WasiCtxBuilder::new());
    let now = guest.get("wall-clock.now", &[]);
    let host = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    assert!(host.abs_diff(number(&field(&now, "seconds"))) < 60);
    assert!(number(&field(&now, "nanoseconds")) < 1_000_000_000);
    let first = number(&guest.get("monotonic-clock.now", &[]));
    assert!(number(&guest.get("monotonic-clock.now", &[])) >= first);
    assert!(number(&guest.get("monotonic-clock.resolution", &[])) > 0);
    assert_eq!(number(&field(&guest.get("wall-clock.resolution", &[]), "seconds")), 0);
}

#[test]
fn a_timer_is_ready_when_its_time_has_come() {
    let mut guest = Guest::new(&mut WasiCtxBuilder::new());
    let start = Instant::now();
    let timer = guest.get("monotonic-clock.subscribe-duration", &[u64(20_000_000)]);
    assert_eq!(guest.get("pollable.ready", std::slice::from_ref(&timer)), Val::Bool(false));
    guest.get("pollable.block", std::slice::from_ref(&timer));
    assert!(start.elapsed() >= Duration::from_millis(20));
    assert_eq!(guest.get("pollable.ready", std::slice::from_ref(&timer)), Val::Bool(true));
    guest.drop(timer).unwrap();

    let past = guest.get("monotonic-clock.subscribe-instant", &[u64(0)]);
    assert_eq!(guest.get("pollable.ready", &[past]), Val::Bool(true));
}

#[test]
fn a_poll_returns_all_timers_that_are_due_and_waits_for_the_soonest() {
    let mut guest = Guest::new(&mut WasiCtxBuilder::new());
    let timer = |guest: &mut Guest, time| guest.get("monotonic-clock.subscribe-duration", &[u64(time)]);
    let (late, soon, past) =
        (timer(&mut guest, u64::MAX), timer(&mut guest, 10_000_000), timer(&mut guest, 0));
    let poll = |guest: &mut Guest, list: &[&Val]| {
        guest.get("poll.poll", &[Val::List(list.iter().map(|&timer| timer.clone()).collect())])
    };
    assert_eq!(poll(&mut guest, &[&late, &past, &past]), Val::List(vec![Val::U32(1), Val::U32(2)]));
    assert_eq!(poll(&mut guest, &[&late, &soon]), Val::List(vec![Val::U32(1)]));
    assert!(guest.trap("poll.poll", &[Val::List(Vec::new())]).contains("poll of nothing"));
}

#[test]
fn simulated_time_passes_by_waiting() {
    let mut guest = Guest::new(WasiCtxBuilder::new().clocks(SimulatedClocks::default()));
    let start = Instant::now();
    let year = 31_536_000_000_000_000;
    let timer = guest.get("monotonic-clock.subscribe-duration", &[u64(year)]);
    assert_eq!(guest.get("pollable.ready", std::slice::from_ref(&timer)), Val::Bool(false));
    guest.get("pollable.block", &[timer]);
    assert!(number(&guest.get("monotonic-clock.now", &[])) >= year);
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_stop_ends_waiting() {
    let mut grants = WasiCtxBuilder::new();
    let stop = grants.stop_handle();
    let mut guest = Guest::new(&mut grants);
    let timer = guest.get("monotonic-clock.subscribe-duration", &[u64(u64::MAX)]);
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        stop.stop();
    });
    assert!(guest.trap("pollable.block", &[timer]).contains("interrupt"));
}
