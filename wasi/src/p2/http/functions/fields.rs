//! Functions on fields.

use super::{Failure, Outcome, resource, told, value};
use crate::p2::holding;
use crate::p2::http::ctx::{WasiHttpCtxView, WasiHttpView};
use crate::p2::http::fields::{Fields, FieldsError, HeaderError};
use crate::p2::http::http_functions;
use sarsen::Result;
use sarsen_component::{LinkerInstance, Resource};

type Handle = Resource<Fields>;
type List = Vec<(String, Vec<u8>)>;

impl From<FieldsError> for Failure<HeaderError> {
    fn from(error: FieldsError) -> Failure<HeaderError> {
        match error {
            FieldsError::Header(error) => Failure::Error(error),
            FieldsError::TooLarge => Failure::Trap(sarsen::Error::msg("fields become too large")),
        }
    }
}

pub(super) fn define<T: WasiHttpView + Send + 'static>(linker: &mut LinkerInstance<'_, T>) -> Result<()> {
    resource::<T, Fields>(linker, "fields")?;
    http_functions! { linker, value;
        "[constructor]fields" = fields_new();
        "[method]fields.get" = fields_get(fields: Handle, name: String);
        "[method]fields.has" = fields_has(fields: Handle, name: String);
        "[method]fields.entries" = fields_entries(fields: Handle);
        "[method]fields.clone" = fields_clone(fields: Handle);
    }
    http_functions! { linker, told;
        "[static]fields.from-list" = fields_from_list(list: List);
        "[method]fields.set" = fields_set(fields: Handle, name: String, values: Vec<Vec<u8>>);
        "[method]fields.delete" = fields_delete(fields: Handle, name: String);
        "[method]fields.append" = fields_append(fields: Handle, name: String, value: Vec<u8>);
    }
    Ok(())
}

impl WasiHttpCtxView<'_> {
    fn fields_new(&mut self) -> Result<Handle> {
        Ok(self.table.push(Fields::default())?)
    }

    fn fields_from_list(&mut self, list: List) -> Outcome<Handle, HeaderError> {
        Ok(holding::push(self.table, Fields::from_list(list)?)?)
    }

    fn fields_get(&mut self, fields: Handle, name: String) -> Result<Vec<Vec<u8>>> {
        Ok(self.table.get(&fields)?.get(&name))
    }

    fn fields_has(&mut self, fields: Handle, name: String) -> Result<bool> {
        Ok(self.table.get(&fields)?.has(&name))
    }

    fn fields_set(&mut self, fields: Handle, name: String, values: Vec<Vec<u8>>) -> Outcome<(), HeaderError> {
        self.table.get_mut(&fields)?.set(&name, &values)?;
        Ok(holding::weigh(self.table, &fields)?)
    }

    fn fields_delete(&mut self, fields: Handle, name: String) -> Outcome<(), HeaderError> {
        self.table.get_mut(&fields)?.delete(&name)?;
        Ok(holding::weigh(self.table, &fields)?)
    }

    fn fields_append(&mut self, fields: Handle, name: String, value: Vec<u8>) -> Outcome<(), HeaderError> {
        self.table.get_mut(&fields)?.append(name, &value)?;
        Ok(holding::weigh(self.table, &fields)?)
    }

    fn fields_entries(&mut self, fields: Handle) -> Result<List> {
        Ok(self.table.get(&fields)?.entries())
    }

    fn fields_clone(&mut self, fields: Handle) -> Result<Handle> {
        let copy = self.table.get(&fields)?.mutable();
        Ok(holding::push(self.table, copy)?)
    }
}
