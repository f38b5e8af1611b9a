//! What this crate keeps with a store: the instances of components in it, their handles, and the calls that are going on.
//!
//! # Invariant
//!
//! Instances are never removed, so that their numbers stay what they are.

use crate::abi::{GuestOptions, trap};
use crate::block::BlockOn;
use crate::call::LiftedFunc;
use crate::component::Component;
use crate::limits::MAX_HANDLES;
use crate::resource::{
    Destructor, HandleTable, HostHandles, Lent, Origin, ResourceKey, ResourceType, ResourceTypes,
};
use crate::types::ResourceIndex;
use sarsen::{Func, Result};
use std::any::Any;
use std::sync::Arc;

/// Of a store.
#[derive(Default)]
pub(crate) struct State {
    /// The store's name.
    pub(crate) id: u64,
    pub(crate) roots: Vec<Root>,
    /// All component instances, those that are nested too.
    pub(crate) instances: Vec<InstanceState>,
    pub(crate) resources: ResourceTypes,
    /// What the host holds.
    pub(crate) host: HostHandles,
    /// Calls that lend something, the innermost last.
    calls: Vec<Call>,
    /// Room that has been made for handles of guests.
    handles: usize,
    /// How often handles of guests are lent to them.
    lends: usize,
    /// How calls wait.
    pub(crate) block_on: Option<BlockOn>,
}

/// An instance of a component that the host has made.
pub(crate) struct Root {
    pub(crate) component: Component,
    /// The [`Prepared`](crate::linker::Prepared) that it was made from, for the type of the store's data.
    pub(crate) prepared: Arc<dyn Any + Send + Sync>,
    /// Its core instances that have been made.
    pub(crate) core: Vec<sarsen::Instance>,
    /// Its core functions that are no core code.
    pub(crate) trampolines: Vec<Func>,
    pub(crate) options: Vec<Option<GuestOptions>>,
    pub(crate) lifted: Vec<Option<Arc<LiftedFunc>>>,
    /// What its types of resources are in this store.
    pub(crate) resources: Vec<ResourceKey>,
    /// How it ends them: instances that are given the same type of the host's may be told different things.
    pub(crate) destructors: Vec<Destructor>,
    /// The same as embedders know them.
    pub(crate) resource_types: Arc<[ResourceType]>,
    /// The number of its first component instance: its own.
    pub(crate) first_instance: usize,
    /// Whether something in it has trapped: nothing is known of its state then.
    pub(crate) is_poisoned: bool,
}

/// A component instance.
pub(crate) struct InstanceState {
    pub(crate) handles: HandleTable,
    /// Whether its code may call out: not while it allocates or cleans up after a call.
    pub(crate) may_leave: bool,
    /// What the task that is going on keeps.
    pub(crate) context: [u64; 2],
    /// How often it has said that it takes no more asynchronous calls, less how often it has taken that back.
    pub(crate) backpressure: u16,
    /// The instance that has made it; none if the host has.
    pub(crate) parent: Option<usize>,
    /// Whether a call is in it that comes from outside.
    pub(crate) is_entered: bool,
}

impl InstanceState {
    pub(crate) fn new(parent: Option<usize>) -> InstanceState {
        InstanceState {
            handles: HandleTable::default(),
            may_leave: true,
            context: [0; 2],
            backpressure: 0,
            parent,
            is_entered: false,
        }
    }
}

/// A call that lends handles.
#[derive(Default)]
struct Call {
    /// Handles of guests that are lent to it.
    lent: Vec<Lent>,
    /// Handles of the host's that are lent to it.
    lent_by_host: Vec<u64>,
    /// Handles that the callee has been given and not dropped.
    borrows: usize,
    /// What the host, which is called, may use until the call ends.
    borrowed_by_host: Vec<u64>,
}

impl State {
    /// Fails unless code of an instance may call out.
    pub(crate) fn leave(&self, instance: usize) -> Result<()> {
        if self.instances[instance].may_leave { Ok(()) } else { Err(trap("cannot leave component instance")) }
    }

    /// Begins a call that may lend; what was before it is what [`State::end_call`] wants.
    pub(crate) fn begin_call(&mut self) -> usize {
        self.calls.push(Call::default());
        self.calls.len() - 1
    }

    /// Ends a call, and those inside of it that have not ended.
    ///
    /// # Errors
    /// If the callee has kept what was lent.
    pub(crate) fn end_call(&mut self, call: usize) -> Result<()> {
        let mut borrows = 0;
        for call in self.calls.drain(call..) {
            self.lends -= call.lent.len();
            for Lent { instance, handle } in call.lent {
                self.instances[instance].handles.give_back(handle);
            }
            call.lent_by_host.iter().for_each(|&id| self.host.give_back(id));
            call.borrowed_by_host.iter().for_each(|&id| self.host.forget(id));
            borrows += call.borrows;
        }
        if borrows > 0 { Err(trap("borrow handles still remain at the end of the call")) } else { Ok(()) }
    }

    /// The call that lends and borrows at present.
    fn call(&mut self) -> &mut Call {
        if self.calls.is_empty() {
            self.calls.push(Call::default());
        }
        let last = self.calls.len() - 1;
        &mut self.calls[last]
    }

    /// What a type of resources of a root is in the store.
    pub(crate) fn key(&self, root: usize, resource: ResourceIndex) -> ResourceKey {
        self.roots[root].resources[resource.0 as usize]
    }

    /// What ends a resource: what the root says where it comes from, if there is one and it says something.
    pub(crate) fn destructor(&self, key: ResourceKey, origin: Option<Origin>) -> Destructor {
        let own = origin.map(|Origin { root, resource }| &self.roots[root].destructors[resource.0 as usize]);
        self.resources.destructor(key, own).clone()
    }

    /// Gives an instance a handle for what it owns from now on.
    pub(crate) fn add_own(&mut self, instance: usize, key: ResourceKey, rep: u32) -> Result<u32> {
        self.instances[instance].handles.add_own(key, rep, &mut self.handles)
    }

    /// Gives an instance a handle for what it may use until the call that is going on ends.
    pub(crate) fn add_borrow(&mut self, instance: usize, key: ResourceKey, rep: u32) -> Result<u32> {
        self.call().borrows += 1;
        let call = self.calls.len() - 1;
        self.instances[instance].handles.add_borrow(key, rep, call, &mut self.handles)
    }

    /// Borrows what a guest's handle stands for until the call that is going on ends.
    ///
    /// # Errors
    /// If it is none, or too many are lent: the same one can be lent as often as there is room for its number in a memory.
    pub(crate) fn lend(&mut self, instance: usize, handle: u32, key: ResourceKey) -> Result<u32> {
        if self.lends >= MAX_HANDLES {
            return Err(trap(format_args!("more than {MAX_HANDLES} handles are lent at once")));
        }
        let rep = self.instances[instance].handles.lend(handle, key)?;
        self.lends += 1;
        self.call().lent.push(Lent { instance, handle });
        Ok(rep)
    }

    pub(crate) fn lent_by_host(&mut self, id: u64) {
        self.call().lent_by_host.push(id);
    }

    pub(crate) fn borrowed_by_host(&mut self, id: u64) {
        self.call().borrowed_by_host.push(id);
    }

    /// A handle that was given for a call has been dropped.
    pub(crate) fn returned(&mut self, call: usize) {
        if let Some(call) = self.calls.get_mut(call) {
            call.borrows = call.borrows.saturating_sub(1);
        }
    }
}
