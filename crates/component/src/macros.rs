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

/// Writes Rust for a world of WIT: traits for what the host has to do, and methods for what the guest can do.
///
/// ```
/// use sarsen::{Engine, Result, Store};
/// use sarsen_component::{Component, HasSelf, Linker, bindgen};
///
/// bindgen!({
///     inline: r#"
///         package example:greeter;
///
///         interface names {
///             variant lookup-error { unknown(u32), denied }
///             find: func(id: u32) -> result<string, lookup-error>;
///         }
///
///         world greeter {
///             import names;
///             export greet: func(id: u32) -> string;
///         }
///     "#,
/// });
///
/// use example::greeter::names::{self, LookupError};
///
/// struct Host {
///     people: Vec<String>,
/// }
///
/// impl names::Host for Host {
///     fn find(&mut self, id: u32) -> Result<String, LookupError> {
///         self.people.get(id as usize).cloned().ok_or(LookupError::Unknown(id))
///     }
/// }
///
/// # const TEXT: &str = r#"(component
/// #     (import "example:greeter/names" (instance $names
/// #         (type $error' (variant (case "unknown" u32) (case "denied")))
/// #         (export "lookup-error" (type $error (eq $error')))
/// #         (export "find" (func (param "id" u32) (result (result string (error $error)))))))
/// #     (core module $libc
/// #         (memory (export "memory") 1)
/// #         (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64)))
/// #     (core instance $libc (instantiate $libc))
/// #     (core func $find (canon lower (func $names "find")
/// #         (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
/// #     (core module $m
/// #         (import "libc" "memory" (memory 1))
/// #         (import "" "find" (func $find (param i32 i32)))
/// #         (func (export "greet") (param i32) (result i32)
/// #             (call $find (local.get 0) (i32.const 0))
/// #             (i32.const 4)))
/// #     (core instance $i (instantiate $m
/// #         (with "libc" (instance $libc)) (with "" (instance (export "find" (func $find))))))
/// #     (func (export "greet") (param "id" u32) (result string)
/// #         (canon lift (core func $i "greet") (memory (core memory $libc "memory")))))"#;
/// # fn main() -> Result<()> {
/// let engine = Engine::default();
/// let component = Component::new(&engine, TEXT)?;
///
/// let mut linker = Linker::new(&engine);
/// Greeter::add_to_linker::<_, HasSelf<_>>(&mut linker, |host: &mut Host| host)?;
///
/// let mut store = Store::new(&engine, Host { people: vec!["Ada".to_owned()] });
/// let greeter = Greeter::instantiate(&mut store, &component, &linker)?;
/// assert_eq!(greeter.call_greet(&mut store, 0)?, "Ada");
/// # Ok(())
/// # }
/// ```
///
/// # What is written
///
/// - For the world a `struct`, with `instantiate` and `instantiate_async`, `new` for an instance that is there already,
///   `add_to_linker`, and a method `call_..` for each exported function. With `Pre` after its name it is a component whose imports
///   and exports have been found: the way to make many instances.
/// - For an imported interface a module `namespace::package::interface` with its types, a trait `Host`, a trait `HostFoo` for
///   each resource `foo`, and `add_to_linker`. Functions that are imported by themselves are in a trait with `Imports` after the
///   name of the world.
/// - For an exported interface a module below `exports`, with `Guest`, which a method of the world's struct gives. Resources of the
///   guest are [`ResourceAny`](crate::ResourceAny); their functions are methods of `GuestFoo`, which `Guest` gives.
///
/// Hosts are borrowed from the data of a store by the function that `add_to_linker` is given, and
/// [`HasSelf`](crate::HasSelf) or another [`HasData`](crate::HasData) says what it returns. A reference to a host is a host.
///
/// Types own what is in them. What is passed to an export is borrowed where that saves a copy: `&str` for `string`, `&[T]` for
/// `list<t>`, and a reference for types that are not `Copy`. What functions fail with is an
/// [`Error`](std::error::Error).
///
/// # Options
///
/// Without options, the only world of the package in the folder `wit`; with one string, the world of that name there; otherwise
/// what is in braces:
///
/// ```
/// # mod streams { pub mod streams { pub trait Host {} } }
/// # struct Socket;
/// # #[derive(Debug)] struct SocketError;
/// sarsen_component::bindgen!({
///     // Which world; there may be several.
///     world: "network",
///     // Files or folders, seen from where the manifest of the crate is; or a list of them.
/// #   /*
///     path: "wit",
/// #   */
///     // WIT by itself, which may refer to packages in `path`.
///     inline: r#"
///         package example:net@1.0.0;
///         interface streams {}
///         interface sockets {
///             enum error-code { refused, timeout }
///             resource socket {
///                 connect: static func(address: string) -> result<socket, error-code>;
///                 send: func(bytes: list<u8>);
///                 port: func() -> u16;
///             }
///         }
///         world network { import streams; import sockets; }
///     "#,
///     // How functions of the host are written: `async` ones return futures, `trappable` ones a `Result` whose error ends the
///     // guest. `[drop]socket` is the end of a resource.
///     imports: {
///         "example:net/sockets.[static]socket.connect": async,
///         "example:net/sockets.[method]socket.port": trappable,
///         default: async | trappable,
///     },
///     // How functions of the guest are called: `async` ones on a stack of their own, so that they can wait for those of the host.
///     exports: { default: async },
///     // What stands for interfaces and types that exist already.
///     with: {
///         "example:net/streams": streams::streams,
///         "example:net/sockets/socket": Socket,
///     },
///     // What functions of the host fail with instead of an error of WIT. `Host::convert_error_code` makes one of it, or fails
///     // for good.
///     trappable_error_type: { "example:net/sockets/error-code" => SocketError },
///     // For structs and enums.
///     additional_derives: [PartialEq],
///     // What is `@unstable` in WIT is left out unless its feature is on.
///     features: ["more"],
/// });
/// # fn main() {}
/// ```
pub use sarsen_component_macros::bindgen;
