//! Core instances: those that modules make, and those that only gather what others have.

use super::scope::{CoreInstanceValue, ScopeId};
use super::{Linking, missing};
use crate::program::{CoreArg, CoreArgs, CoreDef, CoreExport, Instantiate, ModuleSource};
use sarsen::Result;
use std::rc::Rc;
use std::sync::Arc;
use wasmparser::{ExternalKind, Instance};

impl<'d> Linking<'d> {
    pub(super) fn core_instance(&mut self, scope: ScopeId, instance: &'d Instance<'d>) -> Result<()> {
        let value = match instance {
            Instance::Instantiate { module_index, args } => {
                let module = self.scopes[scope].modules.get(*module_index as usize).copied();
                let module = module.ok_or_else(|| missing("core module"))?;
                let mut given: Vec<(Arc<str>, CoreInstanceValue)> = Vec::new();
                for arg in args {
                    self.step()?;
                    let instance = self.core_instance_value(scope, arg.index)?;
                    given.push((arg.name.into(), instance));
                }
                let step = self.instantiate_core(module, given)?;
                CoreInstanceValue::Made { step, module }
            }
            Instance::FromExports(exports) => {
                let mut items = Vec::new();
                for export in exports {
                    self.step()?;
                    let space = self.scopes[scope].core.space(export.kind);
                    let item =
                        space.get(export.index as usize).cloned().ok_or_else(|| missing("core item"))?;
                    items.push((Arc::from(export.name), item));
                }
                CoreInstanceValue::Exports(Rc::new(items))
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

    fn core_export(&self, instance: &CoreInstanceValue, name: &str) -> Result<CoreDef> {
        match instance {
            CoreInstanceValue::Made { step, module } => {
                let export = match *module {
                    ModuleSource::Static(module) => {
                        let export = self.program.modules[module].get_export_index(name);
                        CoreExport::At(export.ok_or_else(|| missing(name))?)
                    }
                    ModuleSource::Leaf(_) => CoreExport::Named(name.into()),
                };
                Ok(CoreDef::Export { instance: *step, export })
            }
            CoreInstanceValue::Exports(items) => {
                let found = items.iter().find(|(other, _)| **other == *name);
                found.map(|(_, item)| item.clone()).ok_or_else(|| missing(name))
            }
        }
    }

    fn instantiate_core(
        &mut self,
        module: ModuleSource,
        given: Vec<(Arc<str>, CoreInstanceValue)>,
    ) -> Result<usize> {
        let find = |linking: &Linking<'d>, module: &str, name: &str| {
            let (_, instance) =
                given.iter().find(|(other, _)| **other == *module).ok_or_else(|| missing(module))?;
            linking.core_export(instance, name)
        };
        let step = match module {
            ModuleSource::Static(index) => {
                let known = self.program.modules[index].clone();
                let mut ordered = Vec::with_capacity(known.imports().len());
                for import in known.imports() {
                    self.step()?;
                    ordered.push(find(self, import.module(), import.name())?);
                }
                Instantiate { module, args: CoreArgs::Ordered(ordered) }
            }
            ModuleSource::Leaf(_) => {
                let args = given.into_iter().map(|(name, instance)| match instance {
                    CoreInstanceValue::Made { step, .. } => (name, CoreArg::Instance(step)),
                    CoreInstanceValue::Exports(items) => (name, CoreArg::Items(items.to_vec())),
                });
                Instantiate { module, args: CoreArgs::Named(args.collect()) }
            }
        };
        self.add_step(step)
    }
}
