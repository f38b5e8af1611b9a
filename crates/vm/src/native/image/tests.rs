//! Images: what goes in comes out, and whatever else is in the bytes, nothing panics.

use super::*;

fn parts() -> ImageParts {
    ImageParts {
        text: (0..=255).collect(),
        functions: vec![0, 16, 64, 200],
        indices: Vec::new(),
        entries: vec![200, NONE],
        leaves: vec![NONE, 220, 230],
        traps: vec![(4, Trap::UnreachableCodeReached), (20, Trap::MemoryOutOfBounds)],
        sites: vec![
            Site { ret: 30, frame: 48, context: ContextLocation::Stack(8), handlers: 0..2 },
            Site { ret: 100, frame: 16, context: ContextLocation::None, handlers: 2..3 },
        ],
        handlers: vec![
            Handler { tag: Some(0), target: 40 },
            Handler { tag: None, target: 44 },
            Handler { tag: None, target: 120 },
        ],
        positions: vec![(0, 1000), (16, 1100), (60, NONE), (64, 1200), (80, INLINED)],
        inlined: vec![(1200, 1500), (INLINED, 1600)],
    }
}

fn read(bytes: Vec<u8>) -> Result<Image, ImageError> {
    Image::read(Bytes::from(bytes))
}

/// Asks for everything there is, and more.
fn exercise(image: &Image) {
    let _ = (image.text(), image.text_start(), image.functions());
    for at in (0..300).chain([u32::MAX - 1, u32::MAX]) {
        let _ = (image.function(at), image.function_at(at), image.entry(at), image.leaf(at));
        let _ = (image.trap(at), image.site(at), image.handler(at), image.position(at));
        let _ = (image.inlined(at), image.has_operators(at));
    }
}

#[test]
fn what_is_written_is_read() {
    let image = read(parts().to_bytes()).unwrap();
    assert_eq!(image.text(), parts().text);
    assert!(image.text_start().is_multiple_of(TEXT_ALIGN));
    assert_eq!(image.functions(), 3);
    assert!(image.is_of(3) && !image.is_of(2) && !image.is_of(4));
    assert_eq!((image.function(0), image.function(2), image.function(3)), (Some(0..16), Some(64..200), None));
    assert_eq!(
        [0, 15, 16, 199, 200].map(|at| image.function_at(at)),
        [Some(0), Some(0), Some(1), Some(2), None]
    );
    assert_eq!(
        [0, 1, 2].map(|ty| (image.entry(ty), image.leaf(ty))),
        [(Some(200), None), (None, Some(220)), (None, Some(230))]
    );
    assert_eq!(
        [4, 5, 20, 21].map(|at| image.trap(at)),
        [Some(Trap::UnreachableCodeReached), None, Some(Trap::MemoryOutOfBounds), None]
    );
    assert_eq!(image.site(30).as_ref(), parts().sites.first());
    assert_eq!(image.site(100).as_ref(), parts().sites.last());
    assert_eq!((image.site(0), image.site(31), image.site(u32::MAX)), (None, None, None));
    let handlers: Vec<_> = (0..4).map_while(|at| image.handler(at)).collect();
    assert_eq!(handlers, parts().handlers);
    assert_eq!(image.position(81), Some(INLINED));
    assert_eq!(
        [0, 1, 2].map(|number| image.inlined(INLINED | number)),
        [Some((1200, 1500)), Some((INLINED, 1600)), None]
    );
    assert_eq!(
        [0, 17, 61, 64, 79].map(|at| image.position(at)),
        [Some(1000), Some(1100), None, Some(1200), Some(1200)]
    );
}

#[test]
fn functions_without_operators_are_told() {
    let positions = vec![(0, NONE), (8, 1000), (16, NONE), (64, NONE), (199, 1200), (200, 1300)];
    let image = read(ImageParts { positions, ..parts() }.to_bytes()).unwrap();
    assert_eq!([0, 1, 2, 3].map(|defined| image.has_operators(defined)), [true, false, true, false]);
}

#[test]
fn an_image_of_nothing() {
    let image = read(ImageParts::default().to_bytes()).unwrap();
    assert_eq!((image.functions(), image.function(0), image.function_at(0)), (0, None, None));
    exercise(&image);
}

#[test]
fn truncated_images_are_refused() {
    let bytes = parts().to_bytes();
    for len in (0..600).chain(bytes.len() - 300..bytes.len()) {
        assert!(read(bytes[..len].to_vec()).is_err(), "{len}");
    }
    assert_eq!(read(b"something else".to_vec()).unwrap_err(), ImageError::Magic);
}

#[test]
fn sections_that_overlap_are_refused() {
    let bytes = parts().to_bytes();
    for number in 1..SECTIONS {
        let mut moved = bytes.clone();
        let row = MAGIC.len() + number * 16;
        let (before, at) = moved[row - 16..row + 8].split_at_mut(16);
        at.copy_from_slice(&before[..8]);
        let len = u64::from_le_bytes(std::array::from_fn(|byte| before[8 + byte]));
        let expected = if len == 0 { None } else { Some(ImageError::Section) };
        assert_eq!(read(moved).err(), expected, "section {number}");
    }
}

#[test]
fn flipped_bits_do_not_panic() {
    let bytes = parts().to_bytes();
    for at in 0..500 {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            if let Ok(image) = read(flipped) {
                exercise(&image);
            }
        }
    }
}

#[test]
fn functions_by_themselves() {
    let parts = ImageParts { indices: vec![(3, 10), (7, 64), (1000, 190)], ..parts() };
    let image = read(parts.to_compact_bytes()).unwrap();
    assert!(image.text_start() < TEXT_ALIGN);
    assert_eq!((image.function(3), image.function(1000)), (Some(0..10), Some(64..190)));
    assert_eq!([0, 4, 8, u32::MAX].map(|defined| image.function(defined)), [const { None }; 4]);
    let found = [0, 9, 10, 16, 189, 190, 200].map(|at| image.function_at(at));
    assert_eq!(found, [Some(3), Some(3), None, Some(7), Some(1000), None, None]);
    exercise(&image);
    // More names than functions, or fewer, or not ascending.
    assert!(image.is_of(1001) && !image.is_of(1000));
    for indices in [vec![1, 2, 3, 4, 5, 6], vec![1], vec![9, 2, 2]] {
        let indices = indices.into_iter().map(|index| (index, index)).collect();
        let image = read(ImageParts { indices, ..parts.clone() }.to_bytes()).unwrap();
        assert!(!image.is_of(u32::MAX));
        exercise(&image);
    }
}

/// An image of one function: its code, with a call that has a handler and stands in a body that has taken the place of
/// another's, and behind it what the runtime brings.
fn one(function: u32, fill: u8) -> Image {
    let offset = u32::from(fill) * 1000;
    let parts = ImageParts {
        text: [[fill; 48], [0xff; 48]].concat(),
        functions: vec![0, 96],
        indices: vec![(function, 48)],
        traps: vec![(8, Trap::UnreachableCodeReached), (50, Trap::Interrupt)],
        sites: vec![Site { ret: 30, frame: 16, context: ContextLocation::None, handlers: 0..2 }],
        handlers: vec![Handler { tag: Some(7), target: 40 }, Handler { tag: None, target: 44 }],
        positions: vec![(0, offset), (20, INLINED), (28, INLINED | 1), (32, offset + 1), (48, NONE)],
        inlined: vec![(offset + 2, offset + 3), (INLINED, offset + 4)],
        ..ImageParts::default()
    };
    read(parts.to_compact_bytes()).unwrap()
}

/// A trampoline for the first type of a module.
fn trampoline(fill: u8) -> Image {
    let parts = ImageParts {
        text: vec![fill; 80],
        functions: vec![0],
        entries: vec![16],
        leaves: vec![48],
        positions: vec![(0, NONE)],
        ..ImageParts::default()
    };
    read(parts.to_bytes()).unwrap()
}

#[test]
fn what_is_collected_is_what_it_was() {
    let mut collection = Collection::new();
    let parts = [(2, 1), (5, 2), (900, 3)].map(|(function, fill)| (function, one(function, fill)));
    for (function, part) in &parts {
        assert!(collection.add_function(*function, part));
        assert!(!collection.add_function(1, part), "which it does not have");
    }
    collection.add_type(3, &trampoline(8));
    let first = read(collection.to_bytes()).unwrap();
    assert!(first.text_start().is_multiple_of(TEXT_ALIGN));
    // And again, with one more before, between, and behind.
    let mut collection = Collection::new();
    let more = [(0, 4), (3, 5), (1000, 6)].map(|(function, fill)| (function, one(function, fill)));
    let mut all: Vec<(u32, &Image)> = more.iter().map(|(function, part)| (*function, part)).collect();
    all.extend(parts.iter().map(|(function, _)| (*function, &first)));
    all.sort_by_key(|part| part.0);
    for (function, part) in all {
        assert!(collection.add_function(function, part));
    }
    collection.add_trampolines(&first);
    collection.add_type(1, &trampoline(9));
    let second = read(collection.to_bytes()).unwrap();
    let known: Vec<u32> = second.defined_functions().collect();
    assert_eq!(known, [0, 2, 3, 5, 900, 1000]);
    for (image, parts) in [(&first, &parts[..]), (&second, &parts[..]), (&second, &more[..])] {
        for (function, part) in parts {
            let range = image.function(*function).unwrap();
            let (start, text) = (range.start, image.text());
            assert!(start.is_multiple_of(64));
            assert_eq!(text[start as usize..][..96], *part.text());
            assert_eq!(
                (range.len(), image.function_at(start + 47), image.function_at(start + 48)),
                (48, Some(*function), None)
            );
            for at in 0..96 {
                assert_eq!(image.trap(start + at), part.trap(at));
                let (here, there) = (image.position(start + at), part.position(at));
                let stack = |image: &Image, mut position: Option<u32>| {
                    let mut offsets = Vec::new();
                    while let Some(number) = position.filter(|position| position & INLINED != 0) {
                        let (call, offset) = image.inlined(number).unwrap();
                        offsets.push(offset);
                        position = Some(call);
                    }
                    (offsets, position)
                };
                assert_eq!(stack(image, here), stack(part, there), "{function} at {at}");
            }
            let (site, was) = (image.site(start + 30).unwrap(), part.site(30).unwrap());
            assert_eq!((site.frame, site.context, site.handlers.len()), (was.frame, was.context, 2));
            for (here, there) in site.handlers.zip(was.handlers) {
                let (here, there) = (image.handler(here).unwrap(), part.handler(there).unwrap());
                assert_eq!((here.tag, here.target), (there.tag, start + there.target));
            }
        }
    }
    for (image, ty, fill) in [(&first, 3, 8), (&second, 3, 8), (&second, 1, 9)] {
        let at = image.entry(ty).unwrap() as usize;
        assert_eq!(image.text()[at - 16..at + 64], [fill; 80]);
        assert_eq!(image.leaf(ty), Some(at as u32 + 32));
        assert_eq!(image.position(at as u32), None);
    }
    assert_eq!((second.entry(0), second.entry(2), second.entry(4)), (None, None, None));
    assert_eq!((second.leaf(0), second.leaf(2), second.leaf(4)), (None, None, None));
}

#[test]
fn damaged_images_are_collected_without_panicking() {
    let bytes = one(4, 9).bytes().to_vec();
    for at in 8..bytes.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut bytes = bytes.clone();
            bytes[at] = value;
            if let Ok(image) = read(bytes) {
                let mut collection = Collection::new();
                collection.add_function(4, &image);
                collection.add_trampolines(&image);
                collection.add_type(0, &image);
                exercise(&read(collection.to_bytes()).unwrap());
            }
        }
    }
}
