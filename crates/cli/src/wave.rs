//! Values of components as text: WAVE, in which arguments are given and results are printed.
//!
//! Owns how the engine's values and types look to the parser and writer of that format.
//! It does not call anything.

use sarsen_component::{Type, Val};
use std::borrow::Cow;
use wasm_wave::wasm::{WasmType, WasmTypeKind, WasmValue, WasmValueError};

/// The value that a text spells for a type.
///
/// # Errors
/// Where the text is none.
pub(crate) fn parse(ty: &Type, text: &str) -> Result<Val, String> {
    wasm_wave::from_str::<Value>(&WaveType(ty.clone()), text)
        .map(|value| value.0)
        .map_err(|error| error.to_string())
}

/// The arguments of a call: `add(1, {x: 2})`, or without a name and parentheses.
///
/// # Errors
/// Where the text is no call of a function with such parameters.
pub(crate) fn parse_call(text: &str, params: &[(String, Type)]) -> Result<Vec<Val>, String> {
    let call = wasm_wave::untyped::UntypedFuncCall::parse(text).map_err(|error| error.to_string())?;
    let types: Vec<WaveType> = params.iter().map(|(_, ty)| WaveType(ty.clone())).collect();
    let values = call.to_wasm_params::<Value>(types.iter());
    Ok(values.map_err(|error| error.to_string())?.into_iter().map(|value| value.0).collect())
}

/// A value as text.
pub(crate) fn text(value: &Val) -> String {
    if let Val::Resource(resource) = value {
        return format!("<{}>", resource.ty());
    }
    wasm_wave::to_string(&Value(value.clone())).unwrap_or_else(|_| "<a value that has no text>".to_owned())
}

/// A type, for the format.
#[derive(Clone)]
struct WaveType(Type);

/// A value, for the format.
#[derive(Clone)]
struct Value(Val);

impl WasmType for WaveType {
    fn kind(&self) -> WasmTypeKind {
        match &self.0 {
            Type::Bool => WasmTypeKind::Bool,
            Type::S8 => WasmTypeKind::S8,
            Type::U8 => WasmTypeKind::U8,
            Type::S16 => WasmTypeKind::S16,
            Type::U16 => WasmTypeKind::U16,
            Type::S32 => WasmTypeKind::S32,
            Type::U32 => WasmTypeKind::U32,
            Type::S64 => WasmTypeKind::S64,
            Type::U64 => WasmTypeKind::U64,
            Type::Float32 => WasmTypeKind::F32,
            Type::Float64 => WasmTypeKind::F64,
            Type::Char => WasmTypeKind::Char,
            Type::String => WasmTypeKind::String,
            Type::List(_) => WasmTypeKind::List,
            Type::FixedLengthList(_) => WasmTypeKind::FixedLengthList,
            Type::Map(_) => WasmTypeKind::Map,
            Type::Record(_) => WasmTypeKind::Record,
            Type::Tuple(_) => WasmTypeKind::Tuple,
            Type::Variant(_) => WasmTypeKind::Variant,
            Type::Enum(_) => WasmTypeKind::Enum,
            Type::Option(_) => WasmTypeKind::Option,
            Type::Result(_) => WasmTypeKind::Result,
            Type::Flags(_) => WasmTypeKind::Flags,
            _ => WasmTypeKind::Unsupported,
        }
    }

    fn list_element_type(&self) -> Option<Self> {
        match &self.0 {
            Type::List(ty) => Some(WaveType(ty.ty())),
            Type::FixedLengthList(ty) => Some(WaveType(ty.ty())),
            _ => None,
        }
    }

    fn record_fields(&self) -> Box<dyn Iterator<Item = (Cow<'_, str>, Self)> + '_> {
        match &self.0 {
            Type::Record(ty) => Box::new(ty.fields().map(|field| (field.name.into(), WaveType(field.ty)))),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn tuple_element_types(&self) -> Box<dyn Iterator<Item = Self> + '_> {
        match &self.0 {
            Type::Tuple(ty) => Box::new(ty.types().map(WaveType)),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn variant_cases(&self) -> Box<dyn Iterator<Item = (Cow<'_, str>, Option<Self>)> + '_> {
        match &self.0 {
            Type::Variant(ty) => Box::new(ty.cases().map(|case| (case.name.into(), case.ty.map(WaveType)))),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn enum_cases(&self) -> Box<dyn Iterator<Item = Cow<'_, str>> + '_> {
        match &self.0 {
            Type::Enum(ty) => Box::new(ty.names().map(Cow::Borrowed)),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn option_some_type(&self) -> Option<Self> {
        match &self.0 {
            Type::Option(ty) => Some(WaveType(ty.ty())),
            _ => None,
        }
    }

    fn result_types(&self) -> Option<(Option<Self>, Option<Self>)> {
        match &self.0 {
            Type::Result(ty) => Some((ty.ok().map(WaveType), ty.err().map(WaveType))),
            _ => None,
        }
    }

    fn flags_names(&self) -> Box<dyn Iterator<Item = Cow<'_, str>> + '_> {
        match &self.0 {
            Type::Flags(ty) => Box::new(ty.names().map(Cow::Borrowed)),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn map_key_value_types(&self) -> Option<(Self, Self)> {
        match &self.0 {
            Type::Map(ty) => Some((WaveType(ty.key()), WaveType(ty.value()))),
            _ => None,
        }
    }
}

/// Declares the values that are the same in Rust.
macro_rules! simple {
    ($($make:ident $unwrap:ident $variant:ident $ty:ty;)*) => {
        $(fn $make(value: $ty) -> Self {
            Value(Val::$variant(value))
        }

        fn $unwrap(&self) -> $ty {
            match &self.0 {
                Val::$variant(value) => *value,
                _ => <$ty>::default(),
            }
        })*
    };
}

fn boxed(value: Option<Value>) -> Option<Box<Val>> {
    value.map(|value| Box::new(value.0))
}

fn unboxed<'a>(value: &Option<Box<Val>>) -> Option<Cow<'a, Value>> {
    value.as_deref().map(owned)
}

fn owned<'a>(value: &Val) -> Cow<'a, Value> {
    Cow::Owned(Value(value.clone()))
}

fn all(values: impl IntoIterator<Item = Value>) -> Vec<Val> {
    values.into_iter().map(|value| value.0).collect()
}

impl WasmValue for Value {
    type Type = WaveType;

    fn kind(&self) -> WasmTypeKind {
        match &self.0 {
            Val::Bool(_) => WasmTypeKind::Bool,
            Val::S8(_) => WasmTypeKind::S8,
            Val::U8(_) => WasmTypeKind::U8,
            Val::S16(_) => WasmTypeKind::S16,
            Val::U16(_) => WasmTypeKind::U16,
            Val::S32(_) => WasmTypeKind::S32,
            Val::U32(_) => WasmTypeKind::U32,
            Val::S64(_) => WasmTypeKind::S64,
            Val::U64(_) => WasmTypeKind::U64,
            Val::Float32(_) => WasmTypeKind::F32,
            Val::Float64(_) => WasmTypeKind::F64,
            Val::Char(_) => WasmTypeKind::Char,
            Val::String(_) => WasmTypeKind::String,
            Val::List(_) => WasmTypeKind::List,
            Val::FixedLengthList(_) => WasmTypeKind::FixedLengthList,
            Val::Map(_) => WasmTypeKind::Map,
            Val::Record(_) => WasmTypeKind::Record,
            Val::Tuple(_) => WasmTypeKind::Tuple,
            Val::Variant(..) => WasmTypeKind::Variant,
            Val::Enum(_) => WasmTypeKind::Enum,
            Val::Option(_) => WasmTypeKind::Option,
            Val::Result(_) => WasmTypeKind::Result,
            Val::Flags(_) => WasmTypeKind::Flags,
            _ => WasmTypeKind::Unsupported,
        }
    }

    simple! {
        make_bool unwrap_bool Bool bool;
        make_s8 unwrap_s8 S8 i8;
        make_u8 unwrap_u8 U8 u8;
        make_s16 unwrap_s16 S16 i16;
        make_u16 unwrap_u16 U16 u16;
        make_s32 unwrap_s32 S32 i32;
        make_u32 unwrap_u32 U32 u32;
        make_s64 unwrap_s64 S64 i64;
        make_u64 unwrap_u64 U64 u64;
        make_f32 unwrap_f32 Float32 f32;
        make_f64 unwrap_f64 Float64 f64;
        make_char unwrap_char Char char;
    }

    fn make_string(value: Cow<str>) -> Self {
        Value(Val::String(value.into_owned()))
    }

    fn make_list(ty: &WaveType, values: impl IntoIterator<Item = Self>) -> Result<Self, WasmValueError> {
        let values = all(values);
        match &ty.0 {
            Type::FixedLengthList(ty) if values.len() != ty.len() as usize => {
                Err(WasmValueError::Other(format!("expected {} items, found {}", ty.len(), values.len())))
            }
            Type::FixedLengthList(_) => Ok(Value(Val::FixedLengthList(values))),
            _ => Ok(Value(Val::List(values))),
        }
    }

    fn make_record<'a>(
        ty: &WaveType,
        fields: impl IntoIterator<Item = (&'a str, Self)>,
    ) -> Result<Self, WasmValueError> {
        let mut given: Vec<(&str, Value)> = fields.into_iter().collect();
        let mut ordered = Vec::with_capacity(given.len());
        for (name, _) in ty.record_fields() {
            let found = given.iter().position(|(other, _)| *other == name);
            let found = found.ok_or_else(|| WasmValueError::Other(format!("field `{name}` is missing")))?;
            ordered.push((name.into_owned(), given.swap_remove(found).1.0));
        }
        match given.first() {
            Some((name, _)) => Err(WasmValueError::Other(format!("there is no field `{name}`"))),
            None => Ok(Value(Val::Record(ordered))),
        }
    }

    fn make_tuple(_: &WaveType, values: impl IntoIterator<Item = Self>) -> Result<Self, WasmValueError> {
        Ok(Value(Val::Tuple(all(values))))
    }

    fn make_variant(_: &WaveType, case: &str, value: Option<Self>) -> Result<Self, WasmValueError> {
        Ok(Value(Val::Variant(case.to_owned(), boxed(value))))
    }

    fn make_enum(_: &WaveType, case: &str) -> Result<Self, WasmValueError> {
        Ok(Value(Val::Enum(case.to_owned())))
    }

    fn make_option(_: &WaveType, value: Option<Self>) -> Result<Self, WasmValueError> {
        Ok(Value(Val::Option(boxed(value))))
    }

    fn make_result(_: &WaveType, value: Result<Option<Self>, Option<Self>>) -> Result<Self, WasmValueError> {
        Ok(Value(Val::Result(value.map(boxed).map_err(boxed))))
    }

    fn make_flags<'a>(
        _: &WaveType,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, WasmValueError> {
        Ok(Value(Val::Flags(names.into_iter().map(str::to_owned).collect())))
    }

    fn make_map(
        _: &WaveType,
        entries: impl IntoIterator<Item = (Self, Self)>,
    ) -> Result<Self, WasmValueError> {
        Ok(Value(Val::Map(entries.into_iter().map(|(key, value)| (key.0, value.0)).collect())))
    }

    fn unwrap_string(&self) -> Cow<'_, str> {
        match &self.0 {
            Val::String(value) => value.into(),
            _ => "".into(),
        }
    }

    fn unwrap_list(&self) -> Box<dyn Iterator<Item = Cow<'_, Self>> + '_> {
        match &self.0 {
            Val::List(values) | Val::FixedLengthList(values) => Box::new(values.iter().map(owned)),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn unwrap_record(&self) -> Box<dyn Iterator<Item = (Cow<'_, str>, Cow<'_, Self>)> + '_> {
        match &self.0 {
            Val::Record(fields) => Box::new(fields.iter().map(|(name, value)| (name.into(), owned(value)))),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn unwrap_tuple(&self) -> Box<dyn Iterator<Item = Cow<'_, Self>> + '_> {
        match &self.0 {
            Val::Tuple(values) => Box::new(values.iter().map(owned)),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn unwrap_variant(&self) -> (Cow<'_, str>, Option<Cow<'_, Self>>) {
        match &self.0 {
            Val::Variant(case, value) => (case.into(), unboxed(value)),
            _ => ("".into(), None),
        }
    }

    fn unwrap_enum(&self) -> Cow<'_, str> {
        match &self.0 {
            Val::Enum(case) => case.into(),
            _ => "".into(),
        }
    }

    fn unwrap_option(&self) -> Option<Cow<'_, Self>> {
        match &self.0 {
            Val::Option(value) => unboxed(value),
            _ => None,
        }
    }

    fn unwrap_result(&self) -> Result<Option<Cow<'_, Self>>, Option<Cow<'_, Self>>> {
        match &self.0 {
            Val::Result(Ok(value)) => Ok(unboxed(value)),
            Val::Result(Err(value)) => Err(unboxed(value)),
            _ => Ok(None),
        }
    }

    fn unwrap_flags(&self) -> Box<dyn Iterator<Item = Cow<'_, str>> + '_> {
        match &self.0 {
            Val::Flags(names) => Box::new(names.iter().map(|name| name.into())),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn unwrap_map(&self) -> Box<dyn Iterator<Item = (Cow<'_, Self>, Cow<'_, Self>)> + '_> {
        match &self.0 {
            Val::Map(pairs) => Box::new(pairs.iter().map(|(key, value)| (owned(key), owned(value)))),
            _ => Box::new(std::iter::empty()),
        }
    }
}
