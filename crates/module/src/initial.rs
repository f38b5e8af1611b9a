//! What memories hold once their active data segments are written, where that can be known without an instance.
//!
//! It decides which memories are worth it; who keeps the bytes, and how they get into memories, is the runtime's matter.

use crate::bytes::Span;
use crate::index::MemoryIndex;
use crate::module::Module;
use crate::segment::SegmentMode;
use std::ops::Range;

/// What the content is rounded to: the page of the only memories that are looked at.
const PAGE: u64 = 64 << 10;

/// Zeros that are kept among the content of segments: as many bytes as that has, and these.
const MAX_GAPS: u64 = 2 * PAGE;

/// The initial content of a memory. Where it says nothing, there are zeros.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InitialMemory {
    /// A memory that the module defines.
    pub memory: MemoryIndex,
    /// The address of the first byte, at the start of a page.
    pub start: u64,
    /// Whole pages.
    pub bytes: Vec<u8>,
}

/// The initial contents of memories.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InitialMemories {
    /// Those that are worth it.
    pub memories: Vec<InitialMemory>,
    /// Whether that is all that active data segments do: none has content for another memory, and none traps.
    pub are_all: bool,
}

impl InitialMemories {
    /// Leaves memories out.
    pub fn retain(&mut self, keep: impl FnMut(&InitialMemory) -> bool) {
        let before = self.memories.len();
        self.memories.retain(keep);
        self.are_all &= self.memories.len() == before;
    }
}

/// An active data segment whose place is known.
struct Placed {
    memory: MemoryIndex,
    range: Range<u64>,
    content: Span,
}

impl Module {
    /// What memories hold before the start function is called. Those are left out of which little can be known, or little is
    /// not zero; and all of them if a segment may trap, or depends on what is imported.
    pub fn initial_memories(&self) -> InitialMemories {
        let Some(placed) = self.placed_data() else {
            return InitialMemories { memories: Vec::new(), are_all: false };
        };
        let imported = self.imported().memories;
        let defined = imported..self.memories().len() as u32;
        let memories: Vec<InitialMemory> =
            defined.filter_map(|memory| self.initial_memory(MemoryIndex(memory), &placed)).collect();
        let is_known = |memory| memories.iter().any(|initial| initial.memory == memory);
        let are_all = placed.iter().all(|placed| placed.content.len == 0 || is_known(placed.memory));
        InitialMemories { memories, are_all }
    }

    fn initial_memory(&self, memory: MemoryIndex, placed: &[Placed]) -> Option<InitialMemory> {
        let ty = self.memory_type(memory);
        if ty.shared || ty.page_size() != PAGE {
            return None;
        }
        let segments = || placed.iter().filter(|placed| placed.memory == memory && placed.content.len > 0);
        let start = segments().map(|placed| placed.range.start).min()? / PAGE * PAGE;
        let end = segments().map(|placed| placed.range.end).max()?.checked_next_multiple_of(PAGE)?;
        let content: u64 = segments().map(|placed| u64::from(placed.content.len)).sum();
        if end - start > 2 * content + MAX_GAPS {
            return None;
        }
        let mut bytes = vec![0; usize::try_from(end - start).ok()?];
        for placed in segments() {
            let content = placed.content.slice(self.bytes());
            let at = (placed.range.start - start) as usize;
            bytes[at..at + content.len()].copy_from_slice(content);
        }
        Some(InitialMemory { memory, start, bytes })
    }

    /// All active data segments, if each is certain to find room in a memory of the module's own.
    fn placed_data(&self) -> Option<Vec<Placed>> {
        let mut placed = Vec::new();
        for segment in self.data() {
            let SegmentMode::Active(memory, offset) = &segment.mode else { continue };
            let start = offset.place()?;
            let end = start.checked_add(u64::from(segment.span.len))?;
            if memory.0 < self.imported().memories || end > self.memory_type(*memory).min_bytes() {
                return None;
            }
            placed.push(Placed { memory: *memory, range: start..end, content: segment.span });
        }
        Some(placed)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::load;

    /// Memory index, first address and length of what is known.
    fn known(text: &str) -> Vec<(u32, u64, usize)> {
        let memories = load(text).initial_memories().memories;
        memories.iter().map(|initial| (initial.memory.0, initial.start, initial.bytes.len())).collect()
    }

    #[test]
    fn later_segments_write_over_earlier_ones() {
        let text = r#"(module (memory 4) (data (i32.const 131070) "abcd") (data (i32.const 131071) "xy") (data "z"))"#;
        let memories = load(text).initial_memories().memories;
        let [initial] = &memories[..] else { panic!("{memories:?}") };
        assert_eq!((initial.start, initial.bytes.len()), (65_536, 131_072));
        assert_eq!(&initial.bytes[65_533..65_539], b"\0axyd\0");
        assert_eq!(initial.bytes.iter().filter(|&&byte| byte != 0).count(), 4);
    }

    #[test]
    fn each_memory_has_its_own() {
        let text = r#"(module (memory $a 1) (memory $b i64 3) (memory $c 1)
            (data (memory $b) (i64.const 131072) "b") (data (memory $a) (i32.const 0) "a"))"#;
        assert_eq!(known(text), [(0, 0, 65_536), (1, 131_072, 65_536)]);
    }

    #[test]
    fn a_segment_that_may_trap_leaves_everything_open() {
        let fits = r#"(module (memory 1) (data (i32.const 0) "a") (data (i32.const 65535) "b"))"#;
        assert_eq!(known(fits).len(), 1);
        for text in [
            r#"(module (memory 1) (data (i32.const 0) "a") (data (i32.const 65535) "bc"))"#,
            r#"(module (memory 1) (data (i32.const 0) "a") (data (i32.const -1) "b"))"#,
            r#"(module (memory 1) (data (i32.const 0) "a") (data (i32.const 65537) ""))"#,
            r#"(module (memory i64 1) (data (i64.const 0) "a") (data (i64.const -1) "b"))"#,
            r#"(module (import "" "" (memory 1)) (memory 1) (data (memory 1) (i32.const 0) "a") (data (i32.const 0) "b"))"#,
            r#"(module (import "" "" (global i32)) (memory 1) (data (i32.const 0) "a") (data (global.get 0) "b"))"#,
        ] {
            assert_eq!(known(text), [], "{text}");
        }
    }

    #[test]
    fn gaps_are_not_kept() {
        let near = r#"(module (memory 100) (data (i32.const 0) "a") (data (i32.const 100000) "b"))"#;
        assert_eq!(known(near), [(0, 0, 131_072)]);
        let far = r#"(module (memory 100) (data (i32.const 0) "a") (data (i32.const 6000000) "b"))"#;
        assert_eq!(known(far), []);
        let sharing = r#"(module (memory 1 1 shared) (data (i32.const 0) "a"))"#;
        assert_eq!(known(sharing), [], "whoever shares it may have written to it before");
        assert_eq!(known(r#"(module (memory 1) (data (i32.const 7) ""))"#), []);
    }

    #[test]
    fn what_is_left_out_is_said() {
        let are_all = |text: &str| load(text).initial_memories().are_all;
        for text in [
            "(module)",
            r#"(module (memory 1) (data "passive"))"#,
            r#"(module (memory 1) (data (i32.const 65536) ""))"#,
            r#"(module (memory 1) (memory 1 1 shared) (data (i32.const 0) "a") (data (memory 1) (i32.const 9) ""))"#,
        ] {
            assert!(are_all(text), "{text}");
        }
        for text in [
            r#"(module (memory 1) (data (i32.const 65537) ""))"#,
            r#"(module (memory 1) (memory 1 1 shared) (data (i32.const 0) "a") (data (memory 1) (i32.const 9) "b"))"#,
            r#"(module (memory 100) (data (i32.const 0) "a") (data (i32.const 6000000) "b"))"#,
            r#"(module (import "" "" (memory 1)) (data (i32.const 0) ""))"#,
        ] {
            assert!(!are_all(text), "{text}");
        }
        let mut memories = load(
            r#"(module (memory 1) (memory 1) (data (i32.const 0) "a") (data (memory 1) (i32.const 9) "b"))"#,
        )
        .initial_memories();
        memories.retain(|_| true);
        assert!(memories.are_all && memories.memories.len() == 2);
        memories.retain(|initial| initial.memory.0 == 0);
        assert!(!memories.are_all && memories.memories.len() == 1);
    }
}
