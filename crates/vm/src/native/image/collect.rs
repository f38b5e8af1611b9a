//! From functions that were compiled one by one to one image of them all, which a file can hold.
//!
//! Code does not depend on where it lies, but brings what it calls of the runtime's behind it: what is moved is a function
//! with that.

use super::{FUNCTIONS, HANDLERS, INLINES, POSITIONS};
use super::{Handler, INLINED, Image, ImageParts, NONE, SITES, Site, TRAPS};
use sarsen_isa::Trap;
use std::ops::Range;

/// What code is moved to multiples of: no code asks for more.
const ALIGN: usize = 64;

/// An image that is put together of functions from others.
#[derive(Debug, Default)]
pub struct Collection {
    parts: ImageParts,
}

impl Collection {
    /// Nothing.
    pub fn new() -> Collection {
        Collection::default()
    }

    /// Appends a function, whose index must be above those before, unless `from` does not have it; whether it does.
    pub fn add_function(&mut self, defined: u32, from: &Image) -> bool {
        let row = from.find_function(defined);
        let found = row.and_then(|row| from.function_row(row).zip(from.extent(row)));
        let Some((function, extent)) = found else { return false };
        let at = self.add(from, extent);
        self.parts.functions.push(at);
        self.parts.indices.push((defined, at.wrapping_add(function.end.wrapping_sub(function.start))));
        true
    }

    /// After all functions, appends all trampolines of another collection.
    pub fn add_trampolines(&mut self, from: &Image) {
        let start = self.end_of_functions();
        let Some([old]) = from.row(FUNCTIONS, from.functions() as usize) else { return };
        let at = self.add(from, old..from.text().len() as u32);
        debug_assert_eq!(at, start, "functions end where trampolines start");
        let entries = from.rows(super::ENTRIES) as u32;
        let moved = |place: Option<u32>| place.map_or(NONE, |place| place.wrapping_sub(old).wrapping_add(at));
        self.parts.entries = (0..entries).map(|ty| moved(from.entry(ty))).collect();
        self.parts.leaves = (0..from.rows(super::LEAVES) as u32).map(|ty| moved(from.leaf(ty))).collect();
    }

    /// After all functions, appends the trampolines of a type, which is the first of `from`'s: for calls from the host, and of
    /// the host.
    pub fn add_type(&mut self, ty: u32, from: &Image) {
        self.end_of_functions();
        let at = self.add(from, 0..from.text().len() as u32);
        let ImageParts { entries, leaves, .. } = &mut self.parts;
        for (list, place) in [(entries, from.entry(0)), (leaves, from.leaf(0))] {
            list.resize(list.len().max(ty as usize + 1), NONE);
            list[ty as usize] = place.map_or(NONE, |place| at.wrapping_add(place));
        }
    }

    /// The bytes of the image.
    pub fn to_bytes(mut self) -> Vec<u8> {
        self.end_of_functions();
        self.parts.to_bytes()
    }

    /// Where the code of functions ends, which is noted at the first time.
    fn end_of_functions(&mut self) -> u32 {
        if self.parts.functions.len() == self.parts.indices.len() {
            self.align();
            self.parts.functions.push(self.parts.text.len() as u32);
        }
        self.parts.functions.last().copied().unwrap_or_default()
    }

    fn align(&mut self) {
        let text = &mut self.parts.text;
        text.resize(text.len().next_multiple_of(ALIGN), 0);
    }

    /// Appends a stretch of another image's text, and what is known of it; where it starts.
    fn add(&mut self, from: &Image, range: Range<u32>) -> u32 {
        self.align();
        let parts = &mut self.parts;
        let at = parts.text.len() as u32;
        // What a damaged image says is moved somewhere, too.
        let moved = |offset: u32| offset.wrapping_sub(range.start).wrapping_add(at);
        parts
            .text
            .extend_from_slice(from.text().get(range.start as usize..range.end as usize).unwrap_or_default());
        let traps = from.rows_in::<2>(TRAPS, &range);
        parts.traps.extend(traps.filter_map(|[at, trap]| Some((moved(at), Trap::from_index(trap)?))));
        for row in from.rows_in::<5>(SITES, &range) {
            let site = Site::from_row(row);
            let first = parts.handlers.len() as u32;
            let handlers = site.handlers.start..site.handlers.end.min(from.rows(HANDLERS) as u32);
            let handlers = handlers.filter_map(|handler| from.handler(handler));
            parts
                .handlers
                .extend(handlers.map(|handler| Handler { target: moved(handler.target), ..handler }));
            let handlers = first..parts.handlers.len() as u32;
            parts.sites.push(Site { ret: moved(site.ret), handlers, ..site });
        }
        // Numbers of what stands in bodies that have taken the place of calls count from the image's first.
        let positions: Vec<[u32; 2]> = from.rows_in::<2>(POSITIONS, &range).collect();
        let all = from.rows(INLINES) as u32;
        let is_number = |position: u32| position & INLINED != 0 && position & !INLINED < all;
        let numbers = positions.iter().map(|&[_, position]| position).filter(|&position| is_number(position));
        let used = numbers.fold(None, |used: Option<(u32, u32)>, number| {
            let (low, high) = used.unwrap_or((number, number));
            Some((low.min(from.outermost(number)), high.max(number)))
        });
        let first = parts.inlined.len() as u32 | INLINED;
        let renumbered = |position: u32| match used {
            Some((low, _)) if is_number(position) => position.wrapping_sub(low).wrapping_add(first),
            _ => position,
        };
        parts.positions.extend(positions.iter().map(|&[at, position]| (moved(at), renumbered(position))));
        if let Some((low, high)) = used {
            let rows =
                (low & !INLINED..=high & !INLINED).filter_map(|row| from.row::<2>(INLINES, row as usize));
            parts.inlined.extend(rows.map(|[call, offset]| (renumbered(call), offset)));
        }
        at
    }
}

impl Image {
    /// The rows of a section whose first words are in a range.
    fn rows_in<const N: usize>(
        &self,
        section: usize,
        range: &Range<u32>,
    ) -> impl Iterator<Item = [u32; N]> + '_ {
        let (start, end) = (range.start, range.end);
        let first = match start.checked_sub(1) {
            Some(before) => self.last_from::<N>(section, before).map_or(0, |row| row + 1),
            None => 0,
        };
        (first..self.rows(section))
            .map_while(move |row| self.row::<N>(section, row))
            .take_while(move |row| row[0] < end)
    }

    /// The lowest number among the calls that a position with [`INLINED`] stands in.
    fn outermost(&self, mut position: u32) -> u32 {
        while let Some((call, _)) = self.inlined(position)
            && call & INLINED != 0
        {
            position = call;
        }
        position
    }
}
