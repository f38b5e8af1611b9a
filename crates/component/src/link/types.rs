//! Types: declarations to what they are where they stand. An instance type that is imported becomes an instance, whose exports
//! will be given.

use super::exports::exported;
use super::scope::{InstanceItems, InstanceValue, ItemValue, ScopeId, TypeValue};
use super::{Linking, missing};
use crate::names::Names;
use crate::program::{FuncSource, Import, ModuleSource};
use crate::types::{
    Case, FuncDef, ListKind, RecordKind, ResourceIndex, Scalar, TypeDef, TypeIndex, VariantKind,
};
use sarsen::{Error, ErrorKind, Result};
use std::sync::Arc;
use wasmparser::{
    ComponentAlias, ComponentDefinedType, ComponentExternalKind, ComponentFuncType, ComponentOuterAliasKind,
    ComponentType, ComponentValType, InstanceTypeDeclaration, PrimitiveValType,
};

impl<'d> Linking<'d> {
    pub(super) fn component_type(
        &mut self,
        scope: ScopeId,
        ty: &'d ComponentType<'d>,
    ) -> Result<TypeValue<'d>> {
        self.step()?;
        Ok(match ty {
            ComponentType::Defined(ty) => TypeValue::Value(self.defined_type(scope, ty)?),
            ComponentType::Func(ty) => TypeValue::Func(self.func_type(scope, ty)?),
            ComponentType::Instance(declarations) => TypeValue::Instance(declarations, scope),
            ComponentType::Component(_) => TypeValue::Component,
            ComponentType::Resource { dtor, .. } => {
                let destructor = dtor.map(|func| self.scopes[scope].core.func(func)).transpose()?;
                let instance = self.scopes[scope].instance;
                let resource = ResourceIndex(self.program.resources.len() as u32);
                self.program.resources.push(crate::program::Resource::Defined { instance, destructor });
                TypeValue::Resource(resource)
            }
        })
    }

    fn func_type(
        &mut self,
        scope: ScopeId,
        ty: &ComponentFuncType<'_>,
    ) -> Result<crate::types::FuncTypeIndex> {
        let mut params = Vec::with_capacity(ty.params.len());
        for (name, ty) in &ty.params {
            params.push((self.name(name)?, self.value_type(scope, *ty)?));
        }
        let result = self.optional_type(scope, ty.result)?;
        self.program.types.add_func(FuncDef { params: params.into(), result, is_async: ty.async_ })
    }

    pub(super) fn optional_type(
        &mut self,
        scope: ScopeId,
        ty: Option<ComponentValType>,
    ) -> Result<Option<TypeIndex>> {
        ty.map(|ty| self.value_type(scope, ty)).transpose()
    }

    fn value_type(&mut self, scope: ScopeId, ty: ComponentValType) -> Result<TypeIndex> {
        match ty {
            ComponentValType::Primitive(ty) => self.program.types.add(primitive(ty)),
            ComponentValType::Type(index) => match self.scopes[scope].ty(index)? {
                TypeValue::Value(ty) => Ok(ty),
                _ => Err(missing("value type")),
            },
        }
    }

    fn defined_type(&mut self, scope: ScopeId, ty: &ComponentDefinedType<'_>) -> Result<TypeIndex> {
        let def = match ty {
            ComponentDefinedType::Primitive(ty) => primitive(*ty),
            ComponentDefinedType::Record(fields) => {
                let mut parts = Vec::with_capacity(fields.len());
                for (name, ty) in fields {
                    parts.push((self.name(name)?, self.value_type(scope, *ty)?));
                }
                return self.program.types.add_record(parts, RecordKind::Record);
            }
            ComponentDefinedType::Tuple(types) => return self.tuple(scope, types),
            ComponentDefinedType::Variant(cases) => {
                let mut parts = Vec::with_capacity(cases.len());
                for case in cases {
                    let ty = self.optional_type(scope, case.ty)?;
                    parts.push(Case { name: self.name(case.name)?, ty });
                }
                TypeDef::Variant(parts.into(), VariantKind::Variant)
            }
            ComponentDefinedType::Enum(names) => {
                let cases = names.iter().map(|name| Ok(Case { name: self.name(name)?, ty: None }));
                TypeDef::Variant(cases.collect::<Result<_>>()?, VariantKind::Enum)
            }
            ComponentDefinedType::Option(ty) => {
                let some = Some(self.value_type(scope, *ty)?);
                variant([("none", None), ("some", some)], VariantKind::Option)
            }
            ComponentDefinedType::Result { ok, err } => {
                let (ok, err) = (self.optional_type(scope, *ok)?, self.optional_type(scope, *err)?);
                variant([("ok", ok), ("error", err)], VariantKind::Result)
            }
            ComponentDefinedType::Flags(names) => {
                TypeDef::Flags(names.iter().map(|name| self.name(name)).collect::<Result<_>>()?)
            }
            ComponentDefinedType::List(item) => TypeDef::List(self.value_type(scope, *item)?, ListKind::List),
            ComponentDefinedType::Map(key, value) => {
                let pair = self.tuple(scope, &[*key, *value])?;
                TypeDef::List(pair, ListKind::Map)
            }
            ComponentDefinedType::FixedLengthList(item, count) => {
                TypeDef::Array(self.value_type(scope, *item)?, *count)
            }
            ComponentDefinedType::Own(index) => TypeDef::Own(self.resource(scope, *index)?),
            ComponentDefinedType::Borrow(index) => TypeDef::Borrow(self.resource(scope, *index)?),
            ComponentDefinedType::Stream(ty) => TypeDef::Stream(self.optional_type(scope, *ty)?),
            ComponentDefinedType::Future(ty) => TypeDef::Future(self.optional_type(scope, *ty)?),
        };
        self.program.types.add(def)
    }

    fn tuple(&mut self, scope: ScopeId, types: &[ComponentValType]) -> Result<TypeIndex> {
        let mut parts = Vec::with_capacity(types.len());
        for ty in types {
            self.step()?;
            parts.push(self.value_type(scope, *ty)?);
        }
        self.program.types.add_tuple(parts)
    }

    pub(super) fn resource(&self, scope: ScopeId, index: u32) -> Result<ResourceIndex> {
        match self.scopes[scope].ty(index)? {
            TypeValue::Resource(resource) => Ok(resource),
            _ => Err(missing("resource type")),
        }
    }

    /// An instance of a declared type whose exports are imported under a path of names.
    pub(super) fn imported_instance(
        &mut self,
        declarations: &'d [InstanceTypeDeclaration<'d>],
        at: ScopeId,
        path: &mut Vec<Arc<str>>,
    ) -> Result<InstanceValue<'d>> {
        let instance = self.scopes[at].instance;
        let scope = self.open(Some(at), instance)?;
        for declaration in declarations {
            self.step()?;
            match declaration {
                InstanceTypeDeclaration::CoreType(_) => {}
                InstanceTypeDeclaration::Type(ty) => {
                    let value = self.component_type(scope, ty)?;
                    self.scopes[scope].types.push(value);
                }
                InstanceTypeDeclaration::Alias(alias) => self.declared_alias(scope, alias)?,
                InstanceTypeDeclaration::Export { name, ty } => {
                    let name = self.name(name.name)?;
                    path.push(Arc::clone(&name));
                    let value = self.imported(scope, path, ty)?;
                    path.pop();
                    self.scopes[scope].push(&value);
                    self.scopes[scope].exports.insert(name, value);
                }
            }
        }
        InstanceItems::gather(std::mem::take(&mut self.scopes[scope].exports))
    }

    fn declared_alias(&mut self, scope: ScopeId, alias: &ComponentAlias<'d>) -> Result<()> {
        let value = match alias {
            ComponentAlias::InstanceExport { kind, instance_index, name } => {
                self.instance_export(scope, *kind, *instance_index, name)?
            }
            ComponentAlias::Outer { kind: ComponentOuterAliasKind::Type, count, index } => {
                let outer = self.outer(scope, *count)?;
                self.scopes[outer].get(ComponentExternalKind::Type, *index)?
            }
            // Core types are not looked at.
            _ => return Ok(()),
        };
        self.scopes[scope].push(&value);
        Ok(())
    }

    /// What embedders see of an import.
    pub(super) fn describe(&self, value: &ItemValue<'d>) -> Result<Import> {
        Ok(match value {
            ItemValue::Func(FuncSource::Leaf(_), ty) => Import::Func(*ty),
            ItemValue::Module(ModuleSource::Leaf(_)) => Import::Module,
            ItemValue::Type(TypeValue::Resource(resource)) => Import::Resource(*resource),
            ItemValue::Type(ty) => Import::Type(exported(ty)),
            ItemValue::Instance(items) => {
                let mut imports = Names::default();
                for (name, item) in items.iter() {
                    imports.insert(Arc::clone(name), self.describe(item)?);
                }
                Import::Instance(Arc::new(imports))
            }
            ItemValue::Component(_) | ItemValue::Func(..) | ItemValue::Module(_) => {
                return Err(Error::of(ErrorKind::Bug, "an import that is not imported"));
            }
        })
    }
}

fn variant<const N: usize>(cases: [(&str, Option<TypeIndex>); N], kind: VariantKind) -> TypeDef {
    TypeDef::Variant(cases.map(|(name, ty)| Case { name: name.into(), ty }).into(), kind)
}

fn primitive(ty: PrimitiveValType) -> TypeDef {
    TypeDef::Scalar(match ty {
        PrimitiveValType::Bool => Scalar::Bool,
        PrimitiveValType::S8 => Scalar::S8,
        PrimitiveValType::U8 => Scalar::U8,
        PrimitiveValType::S16 => Scalar::S16,
        PrimitiveValType::U16 => Scalar::U16,
        PrimitiveValType::S32 => Scalar::S32,
        PrimitiveValType::U32 => Scalar::U32,
        PrimitiveValType::S64 => Scalar::S64,
        PrimitiveValType::U64 => Scalar::U64,
        PrimitiveValType::F32 => Scalar::F32,
        PrimitiveValType::F64 => Scalar::F64,
        PrimitiveValType::Char => Scalar::Char,
        PrimitiveValType::String => return TypeDef::String,
        PrimitiveValType::ErrorContext => return TypeDef::ErrorContext,
    })
}
