//! The `try_table`s of a function's code, found by position when an exception is thrown.
//!
//! Says which clauses cover a position, and in which order; whether one takes an exception is for `unwind.rs` to see.

/// The code that a `try_table` covers, and its clauses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Region {
    /// First word of the code.
    pub(crate) start: u32,
    /// First word behind.
    pub(crate) end: u32,
    /// In order of preference.
    pub(crate) clauses: Box<[Catch]>,
}

/// A clause of a `try_table`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Catch {
    /// The tag, by index in the module, or none for any.
    pub(crate) tag: Option<u32>,
    /// Whether the exception itself follows its payload.
    pub(crate) with_reference: bool,
    /// The landing pad.
    pub(crate) target: u32,
    /// First slot of the payload.
    pub(crate) slot: u16,
}

/// All regions of a function. They nest, as blocks do.
#[derive(Debug, Default)]
pub(crate) struct Catches {
    /// By start, outer ones first; each with the number of the region around it.
    regions: Box<[(Region, Option<u32>)]>,
}

impl Catches {
    pub(crate) fn new(mut regions: Vec<Region>) -> Catches {
        regions.sort_by_key(|region| (region.start, std::cmp::Reverse(region.end)));
        let mut around: Vec<(u32, u32)> = Vec::new();
        let regions = regions.into_iter().zip(0..).map(|(region, number)| {
            while around.pop_if(|&mut (_, end)| end <= region.start).is_some() {}
            let outer = around.last().map(|&(number, _)| number);
            around.push((number, region.end));
            (region, outer)
        });
        Catches { regions: regions.collect() }
    }

    /// The clauses of the regions around a word, innermost first.
    pub(crate) fn covering(&self, word: u32) -> impl Iterator<Item = &Catch> {
        let behind = self.regions.partition_point(|(region, _)| region.start <= word);
        let mut next = behind.checked_sub(1);
        std::iter::from_fn(move || {
            let (region, outer) = &self.regions[next?];
            next = outer.map(|outer| outer as usize);
            Some(region)
        })
        .filter(move |region| word < region.end)
        .flat_map(|region| &region.clauses)
    }

    /// Bytes that it takes.
    pub(crate) fn size(&self) -> usize {
        let clauses = self.regions.iter().map(|(region, _)| size_of_val::<[Catch]>(&region.clauses));
        size_of_val::<[(Region, Option<u32>)]>(&self.regions) + clauses.sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(start: u32, end: u32) -> Region {
        let catch = |target| Catch { tag: None, with_reference: false, target, slot: 0 };
        Region { start, end, clauses: Box::new([catch(end), catch(end + 1)]) }
    }

    #[test]
    fn clauses_come_innermost_first() {
        // In the order in which blocks end: two neighbours in a block that starts with the first of them, and a late one.
        let bounds = [(0, 4), (5, 9), (0, 20), (30, 40)];
        let catches = Catches::new(bounds.map(|(start, end)| region(start, end)).into());
        for word in 0..45 {
            let found: Vec<u32> = catches.covering(word).map(|catch| catch.target).collect();
            let covering = bounds.iter().filter(|(start, end)| (*start..*end).contains(&word));
            let expected: Vec<u32> = covering.flat_map(|&(_, end)| [end, end + 1]).collect();
            assert_eq!(found, expected, "word {word}");
        }
        assert_eq!(Catches::default().covering(0).count(), 0);
    }
}
