//! Backtraces of wasm frames. They are collected in `sarsen-interp`; names and lines are looked up when somebody asks.

use crate::{AsContext, Instance};
use sarsen_module::{FuncIndex, Module, SourceLocation};
use sarsen_vm::{Frame, InstanceId, MAX_FRAMES};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// The wasm frames that were active when something failed, innermost first.
#[derive(Clone)]
pub struct WasmBacktrace {
    frames: Vec<FrameInfo>,
}

/// A wasm frame.
#[derive(Clone)]
pub struct FrameInfo {
    module: Arc<Module>,
    /// The store that it ran in.
    store: u64,
    instance: Option<InstanceId>,
    function: u32,
    offset: u32,
}

impl WasmBacktrace {
    pub(crate) fn new(store: u64, frames: Vec<Frame>) -> WasmBacktrace {
        let info = |frame: Frame| {
            let Frame { module, instance, function, offset } = frame;
            FrameInfo { module, store, instance, function, offset }
        };
        WasmBacktrace { frames: frames.into_iter().map(info).collect() }
    }

    /// Where the frames are in the source: all of a module at once.
    fn source_locations(&self) -> Vec<Option<SourceLocation>> {
        let mut locations = vec![None; self.frames.len()];
        let mut by_module: HashMap<*const Module, Vec<usize>> = HashMap::new();
        for (number, frame) in self.frames.iter().enumerate() {
            by_module.entry(Arc::as_ptr(&frame.module)).or_default().push(number);
        }
        for numbers in by_module.values() {
            let offsets: Vec<usize> =
                numbers.iter().map(|&number| self.frames[number].offset as usize).collect();
            let found = self.frames[numbers[0]].module.source_locations(&offsets);
            for (&number, location) in numbers.iter().zip(found) {
                locations[number] = location;
            }
        }
        locations
    }

    /// The frames, innermost first.
    pub fn frames(&self) -> &[FrameInfo] {
        &self.frames
    }
}

impl FrameInfo {
    /// Index of the function in its module.
    pub fn func_index(&self) -> u32 {
        self.function
    }

    /// Name of the function, from the module's name section.
    pub fn func_name(&self) -> Option<&str> {
        self.module.func_name(FuncIndex(self.function))
    }

    /// Where the function is in the module's bytes.
    pub fn module_offset(&self) -> Option<usize> {
        Some(self.offset as usize)
    }

    /// Where it is in the function, from the beginning of its body.
    pub fn func_offset(&self) -> Option<usize> {
        let defined = self.module.defined_func(FuncIndex(self.function))?;
        (self.offset as usize).checked_sub(self.module.body(defined).start as usize)
    }

    /// Whether it is a function of this module.
    pub fn is_of(&self, module: &crate::Module) -> bool {
        Arc::ptr_eq(&self.module, module.inner())
    }

    /// The instance whose function it is; none if that is not known, as where compiled code ran of a module that has several
    /// instances in the store, or if it ran in another store.
    pub fn instance(&self, store: impl AsContext) -> Option<Instance> {
        let store = store.as_context();
        let opaque = &store.0.opaque;
        if opaque.id() != self.store {
            return None;
        }
        let id = self.instance.or_else(|| opaque.vm.only_instance(&self.module))?;
        Some(Instance::from_id(opaque, id))
    }

    /// Where it is in the source, if the module says.
    pub fn source_location(&self) -> Option<(String, Option<u32>)> {
        let location = self.module.source_location(self.offset as usize)?;
        Some((location.file, location.line))
    }
}

impl fmt::Display for WasmBacktrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wasm backtrace:")?;
        for ((number, frame), location) in self.frames.iter().enumerate().zip(self.source_locations()) {
            write!(f, "\n  {number:>3}: {:#x} - ", frame.offset)?;
            match frame.func_name() {
                Some(name) => f.write_str(name)?,
                None => write!(f, "<function {}>", frame.function)?,
            }
            if let Some(location) = location {
                write!(f, "\n           at {}", location.file)?;
                if let Some(line) = location.line {
                    write!(f, ":{line}")?;
                }
            }
        }
        if self.frames.len() == MAX_FRAMES {
            write!(f, "\n  ... at most {MAX_FRAMES} frames are recorded")?;
        }
        Ok(())
    }
}

impl fmt::Debug for WasmBacktrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for WasmBacktrace {}
