//! The compiler of an engine: modules to images.
//!
//! Functions are compiled one by one, by several threads if wanted; what comes out does not depend on which.

use crate::image::link;
use crate::known::KnownTables;
use crate::options::{Arch, CompileOptions, Cpu, Target};
use crate::shims::Shims;
use crate::trampolines::Trampolines;
use crate::translate::{Colocated, Context, Failure, OsrEntry, Shim, translate};
use crate::unit::Unit;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::isa::{self, OwnedTargetIsa};
use cranelift_codegen::print_errors::pretty_error;
use cranelift_codegen::settings::{self, Configurable};
use cranelift_codegen::{CodegenError, CompileError as CompileFailure, ir};
use cranelift_frontend::FunctionBuilderContext;
use rayon::prelude::*;
use sarsen_module::{DefinedFuncIndex, FuncType, Module, TypeIndex, ValType};
use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Bytes of a frame that a function may make before it looks whether there is room, where its body has to: half of what is
/// left to the runtime.
const MAX_UNCHECKED_FRAME: u32 = 64 << 10;

/// A compiler for one target.
pub struct Compiler {
    /// It holds settings only, which nothing changes once it is built: a panic leaves nothing half done in it.
    isa: AssertUnwindSafe<OwnedTargetIsa>,
    options: CompileOptions,
    /// The processor has vectors: functions that compute with them are compiled.
    has_vectors: bool,
    /// The shims of functions that are compiled one by one.
    shims: OnceLock<Vec<Unit>>,
}

impl fmt::Debug for Compiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compiler").field("options", &self.options).finish_non_exhaustive()
    }
}

/// Why there is no compiler, or no code.
#[derive(Clone, Debug)]
pub struct CompileError(String);

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CompileError {}

/// The code of a module.
#[derive(Debug)]
pub struct Compiled {
    /// An image: see `sarsen_vm`.
    pub image: Vec<u8>,
    /// Functions, by defined index, that were left to the interpreter because compiling them would have cost too much, or
    /// because they compute with vectors and the processor has none.
    pub interpreted: Vec<u32>,
}

/// What of a module is compiled by itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Part {
    /// A function.
    Function(DefinedFuncIndex),
    /// A function from the middle of the interpreter's work on it: the entry takes the address of the interpreter's frame,
    /// and leaves results at its start.
    Loop(OsrEntry),
}

/// A form of compiled code as text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Cranelift's form, optimized.
    Clif,
    /// The machine's instructions.
    Assembly,
}

/// Says which functions, by defined index, the call at an offset of the module probably leads to, the likeliest first. If they
/// are small, code asks whether it does.
pub type Guesses<'a> = &'a dyn Fn(u32) -> Vec<u32>;

/// Told how many functions of how many are compiled, from any thread.
pub type Progress<'a> = &'a (dyn Fn(u32, u32) + Sync);

/// How a function is compiled.
struct How<'a> {
    colocated: Colocated,
    /// Where it is entered, if not at its start.
    entry: Option<OsrEntry>,
    guesses: Guesses<'a>,
}

impl How<'_> {
    /// With all others of its module.
    fn whole() -> How<'static> {
        How { colocated: Colocated::Everything, entry: None, guesses: &|_| Vec::new() }
    }
}

/// What a thread uses again for each function.
pub(crate) struct Scratch {
    context: cranelift_codegen::Context,
    builder: FunctionBuilderContext,
    control: ControlPlane,
    /// Machine code is wanted as text too.
    wants_text: bool,
}

impl Scratch {
    pub(crate) fn new() -> Scratch {
        Scratch {
            context: cranelift_codegen::Context::new(),
            builder: FunctionBuilderContext::new(),
            control: ControlPlane::default(),
            wants_text: false,
        }
    }
}

impl Compiler {
    /// A compiler.
    ///
    /// # Errors
    /// If there is none for the target.
    pub fn new(options: CompileOptions) -> Result<Compiler, CompileError> {
        let isa = target_isa(options.target).map_err(|message| {
            CompileError(format!("cannot compile for {}: {message}", options.target.arch))
        })?;
        Ok(Compiler::of(isa, options))
    }

    fn of(isa: OwnedTargetIsa, options: CompileOptions) -> Compiler {
        let has_vectors = options.target.arch != Arch::Riscv64 || features_of(&*isa).contains(&"has_v");
        Compiler { isa: AssertUnwindSafe(isa), options, has_vectors, shims: OnceLock::new() }
    }

    /// Cranelift's names of what code may use of a processor beyond what all of the kind have.
    pub fn cpu_features(&self) -> Vec<&'static str> {
        features_of(&**self.isa)
    }

    /// What it compiles for.
    pub fn options(&self) -> &CompileOptions {
        &self.options
    }

    /// Compiles a module, with all threads of the pool if `parallel`.
    ///
    /// # Errors
    /// If the compiler is wrong: whatever is valid has code.
    pub fn compile(
        &self,
        module: &Module,
        parallel: bool,
        progress: Option<Progress<'_>>,
    ) -> Result<Compiled, CompileError> {
        let count = module.defined_funcs();
        let tables = KnownTables::of(module);
        let done = AtomicU32::new(0);
        let one = |scratch: &mut Scratch, index: u32| {
            let unit = self.function(module, &tables, DefinedFuncIndex(index), scratch);
            if let Some(progress) = progress {
                progress(done.fetch_add(1, Ordering::Relaxed) + 1, count);
            }
            unit
        };
        let functions: Vec<Result<(Unit, bool), Failure>> = if parallel && count > 1 {
            (0..count).into_par_iter().map_init(Scratch::new, one).collect()
        } else {
            let mut scratch = Scratch::new();
            (0..count).map(|index| one(&mut scratch, index)).collect()
        };
        let mut units = Vec::with_capacity(functions.len());
        let mut interpreted = Vec::new();
        for (index, function) in (0..).zip(functions) {
            let (unit, is_compiled) = function.map_err(|failure| wrong(module, index, &failure))?;
            if !is_compiled {
                interpreted.push(index);
            }
            units.push(unit);
        }
        let trampolines = self.make_trampolines(module, parallel)?;
        let image = link(&**self.isa, units, None, &self.make_shims(module)?, &trampolines);
        Ok(Compiled { image: image.map_err(CompileError)?, interpreted })
    }

    /// Compiles one function of a module, to an image that has only that. Calls of others go through the cells of its instance.
    /// Nothing if the function is to be left to the interpreter.
    ///
    /// # Errors
    /// If the compiler is wrong: whatever is valid has code.
    pub fn compile_part(
        &self,
        module: &Module,
        tables: &KnownTables,
        guesses: Guesses<'_>,
        part: Part,
    ) -> Result<Option<Vec<u8>>, CompileError> {
        let mut scratch = Scratch::new();
        let (Part::Function(index) | Part::Loop(OsrEntry { function: index, .. })) = part;
        let ty = module.func_type(module.func_index(index));
        let how = match part {
            Part::Function(_) => How { colocated: Colocated::Itself, entry: None, guesses },
            Part::Loop(entry) => How { colocated: Colocated::Nothing, entry: Some(entry), guesses },
        };
        let unit = match self.is_callable(ty) {
            true => self.try_function(module, tables, index, how, &mut scratch),
            false => Err(Failure::Vectors),
        };
        let unit = match unit {
            Err(Failure::Effort | Failure::Vectors) => return Ok(None),
            unit => unit.map_err(|failure| wrong(module, index.0, &failure))?,
        };
        self.link_one(module, unit, index.0).map(Some)
    }

    /// What stands in for all functions of a module's first type, as if it were the module's first function: it runs in the
    /// interpreter what the store says.
    ///
    /// # Errors
    /// If the compiler is wrong, or compiled code cannot call functions of the type.
    pub fn compile_stand_in(&self, module: &Module) -> Result<Vec<u8>, CompileError> {
        let ty = module.func_type_at(TypeIndex(0));
        let unit = self.make(&mut Scratch::new(), |func, builder| {
            self.shims_of(module).stand_in(ty, None, func, builder);
        })?;
        self.link_one(module, unit, 0)
    }

    /// The image of one function.
    fn link_one(&self, module: &Module, unit: Unit, index: u32) -> Result<Vec<u8>, CompileError> {
        let shims = match self.shims.get() {
            Some(shims) => shims,
            None => {
                let made = self.make_shims(module)?;
                self.shims.get_or_init(|| made)
            }
        };
        link(&**self.isa, vec![unit], Some(index), shims, &Trampolines::default()).map_err(CompileError)
    }

    /// One function as text, for people who ask why it is slow.
    ///
    /// # Errors
    /// If the function has no code.
    pub fn listing(
        &self,
        module: &Module,
        index: DefinedFuncIndex,
        form: Form,
    ) -> Result<String, CompileError> {
        let mut scratch = Scratch { wants_text: form == Form::Assembly, ..Scratch::new() };
        match self.try_function(module, &KnownTables::of(module), index, How::whole(), &mut scratch) {
            Err(failure) => Err(wrong(module, index.0, &failure)),
            Ok(_) if form == Form::Clif => Ok(scratch.context.func.display().to_string()),
            Ok(_) => {
                let text = scratch.context.compiled_code().and_then(|code| code.vcode.clone());
                Ok(text.unwrap_or_default())
            }
        }
    }

    /// The code of a function, and whether it is the function's own.
    fn function(
        &self,
        module: &Module,
        tables: &KnownTables,
        index: DefinedFuncIndex,
        scratch: &mut Scratch,
    ) -> Result<(Unit, bool), Failure> {
        let ty = module.func_type(module.func_index(index));
        let (compiled, is_callable) = match self.is_callable(ty) {
            true => (self.try_function(module, tables, index, How::whole(), scratch), true),
            false => (Err(Failure::Vectors), false),
        };
        let Err(Failure::Effort | Failure::Vectors) = compiled else { return Ok((compiled?, true)) };
        let unit = match is_callable {
            true => self.stand_in(module, index, scratch)?,
            false => self.finish(scratch, |func, builder| {
                self.shims_of(module).nothing(func, builder);
                Ok(Vec::new())
            })?,
        };
        Ok((unit, false))
    }

    /// What stands in for a function that has no code.
    fn stand_in(
        &self,
        module: &Module,
        index: DefinedFuncIndex,
        scratch: &mut Scratch,
    ) -> Result<Unit, Failure> {
        let function = module.func_index(index);
        self.finish(scratch, |func, builder| {
            self.shims_of(module).stand_in(module.func_type(function), Some(function.0), func, builder);
            Ok(Vec::new())
        })
    }

    /// Whether compiled code can call functions of a type, or be called through one: a caller of the others has vectors
    /// itself.
    pub(crate) fn is_callable(&self, ty: &FuncType) -> bool {
        self.has_vectors || !ty.params.iter().chain(&*ty.results).any(|&ty| ty == ValType::V128)
    }

    fn try_function(
        &self,
        module: &Module,
        tables: &KnownTables,
        index: DefinedFuncIndex,
        how: How<'_>,
        scratch: &mut Scratch,
    ) -> Result<Unit, Failure> {
        let context = Context {
            module,
            tables,
            colocated: how.colocated,
            guesses: how.guesses,
            options: &self.options,
            frontend: self.isa.frontend_config(),
            native: self.isa.default_call_conv(),
        };
        self.finish(scratch, |func, builder| translate(&context, index, how.entry, func, builder))
    }

    /// Compiles what `build` has built. A panic is an error.
    fn finish(
        &self,
        scratch: &mut Scratch,
        build: impl FnOnce(&mut ir::Function, &mut FunctionBuilderContext) -> Result<Vec<(u32, u32)>, Failure>,
    ) -> Result<Unit, Failure> {
        let made = catch_unwind(AssertUnwindSafe(|| self.finish_or_panic(scratch, build)));
        made.unwrap_or_else(|payload| {
            // What it was working on is in no state to go on with.
            *scratch = Scratch { wants_text: scratch.wants_text, ..Scratch::new() };
            Err(Failure::Malformed(format!("the compiler has panicked: {}", message_of(&*payload))))
        })
    }

    fn finish_or_panic(
        &self,
        scratch: &mut Scratch,
        build: impl FnOnce(&mut ir::Function, &mut FunctionBuilderContext) -> Result<Vec<(u32, u32)>, Failure>,
    ) -> Result<Unit, Failure> {
        let Scratch { context, builder, control, wants_text } = scratch;
        context.clear();
        context.set_disasm(*wants_text);
        let inlined = build(&mut context.func, builder).inspect_err(|_| {
            // What was begun must not show in the next function.
            *builder = FunctionBuilderContext::new();
        })?;
        let dfg = &context.func.dfg;
        if !self.has_vectors && dfg.values().any(|value| dfg.value_type(value).is_vector()) {
            return Err(Failure::Vectors);
        }
        let result = context.compile(&**self.isa, control).map(|_| ()).map_err(
            |CompileFailure { inner, func: error_func }| match inner {
                CodegenError::CodeTooLarge | CodegenError::ImplLimitExceeded => Failure::Effort,
                error => Failure::Malformed(pretty_error(error_func, error)),
            },
        );
        result?;
        let compiled = context.compiled_code().ok_or_else(|| Failure::Malformed("no code".to_owned()))?;
        let frame = compiled.buffer.frame_layout().map_or(0, |layout| layout.frame_to_fp_offset);
        if !self.options.signals && frame > MAX_UNCHECKED_FRAME {
            return Err(Failure::Effort);
        }
        Unit::new(&context.func, compiled, inlined, self.isa.function_alignment().preferred)
    }

    pub(crate) fn shims_of<'a>(&self, module: &'a Module) -> Shims<'a> {
        Shims {
            registry: module.registry(),
            arch: self.options.target.arch,
            native: self.isa.default_call_conv(),
            frontend: self.isa.frontend_config(),
        }
    }

    /// The code of every module: the same for all.
    fn make_shims(&self, module: &Module) -> Result<Vec<Unit>, CompileError> {
        let shims = self.shims_of(module);
        let mut scratch = Scratch::new();
        let make = |shim| self.make(&mut scratch, |func, builder| shims.shim(shim, func, builder));
        Shim::ALL.into_iter().map(make).collect()
    }

    /// Code that is no function's.
    pub(crate) fn make(
        &self,
        scratch: &mut Scratch,
        build: impl FnOnce(&mut ir::Function, &mut FunctionBuilderContext),
    ) -> Result<Unit, CompileError> {
        let unit = self.finish(scratch, |func, builder| {
            build(func, builder);
            Ok(Vec::new())
        });
        unit.map_err(|failure| CompileError(format!("cannot compile an entry: {failure:?}")))
    }
}

/// What a panic says.
fn message_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}

/// The error of a valid function that has no code.
fn wrong(module: &Module, index: u32, failure: &Failure) -> CompileError {
    let index = module.func_index(DefinedFuncIndex(index));
    let name = module.func_name(index).unwrap_or("without a name");
    let what = match failure {
        Failure::Malformed(what) => what,
        Failure::Effort => "too much effort",
        Failure::Vectors => "the processor has no vectors",
    };
    CompileError(format!("function {} ({name}) cannot be compiled: {what}", index.0))
}

/// What this machine's processor has of [`Compiler::cpu_features`].
///
/// # Errors
/// If there is no compiler for it.
pub fn host_features() -> Result<Vec<&'static str>, CompileError> {
    let arch =
        Arch::host().ok_or_else(|| CompileError("there is no compiler for this machine".to_owned()))?;
    let isa = target_isa(Target { arch, cpu: Cpu::Native }).map_err(CompileError)?;
    Ok(features_of(&*isa))
}

fn features_of(isa: &dyn isa::TargetIsa) -> Vec<&'static str> {
    let flags = isa.isa_flags().into_iter();
    // Flags with other names say how code is made, not what it needs.
    flags
        .filter(|flag| flag.name.starts_with("has_") && flag.as_bool() == Some(true))
        .map(|flag| flag.name)
        .collect()
}

pub(crate) fn target_isa(target: Target) -> Result<OwnedTargetIsa, String> {
    let mut builder = match target.cpu {
        Cpu::Native if Arch::host() == Some(target.arch) => {
            cranelift_native::builder().map_err(str::to_owned)?
        }
        Cpu::Native => return Err("only a machine of this kind knows what it has".to_owned()),
        Cpu::Baseline => {
            let triple = match target.arch {
                Arch::Riscv64 => "riscv64gc-unknown-linux-gnu".to_owned(),
                arch => format!("{arch}-unknown-linux-gnu"),
            };
            let mut builder = isa::lookup_by_name(&triple).map_err(|error| error.to_string())?;
            for feature in baseline(target.arch) {
                builder.enable(feature).map_err(|error| error.to_string())?;
            }
            builder
        }
    };
    if target.arch == Arch::Aarch64 {
        // Who walks frames reads return addresses as they are.
        builder.set("sign_return_address", "false").map_err(|error| error.to_string())?;
    }
    builder
        .finish(settings::Flags::new(flags().map_err(|error| error.to_string())?))
        .map_err(|error| error.to_string())
}

/// Cranelift's names for what code for any processor of the last decade uses.
fn baseline(arch: Arch) -> &'static [&'static str] {
    match arch {
        Arch::X86_64 => &["has_sse3", "has_ssse3", "has_sse41", "has_sse42", "has_popcnt", "has_cmpxchg16b"],
        Arch::Aarch64 => &[],
        Arch::Riscv64 => &["has_v"],
    }
}

fn flags() -> Result<settings::Builder, settings::SetError> {
    let mut flags = settings::builder();
    flags.set("opt_level", "speed")?;
    // Whoever changes the compiler hears of its mistakes; users do not wait for the search.
    flags.set("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" })?;
    // Stopped code is walked by frame pointers.
    flags.set("preserve_frame_pointers", "true")?;
    flags.set("unwind_info", "false")?;
    // Prologues compare with the limit of the stack instead.
    flags.set("enable_probestack", "false")?;
    Ok(flags)
}

#[cfg(test)]
mod tests;
