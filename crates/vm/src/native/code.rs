//! Published code: an image whose text can be executed. Who runs it, and that it is what a compiler made of the module, is
//! the publisher's matter.
//!
//! # Invariants
//!
//! - The text is mapped as long as the code lives, and does not change.
//! - Code that has been published can be found in the registry until it is dropped, and does not move.

use super::image::{INLINED, Image};
use super::{faults, registry};
use crate::activation::Frame;
use crate::sys::native::CodePages;
use sarsen_abi::Enter;
use sarsen_isa::Trap;
use sarsen_module::{DefinedFuncIndex, Module, TypeId};
use std::collections::HashMap;
use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// The compiled code of a module, ready to run.
#[derive(Debug)]
pub struct NativeCode {
    pages: CodePages,
    image: Image,
    module: Arc<Module>,
    trampolines: OnceLock<HashMap<TypeId, Trampolines>>,
}

/// Text offsets of the trampolines of a function type.
#[derive(Clone, Copy, Debug, Default)]
struct Trampolines {
    entry: Option<u32>,
    leaf: Option<u32>,
}

impl NativeCode {
    /// Publishes a copy of the code of an image. With `signals`, faults of this code are traps; handlers for them are installed
    /// at the first time.
    ///
    /// # Errors
    /// If the system has no room, does not let anybody execute what they have written, or is not one with compiled code.
    ///
    /// # Safety
    /// The image must be what the compiler made of the module, for this machine.
    pub unsafe fn publish(image: Image, module: Arc<Module>, signals: bool) -> io::Result<Arc<NativeCode>> {
        let pages = CodePages::copy(image.text())?;
        NativeCode::new(pages, image, module, signals)
    }

    /// Publishes the code of an image that a file holds from `offset` on, without a copy. `offset` must be a multiple of
    /// 64 KiB.
    ///
    /// # Errors
    /// As [`NativeCode::publish`].
    ///
    /// # Safety
    /// As for [`NativeCode::publish`]. The file must hold the same image, and must not change as long as the code lives.
    pub unsafe fn from_file(
        image: Image,
        module: Arc<Module>,
        file: &File,
        offset: u64,
        signals: bool,
    ) -> io::Result<Arc<NativeCode>> {
        let start = offset.checked_add(image.text_start() as u64).ok_or(io::ErrorKind::InvalidInput)?;
        // SAFETY: by contract.
        let pages = unsafe { CodePages::map(file, start, image.text().len()) }?;
        NativeCode::new(pages, image, module, signals)
    }

    fn new(
        pages: CodePages,
        image: Image,
        module: Arc<Module>,
        signals: bool,
    ) -> io::Result<Arc<NativeCode>> {
        if signals {
            faults::install()?;
        }
        let code = Arc::new(NativeCode { pages, image, module, trampolines: OnceLock::new() });
        registry::publish(&code);
        Ok(code)
    }

    /// The module that it was made of.
    pub fn module(&self) -> &Arc<Module> {
        &self.module
    }

    /// Its image.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// Where the text is.
    pub(super) fn addresses(&self) -> Range<usize> {
        let start = self.pages.base().addr();
        start..start + self.image.text().len()
    }

    /// The address of a text offset, unless it is behind the text.
    pub(super) fn address(&self, offset: u32) -> Option<*const c_void> {
        let inside = (offset as usize) < self.image.text().len();
        inside.then(|| self.pages.base().wrapping_add(offset as usize).cast())
    }

    /// The entry of a defined function for compiled callers.
    pub fn function(&self, index: DefinedFuncIndex) -> Option<*const c_void> {
        self.address(self.image.function(index.0)?.start)
    }

    /// The trampoline for calls of functions of a type from the host.
    pub fn enter(&self, ty: TypeId) -> Option<Enter> {
        let address = self.address(self.trampolines().get(&ty)?.entry?)?;
        // SAFETY: the compiler makes these trampolines with this signature.
        Some(unsafe { std::mem::transmute::<*const c_void, Enter>(address) })
    }

    /// The trampoline that calls functions of a type in the host.
    pub fn leave(&self, ty: TypeId) -> Option<*const c_void> {
        self.address(self.trampolines().get(&ty)?.leaf?)
    }

    /// Trampolines by type. Made when the first is asked for: modules name types by index, and several indices can mean
    /// the same type.
    fn trampolines(&self) -> &HashMap<TypeId, Trampolines> {
        self.trampolines.get_or_init(|| {
            let mut all: HashMap<TypeId, Trampolines> = HashMap::new();
            for (index, &ty) in (0..).zip(self.module.types()) {
                let (entry, leaf) = (self.image.entry(index), self.image.leaf(index));
                if entry.is_some() || leaf.is_some() {
                    let known = all.entry(ty).or_default();
                    *known = Trampolines { entry: known.entry.or(entry), leaf: known.leaf.or(leaf) };
                }
            }
            all
        })
    }

    /// The frames of functions that stand in the instruction at a text offset, innermost first: more than one if calls have
    /// been replaced by bodies; none if what stands there is no operator, but calls the interpreter, which has the frame.
    pub(super) fn frames(&self, offset: u32) -> Vec<Frame> {
        let found = self.image.function_at(offset).zip(self.image.position(offset));
        let Some((defined, mut position)) = found else { return Vec::new() };
        let mut frames = Vec::new();
        while position & INLINED != 0
            && let Some((call, inside)) = self.image.inlined(position)
        {
            if let Some(defined) = self.module.func_at_offset(inside as usize) {
                frames.push(self.frame(defined, inside));
            }
            position = call;
        }
        frames.push(self.frame(DefinedFuncIndex(defined), position));
        frames
    }

    fn frame(&self, defined: DefinedFuncIndex, offset: u32) -> Frame {
        Frame {
            module: Arc::clone(&self.module),
            instance: None,
            function: self.module.func_index(defined).0,
            offset,
        }
    }

    /// Why the instruction at a text offset traps.
    pub(super) fn trap(&self, offset: u32) -> Option<Trap> {
        self.image.trap(offset)
    }
}

impl Drop for NativeCode {
    fn drop(&mut self) {
        registry::withdraw(self);
    }
}
