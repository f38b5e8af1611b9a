//! What is done to make an instance of a component: nested components are taken apart, so that only core instances, host
//! functions and tables of options are left, in order.
//!
//! `link` writes programs, `instantiate` runs them. Nothing here depends on a store.

use crate::decode::CoreSignature;
use crate::names::Names;
use crate::types::{FuncTypeIndex, ModuleType, ResourceIndex, TypeIndex, TypeTable};
use sarsen::{Module, ModuleExport};
use std::collections::HashMap;
use std::sync::Arc;

/// How to make an instance of a component.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) types: TypeTable,
    /// The core modules that it contains.
    pub(crate) modules: Vec<Module>,
    /// What it imports, by name.
    pub(crate) imports: Names<Import>,
    /// What core modules that it imports are declared to be.
    pub(crate) module_types: Vec<ModuleType>,
    /// What is imported in the end, after instances have been taken apart.
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) steps: Vec<Instantiate>,
    pub(crate) trampolines: Vec<(Trampoline, CoreSignature)>,
    pub(crate) options: Vec<Options>,
    pub(crate) lifted: Vec<Lifted>,
    pub(crate) resources: Vec<Resource>,
    /// The component instances, the root first: which one has made each.
    pub(crate) instances: Vec<Option<u32>>,
    pub(crate) exports: Names<Export>,
}

/// A core instance that is made: they are numbered in order.
#[derive(Debug)]
pub(crate) struct Instantiate {
    pub(crate) module: ModuleSource,
    pub(crate) args: CoreArgs,
}

/// What a core module is given.
#[derive(Debug)]
pub(crate) enum CoreArgs {
    /// In the order in which it imports.
    Ordered(Vec<CoreDef>),
    /// By the names of modules that it imports from: what it imports is known when there is one.
    Named(HashMap<Arc<str>, CoreArg>),
}

/// What has the name of a module that is imported from.
#[derive(Debug)]
pub(crate) enum CoreArg {
    /// The exports of a core instance.
    Instance(usize),
    /// What has been gathered.
    Items(CoreItems),
}

/// Things of core WebAssembly by name: many core modules can be given the same.
pub(crate) type CoreItems = Arc<HashMap<Arc<str>, CoreDef>>;

/// Where a core module comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ModuleSource {
    /// The component contains it.
    Static(usize),
    /// It is imported.
    Leaf(usize),
}

/// Where something of core WebAssembly comes from.
#[derive(Clone, Debug)]
pub(crate) enum CoreDef {
    /// From an instance.
    Export { instance: usize, export: CoreExport },
    /// It is the way out of core code to what the component model adds.
    Trampoline(usize),
}

/// How an export of a core instance is found.
#[derive(Clone, Debug)]
pub(crate) enum CoreExport {
    At(ModuleExport),
    Named(Arc<str>),
}

/// A core function that is no core code.
#[derive(Clone, Debug)]
pub(crate) enum Trampoline {
    /// Calls a function of the component model.
    Lower {
        func: FuncSource,
        ty: FuncTypeIndex,
        options: usize,
    },
    ResourceNew {
        resource: ResourceIndex,
        instance: u32,
    },
    ResourceRep {
        resource: ResourceIndex,
        instance: u32,
    },
    ResourceDrop {
        resource: ResourceIndex,
        instance: u32,
    },
    ContextGet {
        slot: usize,
        instance: u32,
    },
    ContextSet {
        slot: usize,
        instance: u32,
    },
    /// Counts how often an instance has said that it takes no more asynchronous calls.
    Backpressure {
        is_more: bool,
        instance: u32,
    },
    /// Needs asynchronous tasks.
    Async {
        name: &'static str,
        instance: u32,
    },
}

/// Where a function of the component model comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FuncSource {
    /// One of the component's, by its number in [`Program::lifted`].
    Lifted(usize),
    /// It is imported.
    Leaf(usize),
}

/// A core function as one of the component model.
#[derive(Clone, Debug)]
pub(crate) struct Lifted {
    pub(crate) core: CoreDef,
    pub(crate) ty: FuncTypeIndex,
    pub(crate) options: usize,
}

/// How strings are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum StringEncoding {
    #[default]
    Utf8,
    Utf16,
    /// Latin-1, or UTF-16 if that is not enough, which each string says.
    Latin1OrUtf16,
}

/// How values are passed to and from core code.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) instance: u32,
    pub(crate) encoding: StringEncoding,
    pub(crate) memory: Option<CoreDef>,
    pub(crate) realloc: Option<CoreDef>,
    pub(crate) post_return: Option<CoreDef>,
    pub(crate) is_async: bool,
}

/// A type of resources.
#[derive(Clone, Debug)]
pub(crate) enum Resource {
    /// It is imported.
    Leaf(usize),
    /// An instance defines it.
    Defined { instance: u32, destructor: Option<CoreDef> },
}

/// Something that a component imports.
#[derive(Clone, Debug)]
pub(crate) enum Import {
    Func(FuncTypeIndex),
    Module,
    Resource(ResourceIndex),
    /// A type that is known: nothing has to be given.
    Type(ExportedType),
    Instance(Arc<Names<Import>>),
}

/// What is imported in the end: who gives it, and what it is.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    /// Names of the instances around it, and its own.
    pub(crate) path: Vec<Arc<str>>,
    pub(crate) kind: LeafKind,
}

/// What an import is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LeafKind {
    Func(FuncTypeIndex),
    /// By the number of its type in [`Program::module_types`].
    Module(usize),
    Resource(ResourceIndex),
}

impl LeafKind {
    /// What it is called in errors.
    pub(crate) fn words(self) -> &'static str {
        match self {
            LeafKind::Func(_) => "function",
            LeafKind::Module(_) => "core module",
            LeafKind::Resource(_) => "type of resources",
        }
    }
}

/// Something that a component exports.
#[derive(Clone, Debug)]
pub(crate) enum Export {
    Func(FuncSource, FuncTypeIndex),
    Module(ModuleSource),
    Type(ExportedType),
    Instance(Arc<Names<Export>>),
    Component,
}

/// A type that is exported.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ExportedType {
    Value(TypeIndex),
    Func(FuncTypeIndex),
    Resource(ResourceIndex),
    /// Of instances or components.
    Other,
}
