//! What a runtime does with a module: its exported functions are called in order, with arguments that a seed determines.
//!
//! It owns how that becomes text that is the same for all runtimes. NaNs may be any, of references only null is seen.

use crate::Result;
use sarsen_oracles::random::Random;
use sarsen_oracles::value;
use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Operators that a call may execute.
const FUEL: u64 = 200_000;
/// Bytes of a memory, and elements of a table.
const LIMITS: (usize, usize) = (16 << 20, 100_000);
/// What host functions return.
const ANSWER: i32 = 7;

/// What came of a module.
pub(super) struct Observed {
    /// A line for every call: arguments, results or the trap, and what is in memories and globals after it.
    pub(super) lines: Vec<String>,
    /// Whether a call used up what runtimes count differently, and is not in there, nor what follows it.
    pub(super) is_cut: bool,
}

impl Observed {
    /// Where another runtime differs.
    pub(super) fn difference(&self, other: &Observed) -> Option<String> {
        let pairs = self.lines.iter().zip(&other.lines);
        if let Some((ours, theirs)) = pairs.clone().find(|(ours, theirs)| ours != theirs) {
            return Some(format!("{theirs}\n    instead of {ours}"));
        }
        let ended = |observed: &Observed| !observed.is_cut && observed.lines.len() == pairs.len();
        let is_shorter = (ended(self) && other.lines.len() > pairs.len())
            || (ended(other) && self.lines.len() > pairs.len());
        is_shorter.then(|| format!("{} calls instead of {}", other.lines.len(), self.lines.len()))
    }
}

/// How a call ended that did not return.
enum End {
    /// By what all runtimes have to agree on.
    Known(String),
    /// By a limit.
    Limit,
}

impl End {
    /// The end by a trap of this name: all have Wasmtime's names, or wasmi's, which are mostly the same.
    fn trap(name: &str) -> End {
        match name {
            "OutOfFuel" | "StackOverflow" | "AllocationTooLarge" | "Interrupt" => End::Limit,
            "GrowthOperationLimited" | "OutOfSystemMemory" => End::Limit,
            // Some say of what type it is.
            name if name.starts_with("Null") => End::Known("traps: NullReference".to_owned()),
            // Calls through a table have a name of their own here.
            "UndefinedElement" => End::Known("traps: TableOutOfBounds".to_owned()),
            name => End::Known(format!("traps: {name}")),
        }
    }
}

/// The bits of an argument: those of a float if it is one.
fn bits(random: &mut Random, width: u32, is_float: bool) -> u128 {
    match (width, is_float) {
        (32, true) => value::f32(random).into(),
        (64, true) => value::f64(random).into(),
        (128, _) => value::v128(random),
        _ => value::integer(random).into(),
    }
}

/// A number for comparison.
fn printed(width: u32, is_float: bool, bits: u128) -> String {
    let is_nan = |bits: u128, width: u32| match width {
        32 => f32::from_bits(bits as u32).is_nan(),
        _ => f64::from_bits(bits as u64).is_nan(),
    };
    let may_be_nan = match width {
        128 => {
            (0..4).any(|lane| is_nan(bits >> (32 * lane), 32))
                || (0..2).any(|lane| is_nan(bits >> (64 * lane), 64))
        }
        _ => is_float && is_nan(bits, width),
    };
    if may_be_nan { format!("{width} with a nan") } else { format!("{width} {bits:#x}") }
}

/// A reference for comparison.
fn reference(is_null: bool) -> String {
    if is_null { "null" } else { "a reference" }.to_owned()
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

/// Makes a function that observes modules in a runtime, whose interface is like all the others'. What differs is in the
/// module that is named: its configuration, and the types of its values and errors.
macro_rules! observe {
    ($name:ident, $runtime:ident, $own:path, $config:expr) => {
        pub(super) fn $name(wasm: &[u8], seed: u64) -> Result<Observed> {
            use $own as own;
            use $runtime::{
                Caller, Engine, Extern, ExternType, Func, Instance, Module, Store, StoreLimits,
                StoreLimitsBuilder, Val,
            };
            type Guest = (StoreLimits, Vec<String>);

            let engine = Engine::new(&$config);
            let engine = own::engine(engine)?;
            let module = Module::new(&engine, wasm)?;
            let (memory, elements) = LIMITS;
            let limits = StoreLimitsBuilder::new().memory_size(memory).table_elements(elements).build();
            let mut store: Store<Guest> = Store::new(&engine, (limits, Vec::new()));
            store.limiter(|guest| &mut guest.0);
            store.set_fuel(FUEL)?;
            let mut imports: Vec<Extern> = Vec::new();
            for import in module.imports() {
                let ExternType::Func(ty) = import.ty().clone() else {
                    return Err("only functions are imported".into());
                };
                let note = |mut caller: Caller<'_, Guest>, arguments: &[Val], results: &mut [Val]| {
                    let arguments: Vec<_> = arguments.iter().map(own::value).collect();
                    caller.data_mut().1.push(format!("note({})", arguments.join(", ")));
                    results[0] = Val::I32(ANSWER);
                    Ok(())
                };
                imports.push(Func::new(&mut store, ty, note).into());
            }
            let mut observed = Observed { lines: Vec::new(), is_cut: false };
            let instance = match Instance::new(&mut store, &module, &imports) {
                Ok(instance) => instance,
                Err(error) => {
                    match own::end(&error) {
                        End::Known(end) => observed.lines.push(end),
                        End::Limit => observed.is_cut = true,
                    }
                    return Ok(observed);
                }
            };
            let mut random = Random::new(seed);
            let mut names: Vec<String> = module.exports().map(|export| export.name().to_owned()).collect();
            // Not all runtimes keep the order of the module.
            names.sort();
            for name in &names {
                let Some(func) = instance.get_func(&mut store, name) else { continue };
                let ty = func.ty(&store);
                let arguments: Option<Vec<Val>> =
                    own::params(&ty).map(|ty| own::argument(&ty, &mut random)).collect();
                let Some(arguments) = arguments else { continue };
                let mut results = vec![Val::I32(0); own::params_and_results(&ty).1];
                store.set_fuel(FUEL)?;
                let mut line = format!("{name}: ");
                match func.call(&mut store, &arguments, &mut results) {
                    Ok(()) => line += &results.iter().map(own::value).collect::<Vec<_>>().join(", "),
                    Err(error) => match own::end(&error) {
                        End::Known(end) => line += &end,
                        End::Limit => {
                            observed.is_cut = true;
                            return Ok(observed);
                        }
                    },
                }
                for name in &names {
                    match instance.get_export(&mut store, name) {
                        Some(Extern::Memory(memory)) => {
                            let bytes = memory.data(&store);
                            write!(line, "; {name}: {} bytes, {:#x}", bytes.len(), hash(bytes))?;
                        }
                        Some(Extern::Global(global)) => {
                            let value = own::value(&global.get(&mut store));
                            write!(line, "; {name}: {value}")?;
                        }
                        Some(Extern::Table(table)) => write!(line, "; {name}: {}", table.size(&store))?,
                        _ => {}
                    }
                }
                line += &std::mem::take(&mut store.data_mut().1).join(" ");
                observed.lines.push(line);
            }
            Ok(observed)
        }
    };
}

/// What [`observe`] needs of a runtime with Wasmtime's types.
macro_rules! own {
    ($own:ident, $runtime:ident) => {
        mod $own {
            use super::{End, bits, printed, reference};
            use sarsen_oracles::random::Random;
            use $runtime::{Engine, Error, FuncType, ThrownException, Trap, Val, ValType};

            pub(super) fn engine(engine: Result<Engine, Error>) -> Result<Engine, Error> {
                engine
            }

            pub(super) fn params(ty: &FuncType) -> impl Iterator<Item = ValType> {
                ty.params()
            }

            pub(super) fn params_and_results(ty: &FuncType) -> (usize, usize) {
                (ty.params().len(), ty.results().len())
            }

            pub(super) fn argument(ty: &ValType, random: &mut Random) -> Option<Val> {
                Some(match Val::default_for_ty(ty)? {
                    Val::I32(_) => Val::I32(bits(random, 32, false) as i32),
                    Val::I64(_) => Val::I64(bits(random, 64, false) as i64),
                    Val::F32(_) => Val::F32(bits(random, 32, true) as u32),
                    Val::F64(_) => Val::F64(bits(random, 64, true) as u64),
                    Val::V128(_) => Val::V128(bits(random, 128, false).into()),
                    null => null,
                })
            }

            pub(super) fn value(value: &Val) -> String {
                match value {
                    Val::I32(value) => printed(32, false, (*value as u32).into()),
                    Val::I64(value) => printed(64, false, (*value as u64).into()),
                    Val::F32(bits) => printed(32, true, (*bits).into()),
                    Val::F64(bits) => printed(64, true, (*bits).into()),
                    Val::V128(value) => printed(128, false, value.as_u128()),
                    Val::FuncRef(None) | Val::ExternRef(None) | Val::AnyRef(None) | Val::ExnRef(None) => {
                        reference(true)
                    }
                    _ => reference(false),
                }
            }

            pub(super) fn end(error: &Error) -> End {
                match error.downcast_ref::<Trap>() {
                    Some(trap) => End::trap(&format!("{trap:?}")),
                    None if error.is::<ThrownException>() => End::Known("throws".to_owned()),
                    None if error.to_string().contains("bug in Sarsen") => End::Known(error.to_string()),
                    None => End::Limit,
                }
            }
        }
    };
}

own!(own_sarsen, sarsen);
observe!(interpreter, sarsen, own_sarsen, sarsen_config(::sarsen::Strategy::Interpreter));
observe!(jit, sarsen, own_sarsen, sarsen_config(::sarsen::Strategy::Jit));
observe!(tiered, sarsen, own_sarsen, {
    let mut config = sarsen_config(::sarsen::Strategy::Tiered);
    config.compile_threads(0).tier_up_after(Some(1));
    config
});

fn sarsen_config(strategy: ::sarsen::Strategy) -> ::sarsen::Config {
    let mut config = ::sarsen::Config::new();
    config.strategy(strategy).consume_fuel(true);
    config
}

#[cfg(feature = "wasmtime")]
own!(own_wasmtime, wasmtime);
#[cfg(feature = "wasmtime")]
observe!(wasmtime, wasmtime, own_wasmtime, wasmtime_config());

#[cfg(feature = "wasmtime")]
fn wasmtime_config() -> ::wasmtime::Config {
    let mut config = ::wasmtime::Config::new();
    config.consume_fuel(true).wasm_custom_page_sizes(true).wasm_wide_arithmetic(true);
    // Ours are the same everywhere.
    config.relaxed_simd_deterministic(true);
    config.wasm_function_references(true).wasm_gc(true).wasm_exceptions(true).wasm_memory64(true);
    config
}

mod own_wasmi {
    use super::{End, bits, printed, reference};
    use sarsen_oracles::random::Random;
    use std::convert::Infallible;
    use wasmi::{Engine, Error, F32, F64, FuncType, V128, Val, ValType};

    pub(super) fn engine(engine: Engine) -> Result<Engine, Infallible> {
        Ok(engine)
    }

    pub(super) fn params(ty: &FuncType) -> impl Iterator<Item = ValType> {
        ty.params().iter().copied()
    }

    pub(super) fn params_and_results(ty: &FuncType) -> (usize, usize) {
        (ty.params().len(), ty.results().len())
    }

    pub(super) fn argument(ty: &ValType, random: &mut Random) -> Option<Val> {
        Some(match ty {
            ValType::I32 => Val::I32(bits(random, 32, false) as i32),
            ValType::I64 => Val::I64(bits(random, 64, false) as i64),
            ValType::F32 => Val::F32(F32::from_bits(bits(random, 32, true) as u32)),
            ValType::F64 => Val::F64(F64::from_bits(bits(random, 64, true) as u64)),
            ValType::V128 => Val::V128(V128::from(bits(random, 128, false))),
            null => Val::default_for_ty(*null),
        })
    }

    pub(super) fn value(value: &Val) -> String {
        match value {
            Val::I32(value) => printed(32, false, (*value as u32).into()),
            Val::I64(value) => printed(64, false, (*value as u64).into()),
            Val::F32(value) => printed(32, true, value.to_bits().into()),
            Val::F64(value) => printed(64, true, value.to_bits().into()),
            Val::V128(value) => printed(128, false, value.as_u128()),
            Val::FuncRef(func) => reference(func.is_null()),
            Val::ExternRef(external) => reference(external.is_null()),
        }
    }

    pub(super) fn end(error: &Error) -> End {
        match error.as_trap_code() {
            Some(trap) => End::trap(&format!("{trap:?}")),
            None => End::Limit,
        }
    }
}

observe!(wasmi, wasmi, own_wasmi, wasmi_config());

fn wasmi_config() -> ::wasmi::Config {
    let mut config = ::wasmi::Config::default();
    config.consume_fuel(true).wasm_custom_page_sizes(true).wasm_wide_arithmetic(true);
    config
}
