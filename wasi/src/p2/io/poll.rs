//! The functions of `wasi:io/poll`.
//!
//! How waiting is done is in `waiting`.

use super::pollable::{Access, DynPollable, Pollable, Source};
use super::waiting::{first_of, is_ready};
use crate::p2::{WasiCtxView, WasiView, functions, nothing, resource, value, versioned, waiting_functions};
use crate::price;
use sarsen::{Error, Result};
use sarsen_component::{Linker, Resource, ResourceTable};
use std::any::Any;
use std::collections::BTreeMap;

pub(super) fn define<T: WasiView + 'static>(linker: &mut Linker<T>) -> Result<()> {
    let mut linker = linker.instance(&versioned("wasi:io/poll"))?;
    resource::<T, DynPollable>(&mut linker, "pollable")?;
    functions! { linker, value;
        "[method]pollable.ready" = pollable_ready(pollable: Resource<DynPollable>);
    }
    waiting_functions! { linker, nothing;
        "[method]pollable.block" = pollable_block(pollable: Resource<DynPollable>);
    }
    waiting_functions! { linker, value;
        "poll" = poll(pollables: Vec<Resource<DynPollable>>);
    }
    Ok(())
}

impl WasiCtxView<'_> {
    fn pollable_ready(&mut self, pollable: Resource<DynPollable>) -> Result<bool> {
        is_ready(&self.ctx.host, source(self.table, &pollable)?)
    }

    async fn pollable_block(&mut self, pollable: Resource<DynPollable>) -> Result<()> {
        first_of(&self.ctx.host, &mut [source(self.table, &pollable)?]).await.map(drop)
    }

    async fn poll(&mut self, pollables: Vec<Resource<DynPollable>>) -> Result<Vec<u32>> {
        if pollables.is_empty() {
            return Err(Error::msg("a poll of nothing"));
        }
        // Several may wait for the same resource.
        let mut wanted: BTreeMap<u32, (Access, Vec<u32>)> = BTreeMap::new();
        for (pollable, number) in pollables.iter().zip(0..) {
            let (rep, access) = self.table.get(pollable)?.place(pollable.rep());
            wanted.entry(rep).or_insert_with(|| (access, Vec::new())).1.push(number);
        }
        let (mut sources, mut numbers) = (Vec::new(), Vec::new());
        for (entry, (access, of)) in self.table.iter_entries(wanted) {
            sources.push(found(access(entry?))?);
            numbers.push(of);
        }
        self.ctx.unpaid += sources.len() as u64 * price::REQUEST + pollables.len() as u64 * price::VALUE;
        let ready = first_of(&self.ctx.host, &mut sources).await?;
        let mut ready: Vec<u32> = ready.into_iter().flat_map(|source| &numbers[source]).copied().collect();
        ready.sort_unstable();
        Ok(ready)
    }
}

impl DynPollable {
    /// The number of the entry to wait for, and how that is done, where its own number is known.
    fn place(&self, own: u32) -> (u32, Access) {
        match self.0 {
            Source::Parent(rep, access) => (rep, access),
            Source::Own(_) => (own, access_own),
        }
    }
}

fn access_own(entry: &mut (dyn Any + Send)) -> Option<&mut dyn Pollable> {
    match &mut entry.downcast_mut::<DynPollable>()?.0 {
        Source::Own(own) => Some(&mut **own),
        Source::Parent(..) => None,
    }
}

/// What a pollable waits for.
fn source<'a>(
    table: &'a mut ResourceTable,
    pollable: &Resource<DynPollable>,
) -> Result<&'a mut dyn Pollable> {
    let (rep, access) = table.get(pollable)?.place(pollable.rep());
    found(access(table.get_any_mut(rep)?))
}

fn found(source: Option<&mut dyn Pollable>) -> Result<&mut dyn Pollable> {
    source.ok_or_else(|| Error::bug("a pollable for something else"))
}
