//! The macros, with what there is to know of them. What they write is `sarsen-component-macros`'s.

/// Implements [`ComponentType`](trait@crate::ComponentType) for a `struct` or an `enum`.
///
/// An attribute says what the type is in WIT: `record` for a struct with fields, `variant` for an enum whose cases may have a
/// value, `enum` for one whose cases have none. Names in WIT are those in Rust in kebab-case, unless `name` says otherwise. Types
/// may have parameters.
///
/// ```
/// use sarsen::{Engine, Result, Store};
/// use sarsen_component::{Component, ComponentType, Lift, Linker, Lower};
///
/// #[derive(ComponentType, Lift, Lower, Clone, PartialEq, Debug)]
/// #[component(record)]
/// struct Pixel {
///     x_position: u32,
///     #[component(name = "colour")]
///     color: Color,
/// }
///
/// #[derive(ComponentType, Lift, Lower, Clone, PartialEq, Debug)]
/// #[component(variant)]
/// enum Color {
///     DarkRed,
///     Gray(u8),
/// }
///
/// # fn main() -> Result<()> {
/// let engine = Engine::default();
/// let component = Component::new(
///     &engine,
///     r#"(component
///         (type $color' (variant (case "dark-red") (case "gray" u8)))
///         (import "color" (type $color (eq $color')))
///         (type $pixel' (record (field "x-position" u32) (field "colour" $color)))
///         (import "pixel" (type $pixel (eq $pixel')))
///         (core module $m
///             (memory (export "memory") 1)
///             (func (export "mirror") (param $x i32) (param $case i32) (param $gray i32) (result i32)
///                 (i32.store (i32.const 8) (i32.sub (i32.const 639) (local.get $x)))
///                 (i32.store8 (i32.const 12) (local.get $case))
///                 (i32.store8 (i32.const 13) (local.get $gray))
///                 (i32.const 8)))
///         (core instance $i (instantiate $m))
///         (func (export "mirror") (param "pixel" $pixel) (result $pixel)
///             (canon lift (core func $i "mirror") (memory (core memory $i "memory")))))"#,
/// )?;
/// let mut store = Store::new(&engine, ());
/// let instance = Linker::new(&engine).instantiate(&mut store, &component)?;
/// let mirror = instance.get_typed_func::<(Pixel,), (Pixel,)>(&mut store, "mirror")?;
/// let (mirrored,) = mirror.call(&mut store, (Pixel { x_position: 600, color: Color::Gray(7) },))?;
/// assert_eq!(mirrored, Pixel { x_position: 39, color: Color::Gray(7) });
/// # Ok(())
/// # }
/// ```
pub use sarsen_component_macros::ComponentType;

/// Implements [`Lift`](trait@crate::Lift) for a type that derives [`ComponentType`](derive@crate::ComponentType): its values can
/// come out of components.
pub use sarsen_component_macros::Lift;

/// Implements [`Lower`](trait@crate::Lower) for a type that derives [`ComponentType`](derive@crate::ComponentType): its values
/// can be passed into components.
pub use sarsen_component_macros::Lower;

/// Declares a type for a set of flags, with the operations of sets.
///
/// ```
/// use sarsen_component::flags;
///
/// flags! {
///     /// What may be done with a file.
///     Access {
///         #[component(name = "read")]
///         const READ;
///         const WRITE;
///         const EXECUTE;
///     }
/// }
///
/// let mut access = Access::READ | Access::EXECUTE;
/// assert!(access.contains(Access::READ));
/// assert_eq!(!access, Access::WRITE);
/// access -= Access::READ;
/// assert_eq!(format!("{access:?}"), "Access(EXECUTE)");
/// assert!(Access::empty().is_empty() && Access::all().contains(access));
/// ```
pub use sarsen_component_macros::flags;
