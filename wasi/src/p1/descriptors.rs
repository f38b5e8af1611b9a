//! The descriptors of a guest: numbers for what it was granted or opened.
//!
//! # Invariants
//!
//! - A number stands for nothing or for one descriptor; the lowest free one is given next.
//! - Whoever works with a descriptor keeps it alive: closing or replacing it does not pull it away from another thread.
//!
//! Does not do anything with what a descriptor stands for.

use super::abi::{FdFlags, Rights};
use crate::ctx::Host;
use crate::errno::Errno;
use crate::files::{Dir, File, FileKind, Listing, Stat};
use crate::sockets::{Connection, Listener};
use crate::stream::{InputStream, OutputStream};
use crate::sys::{self, Waitable};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// More than this a guest cannot have open.
const MAX_DESCRIPTORS: usize = 1 << 16;

/// What a descriptor stands for.
pub(super) enum Resource {
    Input(Arc<dyn InputStream>),
    Output(Arc<dyn OutputStream>),
    File(File),
    Dir(Arc<Dir>, Mutex<Listing>),
    Listener(Arc<Listener>),
    Connection(Connection),
}

/// What a guest's number stands for.
pub(super) struct Descriptor {
    pub(super) resource: Resource,
    /// The name that a granted directory has for the guest.
    pub(super) preopen: Option<String>,
    state: Mutex<State>,
}

/// What of a descriptor can change.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    pub(super) rights: Rights,
    /// The rights of what is opened through it.
    pub(super) inheriting: Rights,
    pub(super) flags: FdFlags,
}

impl Descriptor {
    pub(super) fn new(resource: Resource) -> Descriptor {
        let (rights, inheriting) = match &resource {
            Resource::Input(_) => (Rights::stream() - Rights::FD_WRITE, Rights::empty()),
            Resource::Output(_) => (Rights::stream() - Rights::FD_READ, Rights::empty()),
            Resource::File(_) => (Rights::file(), Rights::empty()),
            Resource::Dir(..) => (Rights::dir(), Rights::dir() | Rights::file()),
            Resource::Listener(_) => (Rights::socket(), Rights::socket()),
            Resource::Connection(_) => (Rights::socket() - Rights::SOCK_ACCEPT, Rights::empty()),
        };
        let state = Mutex::new(State { rights, inheriting, flags: FdFlags::empty() });
        Descriptor { resource, preopen: None, state }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses what there are no rights for.
    pub(super) fn require(&self, rights: Rights) -> Result<(), Errno> {
        if self.state().rights.contains(rights) { Ok(()) } else { Err(Errno::NotCapable) }
    }

    pub(super) fn has(&self, flag: FdFlags) -> bool {
        self.state().flags.contains(flag)
    }

    pub(super) fn file(&self) -> Result<&File, Errno> {
        match &self.resource {
            Resource::File(file) => Ok(file),
            Resource::Dir(..) => Err(Errno::IsDir),
            _ => Err(Errno::Inval),
        }
    }

    pub(super) fn dir(&self) -> Result<&Arc<Dir>, Errno> {
        match &self.resource {
            Resource::Dir(dir, _) => Ok(dir),
            _ => Err(Errno::NotDir),
        }
    }

    pub(super) fn connection(&self) -> Result<&Connection, Errno> {
        match &self.resource {
            Resource::Connection(connection) => Ok(connection),
            _ => Err(Errno::NotSock),
        }
    }

    /// Its attributes. Streams have only a kind, and that says whether somebody may sit at the other end.
    pub(super) fn stat(&self) -> Result<Stat, Errno> {
        let stream = |terminal| if terminal { FileKind::CharacterDevice } else { FileKind::Unknown };
        let kind = match &self.resource {
            Resource::File(file) => return file.stat(),
            Resource::Dir(dir, _) => return dir.stat(),
            Resource::Input(stream_) => stream(stream_.is_terminal()),
            Resource::Output(stream_) => stream(stream_.is_terminal()),
            Resource::Listener(_) | Resource::Connection(_) => FileKind::Socket,
        };
        Ok(Stat { kind, ..Stat::nothing() })
    }

    /// What to wait for, where there is something.
    pub(super) fn waitable(&self) -> Option<Waitable<'_>> {
        match &self.resource {
            Resource::Input(stream) => stream.as_file().map(sys::waitable),
            Resource::Output(stream) => stream.as_file().map(sys::waitable),
            Resource::File(file) => Some(sys::waitable(file.handle())),
            Resource::Dir(..) => None,
            Resource::Listener(listener) => Some(listener.waitable()),
            Resource::Connection(connection) => Some(connection.waitable()),
        }
    }
}

/// All descriptors of a guest.
pub(super) struct Descriptors(Vec<Option<Arc<Descriptor>>>);

impl Descriptors {
    /// The standard streams, then what was granted, in order.
    pub(super) fn new(host: &Host) -> Descriptors {
        let mut first = vec![
            Descriptor::new(Resource::Input(Arc::clone(&host.stdin))),
            Descriptor::new(Resource::Output(Arc::clone(&host.stdout))),
            Descriptor::new(Resource::Output(Arc::clone(&host.stderr))),
        ];
        for (name, dir) in &host.preopens {
            let mut descriptor = Descriptor::new(Resource::Dir(Arc::clone(dir), Mutex::default()));
            descriptor.preopen = Some(name.clone());
            first.push(descriptor);
        }
        for listener in &host.listeners {
            first.push(Descriptor::new(Resource::Listener(Arc::clone(listener))));
        }
        Descriptors(first.into_iter().map(|descriptor| Some(Arc::new(descriptor))).collect())
    }

    pub(super) fn get(&self, fd: u32) -> Result<Arc<Descriptor>, Errno> {
        self.0.get(fd as usize).cloned().flatten().ok_or(Errno::BadF)
    }

    /// The lowest free number, for a new descriptor.
    pub(super) fn push(&mut self, descriptor: Descriptor) -> Result<u32, Errno> {
        let free = self.0.iter().position(Option::is_none).unwrap_or(self.0.len());
        if free >= MAX_DESCRIPTORS {
            return Err(Errno::MFile);
        }
        if free == self.0.len() {
            self.0.push(None);
        }
        self.0[free] = Some(Arc::new(descriptor));
        Ok(free as u32)
    }

    /// Takes a descriptor out.
    pub(super) fn remove(&mut self, fd: u32) -> Result<Arc<Descriptor>, Errno> {
        self.0.get_mut(fd as usize).and_then(Option::take).ok_or(Errno::BadF)
    }

    /// Lets `to`, which must be in use, stand for what `from` stood for. What `to` stood for.
    pub(super) fn renumber(&mut self, from: u32, to: u32) -> Result<Option<Arc<Descriptor>>, Errno> {
        self.get(from)?;
        self.get(to)?;
        if from == to {
            return Ok(None);
        }
        let moved = self.remove(from)?;
        Ok(self.0[to as usize].replace(moved))
    }
}
