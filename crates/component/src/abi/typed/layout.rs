//! Layouts of Rust types, as constants: those of `crate::types::layout`, computed when the host is compiled.

/// The layout of a Rust type's WIT type.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Abi {
    pub size: usize,
    pub align: usize,
    /// Core values.
    pub slots: usize,
    /// Whether its values are handles, or have some in them: then types are looked at.
    pub has_handles: bool,
    /// Where what comes with a case is.
    pub payload: usize,
    /// Bytes of the number of a case.
    pub discriminant: usize,
}

impl Abi {
    pub(super) const fn scalar(size: usize) -> Abi {
        Abi { size, align: size, slots: 1, has_handles: false, payload: 0, discriminant: 0 }
    }

    pub(super) const PAIR: Abi = Abi { slots: 2, align: 4, ..Abi::scalar(8) };

    pub(super) const fn handles(self, has_handles: bool) -> Abi {
        Abi { has_handles, ..self }
    }
}

/// The layout of so many flags.
#[doc(hidden)]
pub const fn flags_abi(count: usize) -> Abi {
    match count {
        0..=8 => Abi::scalar(1),
        9..=16 => Abi::scalar(2),
        _ => Abi::scalar(4),
    }
}

/// The layout of a record, and where its fields are: in slots, and in memory.
#[doc(hidden)]
pub const fn record_abi<const N: usize>(fields: [Abi; N]) -> (Abi, [usize; N], [usize; N]) {
    let mut abi = Abi { align: 1, slots: 0, ..Abi::scalar(0) };
    let (mut slots, mut offsets) = ([0; N], [0; N]);
    let mut at = 0;
    while at < N {
        let field = fields[at];
        slots[at] = abi.slots;
        offsets[at] = abi.size.next_multiple_of(field.align);
        abi.size = offsets[at] + field.size;
        abi.slots += field.slots;
        if field.align > abi.align {
            abi.align = field.align;
        }
        abi.has_handles |= field.has_handles;
        at += 1;
    }
    abi.size = abi.size.next_multiple_of(abi.align);
    (abi, slots, offsets)
}

/// The layout of a variant with these cases.
#[doc(hidden)]
pub const fn variant_abi<const N: usize>(cases: [Option<Abi>; N]) -> Abi {
    let discriminant = alternatives(N);
    let mut abi = Abi { slots: 0, discriminant, ..Abi::scalar(discriminant) };
    let mut align = 1;
    let mut size = 0;
    let mut at = 0;
    while at < N {
        if let Some(case) = cases[at] {
            if case.align > align {
                align = case.align;
            }
            if case.size > size {
                size = case.size;
            }
            if case.slots > abi.slots {
                abi.slots = case.slots;
            }
            abi.has_handles |= case.has_handles;
        }
        at += 1;
    }
    abi.payload = discriminant.next_multiple_of(align);
    if align > abi.align {
        abi.align = align;
    }
    abi.size = (abi.payload + size).next_multiple_of(abi.align);
    abi.slots += 1;
    abi
}

/// Bytes that tell so many cases apart.
#[doc(hidden)]
pub const fn alternatives(cases: usize) -> usize {
    if cases <= 0x100 {
        1
    } else if cases <= 0x1_0000 {
        2
    } else {
        4
    }
}
