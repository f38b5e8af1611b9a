//! What is neither file nor directory: pipes must not hang the host, devices are no files.

use crate::{Place, ROOT, errno, puppet};
use std::process::Command;
use std::time::Duration;

/// A named pipe that nobody has open.
fn pipe(place: &Place) {
    let status = Command::new("mkfifo").arg(place.granted.join("pipe")).status().unwrap();
    assert!(status.success());
}

#[test]
fn opening_a_pipe_does_not_wait() {
    let place = Place::new();
    pipe(&place);
    let mut puppet = place.puppet();
    let reader = puppet.open(ROOT, "pipe", 0, puppet::READ).unwrap();
    // Now that there is a reader, there can be a writer.
    let writer = puppet.open(ROOT, "pipe", 0, puppet::WRITE).unwrap();
    assert_eq!(puppet.write(writer, b"through").unwrap(), 7);
    assert_eq!(puppet.read(reader, 100).unwrap(), b"through");
    for open in [puppet::DIRECTORY, puppet::CREATE | puppet::EXCLUSIVE] {
        assert!(puppet.open(ROOT, "pipe", open, puppet::READ).is_err());
    }
}

#[test]
fn reading_an_empty_pipe_can_be_ended() {
    let place = Place::new();
    pipe(&place);
    let mut puppet = place.puppet();
    let reader = puppet.open(ROOT, "pipe", 0, puppet::READ).unwrap();
    let _writer = puppet.open(ROOT, "pipe", 0, puppet::WRITE).unwrap();
    let stop = puppet.ctx().stop_handle();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        stop.stop();
    });
    puppet.buffers(&[(puppet::DATA, 10)]);
    let arguments = [reader.into(), puppet::LIST.into(), 1, puppet::RESULT.into()];
    let error = puppet.try_call("fd_read", &arguments).unwrap_err();
    assert_eq!(error.downcast::<sarsen::Trap>().unwrap(), sarsen::Trap::Interrupt);
    stopper.join().unwrap();
}

#[test]
fn a_guest_that_does_not_want_to_wait_does_not() {
    let place = Place::new();
    pipe(&place);
    let mut puppet = place.puppet();
    const NONBLOCK: u32 = 4;
    let reader = puppet.open_with(ROOT, "pipe", true, 0, puppet::READ, NONBLOCK).unwrap();
    let _writer = puppet.open(ROOT, "pipe", 0, puppet::WRITE).unwrap();
    assert_eq!(puppet.read(reader, 10), Err(errno::AGAIN));
}

#[test]
fn positions_of_pipes_do_not_exist() {
    let place = Place::new();
    pipe(&place);
    let mut puppet = place.puppet();
    let reader = puppet.open(ROOT, "pipe", 0, puppet::ALL_RIGHTS - puppet::WRITE).unwrap();
    let seek = [reader.into(), 1, 0, puppet::RESULT.into()];
    assert_eq!(puppet.call("fd_seek", &seek), Err(errno::SEEK_PIPE));
    assert_eq!(puppet.call("fd_advise", &[reader.into(), 0, 0, 0]), Ok(()));
    assert!(puppet.call("fd_allocate", &[reader.into(), 0, 10]).is_err());
}

#[test]
fn setting_times_of_a_pipe_does_not_wait() {
    let place = Place::new();
    pipe(&place);
    let mut puppet = place.puppet();
    for follow in [0, 1] {
        let [at, len] = puppet.path(0, b"pipe");
        puppet.call("path_filestat_set_times", &[ROOT.into(), follow, at, len, 7_000_000_000, 0, 1]).unwrap();
    }
    let [at, len] = puppet.path(0, b"pipe");
    puppet.call("path_filestat_get", &[ROOT.into(), 0, at, len, puppet::RESULT.into()]).unwrap();
    assert_eq!(puppet.u64_at(puppet::RESULT + 40), 7_000_000_000);
}

#[test]
fn writing_to_a_full_pipe_can_be_ended() {
    let place = Place::new();
    pipe(&place);
    let mut puppet = place.puppet();
    let _reader = puppet.open(ROOT, "pipe", 0, puppet::READ).unwrap();
    let writer = puppet.open(ROOT, "pipe", 0, puppet::WRITE).unwrap();
    let stop = puppet.ctx().stop_handle();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        stop.stop();
    });
    puppet.buffers(&[(puppet::DATA, 100_000)]);
    let arguments = [writer.into(), puppet::LIST.into(), 1, puppet::RESULT.into()];
    let error = loop {
        match puppet.try_call("fd_write", &arguments) {
            Ok(errno) => assert_eq!(errno, 0),
            Err(error) => break error,
        }
    };
    assert_eq!(error.downcast::<sarsen::Trap>().unwrap(), sarsen::Trap::Interrupt);
    stopper.join().unwrap();
}

#[test]
fn writing_to_an_output_that_nobody_reads_can_be_ended() {
    let (_reader, writer) = std::io::pipe().unwrap();
    let mut grants = sarsen_wasi::WasiCtxBuilder::new();
    let stop = grants.stop_handle();
    let file = std::fs::File::from(std::os::fd::OwnedFd::from(writer));
    let output = sarsen_wasi::FileOutput::new(file).stopped_by(stop.clone());
    let mut puppet = puppet::Puppet::new(grants.stdout(sarsen_wasi::Buffered::new(output)));
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        stop.stop();
    });
    puppet.buffers(&[(puppet::DATA, 100_000)]);
    let arguments = [1, puppet::LIST.into(), 1, puppet::RESULT.into()];
    while puppet.try_call("fd_write", &arguments).unwrap() == 0 {}
    stopper.join().unwrap();
}
