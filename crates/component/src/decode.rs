//! Bytes to definitions: what a component says, validated, section by section.
//!
//! Does not know what any of it means: indices stay indices. Core modules are cut out; their functions are validated when they
//! become [`Module`](sarsen::Module)s.

use crate::limits::MAX_COMPONENT_DEPTH;
use sarsen::{Error, ErrorKind, Result, ValType};
use std::ops::Range;
use std::rc::Rc;
use wasmparser::types::Types;
use wasmparser::{
    BinaryReaderError, CanonicalFunction, ComponentAlias, ComponentExport, ComponentImport,
    ComponentInstance, ComponentType, Encoding, Instance, Parser, Payload, SectionLimited, ValidPayload,
    Validator, WasmFeatures,
};

/// A component as it is written.
#[derive(Debug, Default)]
pub(crate) struct Definition<'a> {
    pub(crate) items: Vec<Item<'a>>,
}

/// Something that a component defines, in order.
#[derive(Debug)]
pub(crate) enum Item<'a> {
    /// A core module, by its number among all modules of the bytes.
    CoreModule(usize),
    CoreInstance(Instance<'a>),
    /// Its index is all that matters.
    CoreType,
    Component(Rc<Definition<'a>>),
    Instance(ComponentInstance<'a>),
    Alias(ComponentAlias<'a>),
    Type(ComponentType<'a>),
    Canon(CanonicalFunction, Option<CoreSignature>),
    Import(ComponentImport<'a>),
    Export(ComponentExport<'a>),
}

/// Parameters and results of a core function.
pub(crate) type CoreSignature = (Vec<ValType>, Vec<ValType>);

/// What bytes of a component hold.
pub(crate) struct Decoded<'a> {
    pub(crate) root: Rc<Definition<'a>>,
    /// Where its core modules are.
    pub(crate) modules: Vec<Range<usize>>,
    /// What validation knows of the root's types.
    pub(crate) types: Types,
}

/// Whether bytes are those of a component rather than a module.
pub(crate) fn is_component(bytes: &[u8]) -> bool {
    Parser::is_component(bytes)
}

/// What the component model may have here: all that this crate understands, and all of core WebAssembly, about which modules
/// decide for themselves.
fn features() -> WasmFeatures {
    let all = WasmFeatures::all();
    let of_components = all.iter_names().filter(|(name, _)| name.starts_with("CM"));
    let of_core = of_components.fold(all, |features, (_, feature)| features - feature);
    (of_core | UNDERSTOOD) - WasmFeatures::LEGACY_EXCEPTIONS
}

/// What goes beyond the first release of the component model, and is understood: at least so far that calling a function that
/// needs asynchronous tasks is an error with its name.
const UNDERSTOOD: WasmFeatures = WasmFeatures::CM_FIXED_LENGTH_LISTS
    .union(WasmFeatures::CM_MAP)
    .union(WasmFeatures::CM_IMPLEMENTS)
    .union(WasmFeatures::CM_ERROR_CONTEXT)
    .union(WasmFeatures::CM_ASYNC)
    .union(WasmFeatures::CM_ASYNC_STACKFUL)
    .union(WasmFeatures::CM_MORE_ASYNC_BUILTINS)
    .union(WasmFeatures::CM_THREADING)
    .union(WasmFeatures::CM_FORWARD);

/// Reads and validates.
///
/// # Errors
/// Those of the bytes, with where they are.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded<'_>> {
    let mut validator = Validator::new_with_features(features());
    let mut parser = Parser::new(0);
    parser.set_features(features());
    let mut decoder = Decoder { stack: Vec::new(), modules: Vec::new(), module: None };
    for payload in parser.parse_all(bytes) {
        let payload = payload.map_err(|error| refused(ErrorKind::Malformed, &error))?;
        if let Some((root, types)) = decoder.payload(&mut validator, payload)? {
            return Ok(Decoded { root, modules: decoder.modules, types });
        }
    }
    Err(Error::of(ErrorKind::Malformed, "the component has no end"))
}

struct Decoder<'a> {
    /// Components that have not ended.
    stack: Vec<Definition<'a>>,
    modules: Vec<Range<usize>>,
    /// The start of the module that has not ended.
    module: Option<usize>,
}

impl<'a> Decoder<'a> {
    /// Takes the next piece; the whole component and its types, if this is its end.
    fn payload(
        &mut self,
        validator: &mut Validator,
        payload: Payload<'a>,
    ) -> Result<Option<(Rc<Definition<'a>>, Types)>> {
        let core_funcs = self.core_funcs(validator, &payload);
        // Bodies are validated with their module.
        let valid = validator.payload(&payload).map_err(|error| refused(ErrorKind::Invalid, &error))?;
        match payload {
            Payload::Version { encoding: Encoding::Module, range, .. } => {
                if self.stack.is_empty() {
                    return Err(Error::of(ErrorKind::Malformed, "a core module, not a component"));
                }
                self.module = Some(index(range.start)?);
            }
            Payload::Version { encoding: Encoding::Component, .. } => {
                if self.stack.len() >= MAX_COMPONENT_DEPTH {
                    let message = format!("components are nested more than {MAX_COMPONENT_DEPTH} deep");
                    return Err(Error::of(ErrorKind::Limit, message));
                }
                self.stack.push(Definition::default());
            }
            Payload::End(end) => {
                let ended = self.end(index(end)?)?;
                if let (Some(root), ValidPayload::End(types)) = (ended, valid) {
                    return Ok(Some((root, types)));
                }
            }
            Payload::InstanceSection(section) => self.items(section, Item::CoreInstance)?,
            Payload::CoreTypeSection(section) => self.items(section, |_| Item::CoreType)?,
            Payload::ComponentInstanceSection(section) => self.items(section, Item::Instance)?,
            Payload::ComponentAliasSection(section) => self.items(section, Item::Alias)?,
            Payload::ComponentTypeSection(section) => self.items(section, Item::Type)?,
            Payload::ComponentImportSection(section) => self.items(section, Item::Import)?,
            Payload::ComponentExportSection(section) => self.items(section, Item::Export)?,
            Payload::ComponentCanonicalSection(section) => {
                let mut next = core_funcs;
                for canon in section {
                    let canon = canon.map_err(|error| refused(ErrorKind::Malformed, &error))?;
                    let is_lift = matches!(canon, CanonicalFunction::Lift { .. });
                    let signature = (!is_lift).then(|| signature(validator, next)).transpose()?;
                    next += u32::from(!is_lift);
                    self.push(Item::Canon(canon, signature));
                }
            }
            Payload::ComponentStartSection { range, .. } => {
                let message = format!("start functions are not supported (at offset {:#x})", range.start);
                return Err(Error::of(ErrorKind::Invalid, message));
            }
            _ => {}
        }
        Ok(None)
    }

    /// How many core functions there are before a section that defines more.
    fn core_funcs(&self, validator: &Validator, payload: &Payload<'_>) -> u32 {
        match (payload, validator.types(0)) {
            (Payload::ComponentCanonicalSection(_), Some(types)) => types.function_count(),
            _ => 0,
        }
    }

    fn end(&mut self, end: usize) -> Result<Option<Rc<Definition<'a>>>> {
        if let Some(start) = self.module.take() {
            self.push(Item::CoreModule(self.modules.len()));
            self.modules.push(start..end);
            return Ok(None);
        }
        let ended = self.stack.pop().ok_or_else(|| Error::of(ErrorKind::Malformed, "an end too many"))?;
        let ended = Rc::new(ended);
        if self.stack.is_empty() {
            return Ok(Some(ended));
        }
        self.push(Item::Component(ended));
        Ok(None)
    }

    fn items<T: wasmparser::FromReader<'a>>(
        &mut self,
        section: SectionLimited<'a, T>,
        item: impl Fn(T) -> Item<'a>,
    ) -> Result<()> {
        for entry in section {
            let entry = entry.map_err(|error| refused(ErrorKind::Malformed, &error))?;
            self.push(item(entry));
        }
        Ok(())
    }

    fn push(&mut self, item: Item<'a>) {
        if let Some(definition) = self.stack.last_mut() {
            definition.items.push(item);
        }
    }
}

/// The type of a core function that a component defines.
fn signature(validator: &Validator, index: u32) -> Result<CoreSignature> {
    let types = validator.types(0).ok_or_else(|| Error::bug("a component without types"))?;
    let ty = types[types.core_function_at(index)].unwrap_func();
    let core = |ty: &wasmparser::ValType| match ty {
        wasmparser::ValType::I32 => Ok(ValType::I32),
        wasmparser::ValType::I64 => Ok(ValType::I64),
        wasmparser::ValType::F32 => Ok(ValType::F32),
        wasmparser::ValType::F64 => Ok(ValType::F64),
        other => Err(Error::of(ErrorKind::Invalid, format!("a canonical function with a {other}"))),
    };
    let all = |types: &[wasmparser::ValType]| types.iter().map(core).collect::<Result<Vec<_>>>();
    Ok((all(ty.params())?, all(ty.results())?))
}

fn index(offset: u64) -> Result<usize> {
    usize::try_from(offset).map_err(|_| Error::of(ErrorKind::Limit, "the component is too large"))
}

fn refused(kind: ErrorKind, error: &BinaryReaderError) -> Error {
    Error::of(kind, format!("{} (at offset {:#x})", error.message(), error.offset()))
}
