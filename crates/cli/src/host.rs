//! What components are given: the data of their stores, and the interfaces that they import.
//!
//! Does not decide what is granted: that is the options' matter.

use crate::run::Options;
use crate::run::guest::Limits;
use sarsen_component::{Component, Linker, ResourceTable};
use sarsen_wasi::p2::http::{self, SentByGrants, WasiHttpCtx, WasiHttpCtxView, WasiHttpView};
use sarsen_wasi::p2::{self, WasiCtx, WasiCtxView, WasiView, config, keyvalue};

/// The data of a component's store.
pub(crate) struct Guest {
    pub(crate) wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    hooks: SentByGrants,
    pub(crate) limits: Limits,
}

impl Guest {
    pub(crate) fn new(wasi: WasiCtx, http: WasiHttpCtx, limits: Limits) -> Guest {
        Guest { wasi, http, table: ResourceTable::new(), hooks: SentByGrants, limits }
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Guest {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.hooks }
    }
}

/// What options grant of HTTP.
pub(crate) fn http(options: &Options) -> WasiHttpCtx {
    let mut http = WasiHttpCtx::new();
    http.allow(options.policy());
    http
}

/// The interfaces that a component may import. Those that it does not ask for are left out: that would cost time at every start.
pub(crate) fn linker(component: &Component) -> sarsen::Result<Linker<Guest>> {
    let imports = component.imports();
    let wants = |package: &str| imports.iter().any(|(name, _)| name.starts_with(package));
    let mut linker = Linker::new(component.engine());
    p2::add_imports_to_linker(&mut linker, component)?;
    if wants("wasi:http/") {
        http::add_only_http_to_linker(&mut linker)?;
    }
    if wants("wasi:config/") {
        config::add_to_linker(&mut linker)?;
    }
    if wants("wasi:keyvalue/") {
        keyvalue::add_to_linker(&mut linker)?;
    }
    Ok(linker)
}
