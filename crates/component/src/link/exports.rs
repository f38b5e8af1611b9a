//! What embedders see of exports: what their types declare. An instance can have more than its type says, if it was exported or
//! passed on with a narrower one.

use super::scope::{InstanceItems, InstanceValue, ItemValue, TypeValue};
use super::{Linking, missing};
use crate::names::Names;
use crate::program::{Export, ExportedType};
use sarsen::Result;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use wasmparser::component_types::{ComponentEntityType, ComponentInstanceTypeId};

/// Instances that have been looked at, with their types: instances of instances of instances can be very many.
type Known<'d> = HashMap<(*const InstanceItems<'d>, ComponentInstanceTypeId), Arc<Names<Export>>>;

impl<'d> Linking<'d> {
    /// The exports of the root.
    pub(super) fn exports(&mut self, values: &Names<ItemValue<'d>>) -> Result<Names<Export>> {
        let (mut exports, mut known) = (Names::default(), Known::new());
        for (name, value) in values.iter() {
            let declared = self.types.component_item_for_export(name).ok_or_else(|| missing(name))?;
            exports.insert(Arc::clone(name), self.export(value, declared.ty, &mut known)?);
        }
        Ok(exports)
    }

    fn export(
        &mut self,
        value: &ItemValue<'d>,
        declared: ComponentEntityType,
        known: &mut Known<'d>,
    ) -> Result<Export> {
        Ok(match value {
            ItemValue::Func(source, ty) => Export::Func(*source, *ty),
            ItemValue::Module(source) => Export::Module(*source),
            ItemValue::Type(ty) => Export::Type(exported(ty)),
            ItemValue::Component(_) => Export::Component,
            ItemValue::Instance(instance) => {
                let ComponentEntityType::Instance(ty) = declared else {
                    return Err(missing("instance type"));
                };
                Export::Instance(self.exported_instance(instance, ty, known)?)
            }
        })
    }

    fn exported_instance(
        &mut self,
        instance: &InstanceValue<'d>,
        ty: ComponentInstanceTypeId,
        known: &mut Known<'d>,
    ) -> Result<Arc<Names<Export>>> {
        let key = (Rc::as_ptr(instance), ty);
        if let Some(exports) = known.get(&key) {
            return Ok(Arc::clone(exports));
        }
        let (types, mut exports) = (self.types, Names::default());
        for (name, value) in instance.iter() {
            self.step()?;
            if let Some(declared) = types[ty].exports.get(&**name) {
                exports.insert(Arc::clone(name), self.export(value, declared.ty, known)?);
            }
        }
        let exports = Arc::new(exports);
        known.insert(key, Arc::clone(&exports));
        Ok(exports)
    }
}

/// What embedders see of a type.
pub(super) fn exported(ty: &TypeValue<'_>) -> ExportedType {
    match ty {
        TypeValue::Value(ty) => ExportedType::Value(*ty),
        TypeValue::Func(ty) => ExportedType::Func(*ty),
        TypeValue::Resource(ty) => ExportedType::Resource(*ty),
        TypeValue::Instance(..) | TypeValue::Component => ExportedType::Other,
    }
}
