//! Streams in memory, by the names that programs from elsewhere know. They are those of every face.

pub use crate::stream::{MemoryInput as MemoryInputPipe, MemoryOutput as MemoryOutputPipe};
