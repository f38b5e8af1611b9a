//! Components: validated and linked, ready to be instantiated.

use crate::decode::{decode, is_component};
use crate::link::link;
use crate::program::{Export, ModuleSource, Program};
use crate::types::{ComponentItem, TypeContext};
use sarsen::{Engine, Error, ErrorKind, Module, ResourcesRequired, Result};
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// A validated component. Clones are the same component.
#[derive(Clone)]
pub struct Component(Arc<Inner>);

struct Inner {
    engine: Engine,
    program: Program,
}

/// Bytes that are shared, and a part of them.
struct Part<B> {
    bytes: Arc<B>,
    range: Range<usize>,
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for Part<B> {
    fn as_ref(&self) -> &[u8] {
        &(*self.bytes).as_ref()[self.range.clone()]
    }
}

impl Component {
    /// A component from its binary or text form.
    ///
    /// # Errors
    /// If it is malformed, invalid, or beyond a limit. The message names the place.
    pub fn new(engine: &Engine, bytes: impl AsRef<[u8]>) -> Result<Component> {
        let bytes = bytes.as_ref();
        let binary = wat::parse_bytes(bytes).map_err(|error| Error::of(ErrorKind::Malformed, error))?;
        Component::from_owner(engine, binary.into_owned())
    }

    /// A component from its binary form.
    ///
    /// # Errors
    /// As [`Component::new`].
    pub fn from_binary(engine: &Engine, bytes: &[u8]) -> Result<Component> {
        Component::from_owner(engine, bytes.to_vec())
    }

    /// A component from a file in binary or text form.
    ///
    /// # Errors
    /// As [`Component::new`], and if the file cannot be read.
    pub fn from_file(engine: &Engine, file: impl AsRef<Path>) -> Result<Component> {
        let file = file.as_ref();
        let bytes = std::fs::read(file).map_err(|error| Error::new(error).context(file.display()))?;
        let component = if is_component(&bytes) {
            Component::from_owner(engine, bytes)
        } else {
            Component::new(engine, bytes)
        };
        component.map_err(|error| error.context(file.display()))
    }

    /// A component from its binary form, which is kept, not copied.
    ///
    /// # Errors
    /// As [`Component::new`].
    pub fn from_owner(engine: &Engine, bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Component> {
        let bytes = Arc::new(bytes);
        let decoded = decode((*bytes).as_ref())?;
        let module = |range: &Range<usize>| {
            let part = Part { bytes: Arc::clone(&bytes), range: range.clone() };
            let module = Module::from_owner(engine, part);
            module.map_err(|error| error.context(format_args!("core module at offset {:#x}", range.start)))
        };
        let modules = decoded.modules.iter().map(module).collect::<Result<_>>()?;
        let program = link(engine, &decoded, modules)?;
        Ok(Component(Arc::new(Inner { engine: engine.clone(), program })))
    }

    /// Whether bytes are those of a component in binary form, and not of a core module.
    pub fn is_component(bytes: &[u8]) -> bool {
        is_component(bytes)
    }

    /// Its engine.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// Names and types of what it imports, in order.
    pub fn imports(&self) -> Vec<(&str, ComponentItem)> {
        let cx = self.context();
        let imports = self.program().imports.iter();
        imports.map(|(name, import)| (&**name, ComponentItem::of_import(&cx, import))).collect()
    }

    /// Names and types of what it exports, in order.
    pub fn exports(&self) -> Vec<(&str, ComponentItem)> {
        let cx = self.context();
        let exports = self.program().exports.iter();
        exports.map(|(name, export)| (&**name, ComponentItem::of_export(&cx, export))).collect()
    }

    /// Where it has an export, in one of its exported instances or by itself.
    pub fn get_export_index(
        &self,
        parent: Option<&ComponentExportIndex>,
        name: &str,
    ) -> Option<ComponentExportIndex> {
        let export = match parent {
            None => self.program().exports.get(name)?,
            Some(parent) if !Arc::ptr_eq(&parent.component.0, &self.0) => return None,
            Some(parent) => match &parent.export {
                Export::Instance(items) => items.get(name)?,
                _ => return None,
            },
        };
        Some(ComponentExportIndex { component: self.clone(), export: export.clone() })
    }

    /// An export's type, and where it is.
    pub fn get_export(
        &self,
        parent: Option<&ComponentExportIndex>,
        name: &str,
    ) -> Option<(ComponentItem, ComponentExportIndex)> {
        let index = self.get_export_index(parent, name)?;
        Some((ComponentItem::of_export(&self.context(), &index.export), index))
    }

    /// The core modules that it contains.
    pub fn core_modules(&self) -> impl ExactSizeIterator<Item = &Module> {
        self.program().modules.iter()
    }

    /// What an instance takes of its store when it is made, that of all its core instances together; none if it makes instances
    /// of core modules that it imports.
    pub fn resources_required(&self) -> Option<ResourcesRequired> {
        let program = self.program();
        // A module can have many instances.
        let modules: Vec<_> = program.modules.iter().map(Module::resources_required).collect();
        let required = |source| match source {
            ModuleSource::Static(index) => modules.get(index).copied(),
            ModuleSource::Leaf(_) => None,
        };
        program.steps.iter().map(|step| required(step.module)).sum()
    }

    pub(crate) fn program(&self) -> &Program {
        &self.0.program
    }

    /// Its types, with no instance to say what resources are.
    pub(crate) fn context(&self) -> TypeContext {
        TypeContext { component: self.clone(), resources: None }
    }

    pub(crate) fn same(a: &Component, b: &Component) -> bool {
        Arc::ptr_eq(&a.0, &b.0)
    }
}

impl fmt::Debug for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Component").field("exports", &self.exports()).finish_non_exhaustive()
    }
}

/// Where a component has an export, found once for all its instances.
#[derive(Clone)]
pub struct ComponentExportIndex {
    pub(crate) component: Component,
    pub(crate) export: Export,
}

impl fmt::Debug for ComponentExportIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ComponentItem::of_export(&self.component.context(), &self.export).fmt(f)
    }
}

impl ComponentExportIndex {
    /// Names and types of what it exports, if it is an instance.
    pub(crate) fn items(&self) -> Vec<(String, ComponentItem)> {
        let cx = self.component.context();
        match &self.export {
            Export::Instance(items) => items
                .iter()
                .map(|(name, item)| (name.to_string(), ComponentItem::of_export(&cx, item)))
                .collect(),
            _ => Vec::new(),
        }
    }
}
