//! Core instances: those that modules make, and those that only gather what others have.

use super::scope::{CoreInstanceValue, ScopeId};
use super::{Linking, missing};
use crate::program::{CoreArg, CoreArgs, CoreDef, CoreExport, Instantiate, ModuleSource};
use sarsen::Result;
use std::collections::HashMap;
use std::sync::Arc;
use wasmparser::{ExternalKind, Instance};

impl<'d> Linking<'d> {
    pub(super) fn core_instance(&mut self, scope: ScopeId, instance: &'d Instance<'d>) -> Result<()> {
        let value = match instance {
            Instance::Instantiate { module_index, args } => {
                let module = self.scopes[scope].modules.get(*module_index as usize).copied();
                let module = module.ok_or_else(|| missing("core module"))?;
                let mut given = HashMap::new();
                for arg in args {
                    self.step()?;
                    given.insert(arg.name, self.core_instance_value(scope, arg.index)?);
                }
                let step = self.instantiate_core(module, given)?;
                CoreInstanceValue::Made { step, module }
            }
            Instance::FromExports(exports) => {
                let mut items = HashMap::new();
                for export in exports {
                    let name = self.name(export.name)?;
                    let space = self.scopes[scope].core.space(export.kind);
                    let item =
                        space.get(export.index as usize).cloned().ok_or_else(|| missing("core item"))?;
                    items.insert(name, item);
                }
                CoreInstanceValue::Exports(Arc::new(items))
            }
        };
        self.scopes[scope].core.instances.push(value);
        Ok(())
    }

    pub(super) fn core_alias(
        &mut self,
        scope: ScopeId,
        kind: ExternalKind,
        instance: u32,
        name: &str,
    ) -> Result<()> {
        let instance = self.core_instance_value(scope, instance)?;
        let item = self.core_export(&instance, name)?;
        self.scopes[scope].core.space(kind).push(item);
        Ok(())
    }

    fn core_instance_value(&self, scope: ScopeId, index: u32) -> Result<CoreInstanceValue> {
        let instance = self.scopes[scope].core.instances.get(index as usize).cloned();
        instance.ok_or_else(|| missing("core instance"))
    }

    fn core_export(&mut self, instance: &CoreInstanceValue, name: &str) -> Result<CoreDef> {
        match instance {
            CoreInstanceValue::Made { step, module } => {
                let export = match *module {
                    ModuleSource::Static(module) => {
                        let export = self.program.modules[module].get_export_index(name);
                        CoreExport::At(export.ok_or_else(|| missing(name))?)
                    }
                    ModuleSource::Leaf(_) => CoreExport::Named(self.name(name)?),
                };
                Ok(CoreDef::Export { instance: *step, export })
            }
            CoreInstanceValue::Exports(items) => items.get(name).cloned().ok_or_else(|| missing(name)),
        }
    }

    fn instantiate_core(
        &mut self,
        module: ModuleSource,
        given: HashMap<&'d str, CoreInstanceValue>,
    ) -> Result<usize> {
        let step = match module {
            ModuleSource::Static(index) => {
                let known = self.program.modules[index].clone();
                let mut ordered = Vec::with_capacity(known.imports().len());
                for import in known.imports() {
                    self.step()?;
                    let instance = given.get(import.module()).ok_or_else(|| missing(import.module()))?;
                    ordered.push(self.core_export(instance, import.name())?);
                }
                Instantiate { module, args: CoreArgs::Ordered(ordered) }
            }
            ModuleSource::Leaf(_) => {
                let mut args = HashMap::with_capacity(given.len());
                for (name, instance) in given {
                    let arg = match instance {
                        CoreInstanceValue::Made { step, .. } => CoreArg::Instance(step),
                        CoreInstanceValue::Exports(items) => CoreArg::Items(items),
                    };
                    args.insert(self.name(name)?, arg);
                }
                Instantiate { module, args: CoreArgs::Named(args) }
            }
        };
        self.add_step(step)
    }
}
