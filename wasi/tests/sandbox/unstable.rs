//! The interface before preview 1: other layouts, the same sandbox.

use crate::puppet::{self, Puppet, ROOT};
use crate::{Place, errno};
use sarsen_wasi::{FsPerms, WasiCtxBuilder};
use std::fs;

fn puppet(place: &Place) -> Puppet {
    let mut grants = WasiCtxBuilder::new();
    grants.preopened_dir(&place.granted, "/", FsPerms::ReadWrite).unwrap();
    Puppet::of("wasi_unstable", &mut grants)
}

#[test]
fn seeking_and_stats_are_as_they_were() {
    let place = Place::new();
    fs::write(place.granted.join("file"), "0123456789").unwrap();
    let mut puppet = puppet(&place);
    let fd = puppet.open(ROOT, "file", 0, puppet::ALL_RIGHTS).unwrap();
    let [current, end, set] = [0, 1, 2];
    for (offset, whence, position) in [(4, set, 4), (3, current, 7), (-1i64 as u64, end, 9)] {
        puppet.call("fd_seek", &[fd.into(), offset, whence, puppet::RESULT.into()]).unwrap();
        assert_eq!(puppet.u64_at(puppet::RESULT), position);
    }
    puppet.put(puppet::DATA, &[0xff; 64]);
    puppet.call("fd_filestat_get", &[fd.into(), puppet::DATA.into()]).unwrap();
    assert_eq!(puppet.get(puppet::DATA + 16, 1), [4], "a regular file");
    assert_eq!(puppet.u32_at(puppet::DATA + 20), 1, "links");
    assert_eq!(puppet.u64_at(puppet::DATA + 24), 10, "bytes");
    assert_eq!(puppet.get(puppet::DATA + 56, 8), [0xff; 8], "and no more than that is written");
}

#[test]
fn clocks_are_polled_with_a_name() {
    let mut puppet = Puppet::of("wasi_unstable", &mut WasiCtxBuilder::new());
    let mut subscription = [0u8; 56];
    subscription[0] = 5;
    subscription[16] = 99;
    subscription[24] = 1;
    subscription[32..40].copy_from_slice(&1000u64.to_le_bytes());
    puppet.put(puppet::DATA, &subscription);
    puppet
        .call("poll_oneoff", &[puppet::DATA.into(), puppet::LIST.into(), 1, puppet::RESULT.into()])
        .unwrap();
    assert_eq!(puppet.u32_at(puppet::RESULT), 1);
    assert_eq!(puppet.u64_at(puppet::LIST), 5);
}

#[test]
fn the_sandbox_is_the_same() {
    let place = Place::new();
    let mut puppet = puppet(&place);
    assert_eq!(puppet.open(ROOT, "../secret", 0, puppet::READ), Err(errno::NOT_PERMITTED));
    place.check();
}
