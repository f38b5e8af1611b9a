//! A guest whose functions are those of the host, and what values look like in tests.

use crate::forward::forwarding;
use crate::interfaces::INTERFACES;
use crate::network;
use sarsen::{Config, Engine, Store};
use sarsen_component::component_types::Type;
use sarsen_component::{Component, Instance, Linker, Resource, ResourceAny, ResourceTable, Val};
use sarsen_wasi::WasiCtxBuilder;
use sarsen_wasi::p2::http::{SentByGrants, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};
use sarsen_wasi::p2::{self, WasiCtx, WasiCtxView, WasiView};
use std::sync::OnceLock;

/// The data of its store.
pub(crate) struct Data {
    pub(crate) ctx: WasiCtx,
    pub(crate) table: ResourceTable,
    pub(crate) http: WasiHttpCtx,
    pub(crate) hooks: Box<dyn WasiHttpHooks>,
}

impl Data {
    pub(crate) fn new(grants: &mut WasiCtxBuilder) -> Data {
        Data {
            ctx: grants.build(),
            table: ResourceTable::new(),
            http: WasiHttpCtx::new(),
            hooks: Box::new(SentByGrants),
        }
    }
}

impl WasiHttpView for Data {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut *self.hooks }
    }
}

impl WasiView for Data {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.ctx, table: &mut self.table }
    }
}

pub(crate) struct Guest {
    pub(crate) store: Store<Data>,
    instance: Instance,
}

/// A component for each set of interfaces, made once.
macro_rules! component {
    ($interfaces:expr, $version:literal) => {{
        static COMPONENT: OnceLock<Component> = OnceLock::new();
        COMPONENT.get_or_init(|| forwarding(&Engine::default(), &$interfaces, $version))
    }};
}

/// The interfaces of `wasi:io`, which others are built on.
pub(crate) fn with_io(interfaces: &str) -> String {
    let (io, _) = INTERFACES.split_once("interface wasi:cli").unwrap();
    format!("{io}{interfaces}")
}

impl Guest {
    /// A guest of what commands import.
    pub(crate) fn new(grants: &mut WasiCtxBuilder) -> Guest {
        Guest::of(component!(INTERFACES, "0.2.3"), grants)
    }

    /// A guest of the network.
    pub(crate) fn sockets(grants: &mut WasiCtxBuilder) -> Guest {
        Guest::of(component!(with_io(network::SOCKETS), "0.2.3"), grants)
    }

    /// A guest of HTTP.
    pub(crate) fn http(http: &WasiHttpCtx) -> Guest {
        let mut guest = Guest::of(component!(with_io(network::HTTP), "0.2.3"), &mut WasiCtxBuilder::new());
        guest.store.data_mut().http = http.clone();
        guest
    }

    /// A guest of configuration.
    pub(crate) fn config(grants: &mut WasiCtxBuilder) -> Guest {
        Guest::of(component!(network::CONFIG, "0.2.0-rc.1"), grants)
    }

    /// A guest of values by key, as the first draft has it.
    pub(crate) fn keyvalue(grants: &mut WasiCtxBuilder) -> Guest {
        Guest::of(component!(network::KEYVALUE, "0.2.0-draft"), grants)
    }

    /// The same as the second draft has it.
    pub(crate) fn keyvalue_2(grants: &mut WasiCtxBuilder) -> Guest {
        Guest::of(component!(network::KEYVALUE_2, "0.2.0-draft2"), grants)
    }

    /// A guest of any of them, for as much fuel as it needs.
    pub(crate) fn metered(interfaces: &str, version: &str, grants: &mut WasiCtxBuilder) -> Guest {
        let engine = Engine::new(Config::new().consume_fuel(true)).unwrap();
        let mut guest = Guest::of(&forwarding(&engine, interfaces, version), grants);
        guest.store.set_fuel(u64::MAX).unwrap();
        guest
    }

    /// What a function returns that has to succeed, and the fuel that it takes.
    #[track_caller]
    pub(crate) fn ok_for(&mut self, name: &str, args: &[Val]) -> (Val, u64) {
        let before = self.store.get_fuel().unwrap();
        let value = self.ok(name, args);
        (value, before - self.store.get_fuel().unwrap())
    }

    fn of(component: &Component, grants: &mut WasiCtxBuilder) -> Guest {
        let mut linker = Linker::<Data>::new(component.engine());
        p2::http::add_to_linker(&mut linker).unwrap();
        p2::config::add_to_linker(&mut linker).unwrap();
        p2::keyvalue::add_to_linker(&mut linker).unwrap();
        let mut store = Store::new(component.engine(), Data::new(grants));
        let instance = linker.instantiate(&mut store, component).unwrap();
        Guest { store, instance }
    }

    /// Calls a function, by the name of its resource or interface and its own; the result is a tuple if there is none.
    pub(crate) fn call(&mut self, name: &str, args: &[Val]) -> sarsen::Result<Val> {
        let func = self.instance.get_func(&mut self.store, name.replace('.', "-").as_str());
        let func = func.unwrap_or_else(|| panic!("no function `{name}`"));
        let mut results = vec![Val::Tuple(Vec::new()); func.ty().results().len()];
        func.call(&mut self.store, args, &mut results)?;
        Ok(results.pop().unwrap_or(Val::Tuple(Vec::new())))
    }

    /// The types of a function's parameters.
    pub(crate) fn params(&mut self, name: &str) -> Vec<Type> {
        let func = self.instance.get_func(&mut self.store, name.replace('.', "-").as_str()).unwrap();
        func.params().into_iter().map(|(_, ty)| ty).collect()
    }

    /// Calls a function that has to return.
    #[track_caller]
    pub(crate) fn get(&mut self, name: &str, args: &[Val]) -> Val {
        self.call(name, args).unwrap_or_else(|error| panic!("{name}: {error:?}"))
    }

    /// Calls a function that has to succeed; what it returns then, or nothing.
    #[track_caller]
    pub(crate) fn ok(&mut self, name: &str, args: &[Val]) -> Val {
        match self.get(name, args) {
            Val::Result(Ok(value)) => value.map_or(Val::Tuple(Vec::new()), |value| *value),
            other => panic!("{name}: {other:?}"),
        }
    }

    /// Calls a function that has to fail; the name of the error.
    #[track_caller]
    pub(crate) fn err(&mut self, name: &str, args: &[Val]) -> String {
        match self.get(name, args) {
            Val::Result(Err(Some(error))) => match *error {
                Val::Enum(name) | Val::Variant(name, None) => name,
                other => panic!("{name}: {other:?}"),
            },
            other => panic!("{name}: {other:?}"),
        }
    }

    /// Calls a function that has to trap; the message.
    #[track_caller]
    pub(crate) fn trap(&mut self, name: &str, args: &[Val]) -> String {
        let error = self.call(name, args).expect_err(name);
        format!("{error:?}")
    }

    /// Drops a resource.
    pub(crate) fn drop(&mut self, resource: Val) -> sarsen::Result<()> {
        any(&resource).resource_drop(&mut self.store)
    }

    /// Drops a resource, which has to trap; the message.
    pub(crate) fn trap_of_drop(&mut self, resource: Val) -> String {
        format!("{:?}", self.drop(resource).expect_err("drop"))
    }

    /// A resource that the host makes.
    pub(crate) fn give<R: Send + 'static>(&mut self, value: R) -> Val {
        let resource: Resource<R> = self.store.data_mut().table.push(value).unwrap();
        Val::Resource(resource.try_into_resource_any(&mut self.store).unwrap())
    }
}

fn any(value: &Val) -> ResourceAny {
    match value {
        Val::Resource(any) => *any,
        other => panic!("no resource: {other:?}"),
    }
}

pub(crate) fn u64(value: u64) -> Val {
    Val::U64(value)
}

pub(crate) fn text(value: &str) -> Val {
    Val::String(value.to_owned())
}

pub(crate) fn list(bytes: &[u8]) -> Val {
    Val::List(bytes.iter().map(|byte| Val::U8(*byte)).collect())
}

pub(crate) fn flags(names: &[&str]) -> Val {
    Val::Flags(names.iter().map(|name| (*name).to_owned()).collect())
}

/// The bytes of a list.
#[track_caller]
pub(crate) fn bytes(value: &Val) -> Vec<u8> {
    let byte = |item: &Val| match item {
        Val::U8(byte) => *byte,
        other => panic!("no byte: {other:?}"),
    };
    match value {
        Val::List(items) => items.iter().map(byte).collect(),
        other => panic!("no list: {other:?}"),
    }
}

/// A number.
#[track_caller]
pub(crate) fn number(value: &Val) -> u64 {
    match value {
        Val::U64(number) => *number,
        Val::U32(number) => u64::from(*number),
        other => panic!("no number: {other:?}"),
    }
}

/// A field of a record.
#[track_caller]
pub(crate) fn field(value: &Val, name: &str) -> Val {
    match value {
        Val::Record(fields) => fields.iter().find(|(field, _)| field == name).unwrap().1.clone(),
        other => panic!("no record: {other:?}"),
    }
}
