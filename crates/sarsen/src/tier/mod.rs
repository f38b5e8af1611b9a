//! Functions that are compiled while their module runs.
//!
//! The interpreter is looked at now and then ([`Tiering::look`]). A function in which it has been found for as long as compiling
//! it would take is compiled: whatever comes, that has cost at most as much again. What follows from a look is [`heat`]'s
//! matter; what compiling costs, who does it, and in which order, [`queue`]'s.
//!
//! # Invariants
//!
//! - An entry in a cell is code of the module, or stands in for it, and lives as long as the module's code.
//! - A function is published at most once; so is the code for each of its loops.

mod complete;
mod heat;
mod queue;
mod targets;

pub(crate) use queue::Queue;

use crate::cache::{Called, Keep};
use crate::compile::{Compiler, Known};
use crate::{Engine, Error, Result};
use heat::{Heat, Step};
use sarsen_abi::{EntryCell, VmFunc};
use sarsen_interp::{Compiled, Look, ModuleCode, Tiering};
use sarsen_module::{Bytes, DefinedFuncIndex, FuncIndex, Module, TypeId};
use sarsen_vm::{Collection, Image, NativeCode};
use std::any::Any;
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Instant;
use targets::Targets;

/// Bytes of a module up to which all of its code is looked through for what its tables hold.
const MAX_KNOWN: usize = 256 << 10;

/// What is compiled by itself, functions by defined index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    /// A function.
    Function(u32),
    /// A function from the header of a loop on, taken over from the interpreter.
    Loop {
        function: u32,
        /// Module offset of the loop.
        offset: u32,
        /// First slot of the operands in the interpreter's frame.
        operands: u32,
    },
}

impl Part {
    /// Which function.
    pub(crate) fn function(self) -> u32 {
        let (Part::Function(function) | Part::Loop { function, .. }) = self;
        function
    }
}

/// The compiled part of a module.
#[derive(Debug)]
pub(crate) struct ModuleTier {
    engine: Engine,
    module: Arc<Module>,
    /// The interpreter's code, which owns this.
    code: OnceLock<Weak<ModuleCode>>,
    /// By defined index: where compiled callers go.
    entries: Cells,
    /// By defined index, where somebody has asked: what stands in for functions of the type.
    stand_ins: Cells,
    known: OnceLock<Known>,
    functions: Mutex<HashMap<u32, Heat>>,
    /// Functions that are left to the interpreter because compiling them would cost too much.
    refused: Mutex<HashSet<u32>>,
    /// What had been called when the interpreter's code went.
    called_at_last: OnceLock<Vec<u32>>,
    before: Before,
    targets: Targets,
    /// Everything published, kept.
    published: Mutex<Vec<(Part, Arc<NativeCode>)>>,
    counts: Counts,
    /// Where it is kept, if it is.
    keep: OnceLock<Keep>,
}

/// What is known from processes before this one.
#[derive(Debug, Default)]
pub(crate) struct Before {
    /// Code that was there from the beginning.
    pub(crate) code: Option<Arc<NativeCode>>,
    /// What else was called.
    pub(crate) called: Called,
}

/// A cell per function, all empty at first.
#[derive(Debug)]
struct Cells(Box<[EntryCell]>);

impl Cells {
    fn new(count: u32) -> Cells {
        // Large zeroed allocations cost nothing until they are touched.
        let zeros: Box<[MaybeUninit<EntryCell>]> = Box::new_zeroed_slice(count as usize);
        // SAFETY: zero is a null pointer, which an empty cell has.
        Cells(unsafe { zeros.assume_init() })
    }

    fn cell(&self, function: u32) -> &AtomicPtr<c_void> {
        &self.0[function as usize].0
    }
}

/// What compiles for an engine whose code has been compiled.
fn compiler(engine: &Engine) -> Result<&Compiler> {
    engine.compiler().ok_or_else(|| Error::bug("compiled code without a compiler"))
}

thread_local! {
    /// This thread compiles, and does nothing else.
    static COMPILES: Cell<bool> = const { Cell::new(false) };
}

/// Does something on a stack of its own: compiling takes more than may be left of the one that runs the guest, and must not
/// panic into it.
pub(crate) fn apart<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    if COMPILES.get() {
        return work();
    }
    let work = || {
        COMPILES.set(true);
        work()
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("sarsen-compile".to_owned());
        let thread = thread.spawn_scoped(scope, work).map_err(Error::new)?;
        thread.join().unwrap_or_else(|_| Err(Error::bug("the compiler has panicked")))
    })
}

/// How many of each there are.
#[derive(Debug, Default)]
struct Counts {
    functions: AtomicU32,
    loops: AtomicU32,
    refused: AtomicU32,
    micros: AtomicU64,
    /// Of that, for functions that there is code for now.
    to_keep: AtomicU64,
}

/// What has been compiled of a module while it ran.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct TierStats {
    /// Functions.
    pub functions: u32,
    /// Loops that were taken over while they ran.
    pub loops: u32,
    /// Functions that stay in the interpreter, because compiling them would cost too much.
    pub refused: u32,
    /// Time that compiling took, in microseconds.
    pub micros: u64,
}

impl ModuleTier {
    /// Nothing is compiled yet but what has been `before`.
    pub(crate) fn new(engine: &Engine, module: &Arc<Module>, before: Before) -> Arc<ModuleTier> {
        Arc::new(ModuleTier {
            engine: engine.clone(),
            module: Arc::clone(module),
            code: OnceLock::new(),
            entries: Cells::new(module.defined_funcs()),
            stand_ins: Cells::new(module.defined_funcs()),
            known: OnceLock::new(),
            functions: Mutex::default(),
            refused: Mutex::default(),
            called_at_last: OnceLock::new(),
            before,
            targets: Targets::default(),
            published: Mutex::default(),
            counts: Counts::default(),
            keep: OnceLock::new(),
        })
    }

    /// Says whose functions these are.
    pub(crate) fn attach(&self, code: &Arc<ModuleCode>) {
        // There is one module, and it does this once.
        let _ = self.code.set(Arc::downgrade(code));
    }

    /// Says where it is kept.
    pub(crate) fn keep(&self, keep: Keep) {
        // There is one module, and it does this once.
        let _ = self.keep.set(keep);
    }

    /// Writes the module to where it is kept, if that is worth it; whether it was.
    pub(crate) fn save(&self) -> Result<bool> {
        self.keep.get().map_or(Ok(false), |keep| keep.save(&self.engine, &self.module, self))
    }

    /// The same where nobody wants to hear of errors.
    fn save_quietly(&self) {
        match catch_unwind(AssertUnwindSafe(|| self.save())) {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "not written to the cache"),
            Err(_) => tracing::error!("writing to the cache has panicked"),
        }
    }

    /// The cells that compiled code calls through.
    pub(crate) fn entries(&self) -> *const EntryCell {
        self.entries.0.as_ptr()
    }

    pub(crate) fn stats(&self) -> TierStats {
        let Counts { functions, loops, refused, micros, .. } = &self.counts;
        TierStats {
            functions: functions.load(Relaxed),
            loops: loops.load(Relaxed),
            refused: refused.load(Relaxed),
            micros: micros.load(Relaxed),
        }
    }

    /// Time that it took to compile what the next run would have to compile again, in microseconds.
    pub(crate) fn micros_to_keep(&self) -> u64 {
        self.counts.to_keep.load(Relaxed)
    }

    /// How many functions there is code for.
    pub(crate) fn compiled_functions(&self) -> usize {
        let before = self.before.code.as_ref().map_or(0, |before| before.image().functions());
        before as usize + self.stats().functions as usize
    }

    /// Code that was there from the beginning.
    pub(crate) fn code_before(&self) -> Option<&Arc<NativeCode>> {
        self.before.code.as_ref()
    }

    /// The index of a defined function among all.
    pub(crate) fn func_index(&self, defined: u32) -> u32 {
        self.module.func_index(DefinedFuncIndex(defined)).0
    }

    fn compiler(&self) -> Result<&Compiler> {
        compiler(&self.engine)
    }

    fn functions(&self) -> MutexGuard<'_, HashMap<u32, Heat>> {
        self.functions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refused(&self) -> MutexGuard<'_, HashSet<u32>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The code of a function that is compiled.
    fn compiled(&self, function: u32) -> Option<Compiled> {
        self.functions().get(&function).and_then(Heat::compiled).or_else(|| self.compiled_before(function))
    }

    /// The code of a function that was there from the beginning.
    fn compiled_before(&self, function: u32) -> Option<Compiled> {
        let (before, index) = (self.before.code.as_ref()?, DefinedFuncIndex(function));
        let native = before.function(index)?;
        let enter = before.enter(self.module.func_type_id(self.module.func_index(index)))?;
        Some(Compiled { enter, native })
    }

    /// The code of all functions that are compiled, as one image; with the ways out to everything that is imported if `thorough`.
    /// Otherwise those are left out that would have to be made.
    pub(crate) fn collect(&self, thorough: bool) -> Result<Image> {
        let mut sources: BTreeMap<u32, Image> = BTreeMap::new();
        let before = self.before.code.as_ref().map(|before| before.image());
        if let Some(before) = before {
            sources.extend(before.defined_functions().map(|function| (function, before.clone())));
        }
        for (part, native) in &*self.published() {
            if let Part::Function(function) = *part {
                sources.insert(function, native.image().clone());
            }
        }
        let mut collection = Collection::new();
        for (&function, image) in &sources {
            collection.add_function(function, image);
        }
        if let Some(before) = before {
            collection.add_trampolines(before);
        }
        // Who calls functions of the host finds the way out there as well.
        let registry = self.engine.registry();
        let compiled = sources.keys().map(|&function| self.module.func_index(DefinedFuncIndex(function)));
        let imported = if sources.is_empty() { 0 } else { self.module.imported().funcs };
        let imported = (0..imported).map(FuncIndex).filter(|&function| {
            thorough
                || self
                    .engine
                    .compiler()
                    .is_some_and(|it| it.has_leaf(registry, self.module.func_type(function)))
        });
        let wanted: HashSet<TypeId> =
            compiled.chain(imported).map(|function| self.module.func_type_id(function)).collect();
        for (index, &id) in (0..).zip(self.module.types()) {
            let is_there = before.is_some_and(|before| before.entry(index).is_some());
            if let Some(ty) = registry.func_type(id).filter(|_| wanted.contains(&id) && !is_there) {
                collection.add_type(index, &self.compiler()?.trampolines_image(registry, ty)?);
            }
        }
        Image::read(Bytes::from(collection.to_bytes())).map_err(|error| Error::bug(error.to_string()))
    }

    fn published(&self) -> MutexGuard<'_, Vec<(Part, Arc<NativeCode>)>> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An entry for compiled callers of a function whose cell is empty: its code, or what stands in for functions of its type.
    pub(crate) fn find_entry(&self, function: u32) -> Result<*const c_void> {
        let known = self.entries.cell(function).load(Acquire);
        if !known.is_null() {
            return Ok(known.cast_const());
        }
        if let Some(compiled) = self.compiled_before(function) {
            self.entries.cell(function).store(compiled.native.cast_mut(), Release);
            return Ok(compiled.native);
        }
        let stand_in = self.stand_ins.cell(function);
        let known = stand_in.load(Acquire);
        if !known.is_null() {
            return Ok(known.cast_const());
        }
        let ty = self.module.func_type(self.module.func_index(DefinedFuncIndex(function)));
        let code = self.compiler()?.stand_in(self.engine.registry(), ty)?;
        let made = code.function(DefinedFuncIndex(0)).ok_or_else(|| Error::bug("code without a function"))?;
        stand_in.store(made.cast_mut(), Release);
        Ok(made)
    }

    /// Compiles a part of the module and keeps the code: where it starts. Nothing if it is to be left to the interpreter.
    fn publish(&self, part: Part) -> Result<Option<*const c_void>> {
        let compiler = self.compiler()?;
        let known =
            self.known.get_or_init(|| compiler.known(&self.module, self.module.bytes().len() <= MAX_KNOWN));
        if !self.engine.queue().is_some_and(Queue::take_room) {
            return Err(Error::msg("there is no room for the code of more functions"));
        }
        let made = compiler.part(&self.module, known, &|call| self.targets.of(call), part);
        if !matches!(made, Ok(Some(_))) {
            self.give_back(1);
        }
        let Some(native) = made? else { return Ok(None) };
        let entry = native.function(DefinedFuncIndex(part.function()));
        let entry = entry.ok_or_else(|| Error::bug("code without a function"))?;
        self.published().push((part, native));
        Ok(Some(entry))
    }

    fn give_back(&self, count: usize) {
        if let Some(queue) = self.engine.queue() {
            queue.give_back(count as u32);
        }
    }

    /// Compiles a part, and lets those who run it know. What fails, for whatever reason, stays in the interpreter.
    fn compile(&self, part: Part) {
        let since = Instant::now();
        let made = catch_unwind(AssertUnwindSafe(|| {
            let native = self.publish(part)?;
            native.map(|native| self.with_trampoline(part, native)).transpose()
        }));
        let micros = since.elapsed().as_micros() as u64;
        self.counts.micros.fetch_add(micros, Relaxed);
        let function = part.function();
        if let (Ok(Ok(None)), Part::Function(_)) = (&made, part) {
            self.refused().insert(function);
        }
        let (name, body) = self.described(function);
        let compiled = match made {
            Ok(Ok(compiled)) => compiled,
            Ok(Err(error)) => {
                tracing::warn!(function, name, ?part, %error, "cannot be compiled");
                None
            }
            Err(_) => {
                tracing::error!(function, name, ?part, "the compiler has panicked");
                None
            }
        };
        match (compiled, part) {
            (None, Part::Function(_)) => self.counts.refused.fetch_add(1, Relaxed),
            (None, Part::Loop { .. }) => 0,
            (Some(_), Part::Function(_)) => {
                self.counts.to_keep.fetch_add(micros, Relaxed);
                self.counts.functions.fetch_add(1, Relaxed)
            }
            (Some(_), Part::Loop { .. }) => self.counts.loops.fetch_add(1, Relaxed),
        };
        match compiled {
            Some(_) => tracing::debug!(function, name, body, ?part, micros, "compiled"),
            None => tracing::debug!(function, name, body, ?part, micros, "left to the interpreter"),
        }
        self.functions().entry(function).or_default().done(part, compiled);
        if let (Part::Loop { .. }, Some(_)) = (part, compiled) {
            self.want_for_later(function);
        }
        if let (Part::Function(_), Some(compiled)) = (part, compiled) {
            self.entries.cell(function).store(compiled.native.cast_mut(), Release);
            if let Some(code) = self.code.get().and_then(Weak::upgrade) {
                // It has been translated before it was hot.
                let _ = code.publish(function, compiled);
            }
        }
    }

    /// A function of which a loop has been taken over may not be called again in this run, but will be in the next one, if the
    /// module is kept: it is compiled when there is nothing else to do.
    fn want_for_later(&self, function: u32) {
        let code = self.keep.get().and_then(|_| self.code.get()?.upgrade());
        if let Some((code, queue)) = code.zip(self.engine.queue().filter(|queue| queue.compiles_aside()))
            && self.functions().entry(function).or_default().want()
        {
            queue.push(&code, Part::Function(function), 0);
        }
    }

    /// A function's name and the bytes of its body.
    fn described(&self, function: u32) -> (&str, usize) {
        let defined = DefinedFuncIndex(function);
        let name = self.module.func_name(self.module.func_index(defined)).unwrap_or_default();
        (name, self.module.body(defined).range().len())
    }

    /// Code with what it is entered by.
    fn with_trampoline(&self, part: Part, native: *const c_void) -> Result<Compiled> {
        let index = FuncIndex(self.module.imported().funcs + part.function());
        let enter = match part {
            Part::Loop { .. } => self.compiler()?.enter_loop(self.engine.registry())?,
            _ => self.compiler()?.enter(self.engine.registry(), self.module.func_type(index))?,
        };
        Ok(Compiled { enter, native })
    }
}

impl Drop for ModuleTier {
    fn drop(&mut self) {
        self.save_quietly();
        let published = self.published.get_mut().unwrap_or_else(PoisonError::into_inner).len();
        self.give_back(published);
    }
}

/// Gives the record of a function that has no entry for compiled callers one, which is returned.
///
/// # Safety
/// The record must be one of a store of this engine that is exclusively the caller's.
pub(crate) unsafe fn resolve(engine: &Engine, record: *mut VmFunc) -> Result<*const c_void> {
    // SAFETY: by contract; instances live as long as their store.
    unsafe {
        if let Some(native) = resolve_compiled(record) {
            return Ok(native);
        }
        let registry = engine.registry();
        let ty = registry.func_type(TypeId::from_u32((*record).ty));
        let ty = ty.ok_or_else(|| Error::bug("a function without a type"))?;
        let (code, ty) = compiler(engine)?.leaf(registry, ty)?;
        let native = code.leave(ty).ok_or_else(|| Error::bug("a type without a leaf"))?;
        ((*record).native, (*record).context) = (native, record.cast());
        Ok(native)
    }
}

/// If a function has been compiled since its record was made, puts the code there.
///
/// # Safety
/// As for [`resolve`].
pub(crate) unsafe fn resolve_compiled(record: *mut VmFunc) -> Option<*const c_void> {
    // SAFETY: by contract.
    unsafe {
        let instance = (*record).instance;
        if instance.is_null() {
            return None;
        }
        let tier = of(instance)?;
        let defined = (*record).index.checked_sub(tier.module.imported().funcs)?;
        let Compiled { enter, native } = tier.compiled(defined)?;
        ((*record).native, (*record).context, (*record).enter) = (native, instance.cast(), Some(enter));
        Some(native)
    }
}

/// The compiled part of an instance's module, if there can be one.
///
/// # Safety
/// `instance` must be live.
pub(crate) unsafe fn of<'a>(instance: *const sarsen_abi::VmInstance) -> Option<&'a ModuleTier> {
    // SAFETY: by contract.
    known(unsafe { sarsen_interp::tiering(instance) }?)
}

/// The tiering of this crate's modules.
fn known(tiering: &dyn Tiering) -> Option<&ModuleTier> {
    let tiering: &dyn Any = tiering;
    tiering.downcast_ref()
}

impl Tiering for ModuleTier {
    fn end(&self, code: &ModuleCode) {
        if self.keep.get().is_some() {
            // It ends once.
            let _ = self.called_at_last.set(code.called().collect());
        }
    }

    fn compiled(&self, function: u32) -> Option<Compiled> {
        self.compiled_before(function)
    }

    fn look(&self, _: &ModuleCode, look: &Look) -> Option<Compiled> {
        let queue = self.engine.queue()?;
        let body = self.module.body(DefinedFuncIndex(look.function)).range().len();
        let mut spent = queue.spent(body);
        if let Some(call) = look.call {
            self.targets.note(call, look.function);
        }
        loop {
            let step = {
                let mut functions = self.functions();
                let known = || Heat::of(self.compiled_before(look.function));
                let heat = functions.entry(look.function).or_insert_with(known);
                heat.look(look, spent, queue.worth(body))
            };
            match step {
                Step::GoOn => return None,
                Step::Move(compiled) => {
                    tracing::trace!(function = look.function, place = ?look.place, "goes on in compiled code");
                    queue.goes_away();
                    return Some(compiled);
                }
                Step::Compile(part, heat) => {
                    tracing::debug!(function = look.function, ?part, heat, "hot");
                    let code = self.code.get().and_then(Weak::upgrade)?;
                    if !queue.push(&code, part, heat) {
                        // Nobody else compiles.
                        let compiled = apart(|| {
                            self.compile(part);
                            Ok(())
                        });
                        if compiled.is_err() {
                            self.functions().entry(look.function).or_default().done(part, None);
                            return None;
                        }
                        queue.forget();
                        spent = 0;
                        continue;
                    }
                    return None;
                }
            }
        }
    }
}
