//! Images: what goes in comes out, and whatever else is in the bytes, nothing panics.

use super::*;

fn parts() -> ImageParts {
    ImageParts {
        text: (0..=255).collect(),
        functions: vec![0, 16, 64, 200],
        indices: Vec::new(),
        entries: vec![200, NONE],
        leaves: vec![NONE, 220, 230],
        traps: vec![(4, Trap::Unreachable), (20, Trap::MemoryOutOfBounds)],
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
        [Some(Trap::Unreachable), None, Some(Trap::MemoryOutOfBounds), None]
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
    let parts = ImageParts { indices: vec![3, 7, 1000], ..parts() };
    let image = read(parts.to_bytes()).unwrap();
    assert!(image.text_start() < TEXT_ALIGN);
    assert_eq!((image.function(3), image.function(1000)), (Some(0..16), Some(64..200)));
    assert_eq!([0, 4, 8, u32::MAX].map(|defined| image.function(defined)), [const { None }; 4]);
    assert_eq!([0, 16, 199, 200].map(|at| image.function_at(at)), [Some(3), Some(7), Some(1000), None]);
    exercise(&image);
    // More names than functions, or fewer, or not ascending.
    for indices in [vec![1, 2, 3, 4, 5, 6], vec![1], vec![9, 2, 2]] {
        exercise(&read(ImageParts { indices, ..parts.clone() }.to_bytes()).unwrap());
    }
}
