//! What goes into the pool, what comes out, and that nothing of what stores had comes along.

use super::*;
use crate::sys::GRANULE;
use crate::testing::nameless_file;

/// A pool for as many spares, which looks at what it hands out.
fn pool(spares: usize, keep_resident: usize) -> Arc<Pool> {
    Pool::new(PoolLimits { spares, keep_resident, is_checked: true })
}

fn spares(pool: &Pool) -> usize {
    pool.spares.lock().unwrap().len()
}

/// The accessible bytes.
fn bytes(room: &mut Room) -> &mut [u8] {
    let pages = room.pages();
    // SAFETY: they are the room's, which nobody else has.
    unsafe { std::slice::from_raw_parts_mut(pages.base(), pages.committed()) }
}

/// Two granules of some file, at the second granule of a room.
fn file(name: &str, content: [u8; 2]) -> (usize, FileRange) {
    let bytes = content.map(|byte| [byte; GRANULE]).concat();
    (GRANULE, FileRange { file: Arc::new(nameless_file(name, &bytes)), offset: 0, len: 2 * GRANULE })
}

/// A room of eight granules, four of them accessible, perhaps with a file.
fn room(pool: &Arc<Pool>, file: Option<&(usize, FileRange)>) -> Room {
    let mut room = Room::new(Some(pool), 8 * GRANULE, 4 * GRANULE, file).unwrap();
    if let Some((start, bytes)) = file {
        // SAFETY: nobody has written to the room, and nobody changes the file.
        unsafe { room.map(*start, bytes) }.unwrap();
    }
    assert_eq!(bytes(&mut room).len(), 4 * GRANULE);
    room
}

#[test]
#[cfg(all(target_os = "linux", not(miri)))]
fn nothing_of_what_a_tenant_writes_is_found_by_the_next() {
    let [one, other] = [file("one", [1, 2]), file("other", [3, 4])];
    for keep in [0, GRANULE, 100 * GRANULE] {
        let pool = pool(1, keep);
        let mut bases = Vec::new();
        for file in [None, None, Some(&one), Some(&one), None, Some(&other), Some(&one), Some(&one)] {
            let mut room = room(&pool, file);
            bases.push(room.base());
            let expected: Vec<u8> = match file {
                Some((_, range)) if range.is(&one.1) => vec![0, 1, 2, 0],
                Some(_) => vec![0, 3, 4, 0],
                None => vec![0; 4],
            };
            for (granule, byte) in bytes(&mut room).chunks(GRANULE).zip(expected) {
                assert!(granule.iter().all(|&found| found == byte));
            }
            room.commit(7 * GRANULE).unwrap();
            bytes(&mut room).fill(0xa5);
        }
        bases.dedup();
        assert_eq!(bases.len(), 1, "all were in the same place");
    }
}

#[test]
#[cfg(all(target_os = "linux", not(miri)))]
fn a_few_pages_that_were_written_are_cleared_wherever_they_are() {
    let file = file("few", [1, 2]);
    let pool = pool(1, 16 * GRANULE);
    for step in [1 << 12, 3 << 12, 40 << 10, GRANULE] {
        for at in (0..4 * GRANULE).step_by(step) {
            for file in [None, Some(&file)] {
                bytes(&mut room(&pool, file))[at] = 9;
            }
        }
    }
    // More than a scan reports at once.
    bytes(&mut room(&pool, Some(&file))).iter_mut().step_by(8 << 10).for_each(|byte| *byte = 9);
    drop(room(&pool, Some(&file)));
}

#[test]
#[cfg(all(target_os = "linux", not(miri)))]
#[should_panic(expected = "a spare holds what another store left")]
fn checks_find_what_was_not_cleared() {
    let pool = pool(1, GRANULE);
    let mut first = room(&pool, None);
    bytes(&mut first)[3 * GRANULE] = 1;
    // As if somebody had been wrong about that.
    first.set_clean();
    drop(first);
    room(&pool, None);
}

#[test]
fn a_pool_holds_so_many_spares_and_no_more() {
    for (limit, rooms) in [(0, 1), (1, 3), (4, 3), (4, 9)] {
        let pool = Pool::new(PoolLimits { spares: limit, keep_resident: 16 * GRANULE, is_checked: true });
        drop((0..rooms).map(|_| room_of(&pool, 2)).collect::<Vec<_>>());
        assert!(spares(&pool) <= limit.min(rooms));
        let rooms = (0..2 * limit).map(|_| room_of(&pool, 2)).collect::<Vec<_>>();
        assert_eq!(spares(&pool), 0, "all are in use");
        let weak = Arc::downgrade(&pool);
        drop((rooms, pool));
        assert!(weak.upgrade().is_none(), "nothing keeps the pool");
    }
}

/// A room of so many granules, all of them accessible.
fn room_of(pool: &Arc<Pool>, granules: usize) -> Room {
    Room::new(Some(pool), granules * GRANULE, granules * GRANULE, None).unwrap()
}

#[test]
fn a_room_has_the_size_that_was_asked_for() {
    let pool = pool(8, 16 * GRANULE);
    for round in 0..3 {
        let rooms = [1, 2, 3, 2].map(|granules| (granules, room_of(&pool, granules + round % 2)));
        for (granules, mut room) in rooms {
            assert_eq!(room.len(), (granules + round % 2) * GRANULE);
            assert_eq!(bytes(&mut room).len(), room.len());
        }
    }
}

#[test]
#[cfg(all(target_os = "linux", not(miri)))]
fn rooms_that_were_mapped_twice_do_not_come_back() {
    let [one, other] = [file("first", [1, 2]), file("second", [3, 4])];
    let pool = pool(8, GRANULE);
    let mut twice = room(&pool, Some(&one));
    // SAFETY: nobody has written to the room, and nobody changes the file.
    unsafe { twice.map(0, &other.1) }.unwrap();
    drop(twice);
    assert_eq!(spares(&pool), 0);
}

#[test]
fn spares_make_room_for_what_else_there_is() {
    let pool = pool(8, 16 * GRANULE);
    for _ in 0..2 {
        drop(room_of(&pool, 2));
        assert!(spares(&pool) <= 1);
    }
    assert!(Room::new(Some(&pool), 1 << 62, 0, None).is_err());
    assert_eq!(spares(&pool), 0, "all that could be done");
}
