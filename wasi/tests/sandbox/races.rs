//! Races between a check and its use: somebody swaps a directory and a link to the outside, over and over, while the
//! guest goes through.

use crate::{Place, ROOT, SECRET, puppet};
use std::fs;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long the attack goes on.
const LONG: Duration = Duration::from_millis(400);

#[test]
fn a_directory_that_becomes_a_link_leads_nowhere() {
    let place = Place::new();
    fs::create_dir(place.granted.join("real")).unwrap();
    fs::write(place.granted.join("real/secret"), "inside").unwrap();
    symlink(&place.outside, place.granted.join("evil")).unwrap();
    let mut puppet = place.puppet();
    let over = AtomicBool::new(false);
    let (mut opened, mut created, mut outside) = (0, 0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let [real, evil, way] = ["real", "evil", "way"].map(|name| place.granted.join(name));
            while !over.load(Ordering::Relaxed) {
                let _ = fs::rename(&real, &way);
                let _ = fs::rename(&way, &real);
                let _ = fs::rename(&evil, &way);
                let _ = fs::rename(&way, &evil);
            }
        });
        let start = Instant::now();
        while start.elapsed() < LONG {
            if let Ok(fd) = puppet.open(ROOT, "way/secret", 0, puppet::READ) {
                opened += 1;
                // Who panicked here would wait for the other thread, which nobody ends.
                outside += u32::from(puppet.read(fd, 100).is_ok_and(|bytes| bytes == SECRET));
                puppet.close(fd).unwrap();
            }
            if let Ok(fd) = puppet.open(ROOT, "way/new", puppet::CREATE, puppet::WRITE) {
                created += 1;
                puppet.close(fd).unwrap();
            }
            let _ = puppet.at_path("path_unlink_file", ROOT, "way/new");
            let _ = puppet.at_path("path_create_directory", ROOT, "way/made");
            let _ = puppet.at_path("path_remove_directory", ROOT, "way/made");
        }
        over.store(true, Ordering::Relaxed);
    });
    assert_eq!(outside, 0, "read what is outside");
    assert!(opened > 0 && created > 0, "the guest got through at times: {opened}, {created}");
    place.check();
}
