//! Values of components' types, and what is compared of them.
//!
//! It owns which strings and lengths are tried. Resources have no identity that two stores share: of them, only who owns them is
//! compared.

use super::Guest;
use crate::random::Random;
use crate::value::{f32, f64, integer};
use sarsen::StoreContextMut;
use sarsen_component::{ResourceDynamic, ResourceType, Type, Val};

/// Parts of all arguments of a call: types that share others can have more than there is room for.
const PARTS: usize = 500;
/// Types of resources that the host defines at most.
pub(super) const RESOURCES: u32 = 16;
/// Strings whose encodings differ in length, with what is hard to find the end of.
const STRINGS: [&str; 7] = ["", "a", "sarsen", "gr\u{fc}n", "\u{20ac}", "\u{1f5ff}\u{0}x", "\u{ffff}\u{100}"];

/// Values for one call.
pub(super) struct Values<'a, 'b> {
    pub(super) store: &'a mut StoreContextMut<'b, Guest>,
    pub(super) random: &'a mut Random,
    parts: usize,
}

impl<'a, 'b> Values<'a, 'b> {
    pub(super) fn new(store: &'a mut StoreContextMut<'b, Guest>, random: &'a mut Random) -> Values<'a, 'b> {
        Values { store, random, parts: 0 }
    }

    /// A value of this type; none if there are none, or it would be too big.
    pub(super) fn of_type(&mut self, ty: &Type) -> Option<Val> {
        self.parts += 1;
        if self.parts > PARTS {
            return None;
        }
        Some(match ty {
            Type::Bool => Val::Bool(self.random.flip()),
            Type::S8 => Val::S8(self.integer() as i8),
            Type::U8 => Val::U8(self.integer() as u8),
            Type::S16 => Val::S16(self.integer() as i16),
            Type::U16 => Val::U16(self.integer() as u16),
            Type::S32 => Val::S32(self.integer() as i32),
            Type::U32 => Val::U32(self.integer() as u32),
            Type::S64 => Val::S64(self.integer() as i64),
            Type::U64 => Val::U64(self.integer()),
            Type::Float32 => Val::Float32(f32::from_bits(f32(self.random))),
            Type::Float64 => Val::Float64(f64::from_bits(f64(self.random))),
            Type::Char => Val::Char(char::from_u32(self.integer() as u32).unwrap_or('\u{d7ff}')),
            Type::String => Val::String(STRINGS[self.below(STRINGS.len())].repeat(self.below(4))),
            Type::List(ty) => Val::List(self.list(&ty.ty())?),
            Type::Map(ty) => {
                let length = self.below(3);
                let pairs = (0..length).map(|_| Some((self.of_type(&ty.key())?, self.of_type(&ty.value())?)));
                Val::Map(pairs.collect::<Option<_>>()?)
            }
            Type::FixedLengthList(ty) => {
                Val::FixedLengthList((0..ty.len()).map(|_| self.of_type(&ty.ty())).collect::<Option<_>>()?)
            }
            Type::Record(ty) => {
                let fields = ty.fields().map(|field| Some((field.name.to_owned(), self.of_type(&field.ty)?)));
                Val::Record(fields.collect::<Option<_>>()?)
            }
            Type::Tuple(ty) => Val::Tuple(ty.types().map(|ty| self.of_type(&ty)).collect::<Option<_>>()?),
            Type::Variant(ty) => {
                let case = ty.cases().nth(self.below(ty.cases().len()))?;
                Val::Variant(case.name.to_owned(), self.boxed(case.ty)?)
            }
            Type::Enum(ty) => Val::Enum(ty.names().nth(self.below(ty.names().len()))?.to_owned()),
            Type::Option(ty) => {
                Val::Option(if self.random.flip() { self.boxed(Some(ty.ty()))? } else { None })
            }
            Type::Result(ty) => Val::Result(match self.random.flip() {
                true => Ok(self.boxed(ty.ok())?),
                false => Err(self.boxed(ty.err())?),
            }),
            Type::Flags(ty) => {
                Val::Flags(ty.names().filter(|_| self.random.flip()).map(str::to_owned).collect())
            }
            Type::Own(ty) => self.resource(*ty, true)?,
            Type::Borrow(ty) => self.resource(*ty, false)?,
            // Nothing waits here, and what can only be waited for has no values.
            _ => return None,
        })
    }

    fn below(&mut self, bound: usize) -> usize {
        self.random.below(bound)
    }

    fn integer(&mut self) -> u64 {
        integer(self.random)
    }

    fn list(&mut self, ty: &Type) -> Option<Vec<Val>> {
        let length = self.below(4);
        (0..length).map(|_| self.of_type(ty)).collect()
    }

    /// What comes with a case; none within if nothing does.
    fn boxed(&mut self, ty: Option<Type>) -> Option<Option<Box<Val>>> {
        Some(match ty {
            Some(ty) => Some(Box::new(self.of_type(&ty)?)),
            None => None,
        })
    }

    /// One that the host holds, or a new one of its own; one that is passed on is held no more.
    fn resource(&mut self, ty: ResourceType, is_owned: bool) -> Option<Val> {
        let held = &mut self.store.data_mut().held;
        let index = match held.iter().position(|held| held.ty() == ty) {
            Some(index) => index,
            None => {
                let number = (0..RESOURCES).find(|number| ResourceType::host_dynamic(*number) == ty)?;
                let new = ResourceDynamic::new_own(self.random.next_u64() as u32, number);
                let any = new.try_into_resource_any(&mut *self.store).ok()?;
                let held = &mut self.store.data_mut().held;
                held.push(any);
                held.len() - 1
            }
        };
        let held = &mut self.store.data_mut().held;
        Some(Val::Resource(if is_owned { held.swap_remove(index) } else { held[index] }))
    }
}

/// Keeps the resources in a value that are the host's now.
pub(super) fn keep(value: &Val, guest: &mut Guest) {
    match value {
        Val::Resource(any) if any.owned() => guest.held.push(*any),
        Val::List(items) | Val::Tuple(items) | Val::FixedLengthList(items) => {
            items.iter().for_each(|item| keep(item, guest));
        }
        Val::Record(fields) => fields.iter().for_each(|(_, field)| keep(field, guest)),
        Val::Map(pairs) => pairs.iter().for_each(|(key, value)| {
            keep(key, guest);
            keep(value, guest);
        }),
        Val::Variant(_, Some(value))
        | Val::Option(Some(value))
        | Val::Result(Ok(Some(value)) | Err(Some(value))) => keep(value, guest),
        _ => {}
    }
}

/// A value for comparison.
pub(super) fn printed(value: &Val) -> String {
    let all = |items: &[Val]| items.iter().map(printed).collect::<Vec<_>>().join(", ");
    let some = |value: &Option<Box<Val>>| value.as_ref().map_or_else(String::new, |value| printed(value));
    match value {
        Val::Resource(any) => format!("resource {}", any.owned()),
        Val::Float32(float) if float.is_nan() => "nan".to_owned(),
        Val::Float64(float) if float.is_nan() => "nan".to_owned(),
        Val::List(items) | Val::Tuple(items) | Val::FixedLengthList(items) => format!("[{}]", all(items)),
        Val::Record(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|(name, value)| format!("{name}: {}", printed(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Val::Map(pairs) => {
            let pairs: Vec<_> =
                pairs.iter().map(|(key, value)| format!("{}: {}", printed(key), printed(value))).collect();
            format!("{{{}}}", pairs.join(", "))
        }
        Val::Variant(name, value) => format!("{name}({})", some(value)),
        Val::Option(value) => format!("option({})", some(value)),
        Val::Result(Ok(value)) => format!("ok({})", some(value)),
        Val::Result(Err(value)) => format!("error({})", some(value)),
        scalar => format!("{scalar:?}"),
    }
}
