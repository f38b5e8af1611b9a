//! Reading and writing, of files and streams alike.
//!
//! Owns the order of outputs: before a guest complains, waits or reads, what it wrote to its standard output has left.
//! Connections have functions of their own in `socket` besides.

use super::abi::{FdFlags, Rights};
use super::descriptors::{Descriptor, Resource};
use super::memory::Ptr;
use super::{Call, Step};
use crate::errno::Errno;
use crate::files::File;
use crate::stream::OutputStream;
use crate::sys::{self, Interest, Waitable};
use crate::wait::Waiter;
use std::sync::Arc;

impl Call<'_> {
    pub(super) async fn fd_read(&mut self, fd: u32, buffers: Ptr, count: u32, result: Ptr) -> Step {
        let descriptor = self.descriptor(fd, Rights::FD_READ)?;
        let read = match &descriptor.resource {
            Resource::File(file) if file.is_regular() => {
                self.memory.scatter(buffers, count, |buffer, _| file.read(buffer))?
            }
            Resource::File(file) => {
                let read = |call: &mut Self| {
                    call.memory.scatter(buffers, count, once(|buffer: &mut [u8]| file.read(buffer)))
                };
                self.until_done(&descriptor, Interest::Read, read).await?
            }
            Resource::Input(stream) => {
                self.wait_for(&descriptor, Interest::Read).await?;
                let read = |buffer: &mut [u8]| Ok(stream.read(buffer)?);
                self.memory.scatter(buffers, count, once(read))?
            }
            Resource::Connection(connection) => {
                let read = |call: &mut Self| {
                    call.memory.scatter(buffers, count, once(|buffer: &mut [u8]| connection.read(buffer)))
                };
                self.until_done(&descriptor, Interest::Read, read).await?
            }
            Resource::Dir(..) => return Err(Errno::IsDir.into()),
            Resource::Output(_) => return Err(Errno::BadF.into()),
            Resource::Listener(_) => return Err(Errno::NotConn.into()),
        };
        Ok(self.memory.write_u32(result, read)?)
    }

    pub(super) fn fd_pread(&mut self, fd: u32, buffers: Ptr, count: u32, offset: u64, result: Ptr) -> Step {
        let descriptor = self.descriptor(fd, Rights::FD_READ)?;
        let file = positioned(&descriptor)?;
        let read = self.memory.scatter(buffers, count, |buffer, done| {
            file.read_at(buffer, offset.checked_add(done).ok_or(Errno::Inval)?)
        })?;
        Ok(self.memory.write_u32(result, read)?)
    }

    pub(super) async fn fd_write(&mut self, fd: u32, buffers: Ptr, count: u32, result: Ptr) -> Step {
        let descriptor = self.descriptor(fd, Rights::FD_WRITE)?;
        let written = match &descriptor.resource {
            Resource::Output(stream) => {
                if !Arc::ptr_eq(stream, &self.ctx.host.stdout) {
                    self.flush_output().await?;
                }
                self.write_to(stream, buffers, count).await?
            }
            Resource::File(file) if file.is_regular() => {
                let written = self.memory.gather(buffers, count, |bytes, _| file.write(bytes))?;
                sync_if_asked(&descriptor, file)?;
                written
            }
            Resource::File(file) => {
                let write =
                    |call: &mut Self| call.memory.gather(buffers, count, |bytes, _| file.write(bytes));
                self.until_done(&descriptor, Interest::Write, write).await?
            }
            Resource::Connection(connection) => {
                let write =
                    |call: &mut Self| call.memory.gather(buffers, count, |bytes, _| connection.write(bytes));
                self.until_done(&descriptor, Interest::Write, write).await?
            }
            Resource::Dir(..) => return Err(Errno::IsDir.into()),
            Resource::Input(_) => return Err(Errno::BadF.into()),
            Resource::Listener(_) => return Err(Errno::NotConn.into()),
        };
        Ok(self.memory.write_u32(result, written)?)
    }

    pub(super) fn fd_pwrite(&mut self, fd: u32, buffers: Ptr, count: u32, offset: u64, result: Ptr) -> Step {
        let descriptor = self.descriptor(fd, Rights::FD_WRITE)?;
        let file = positioned(&descriptor)?;
        let written = self.memory.gather(buffers, count, |bytes, done| {
            file.write_at(bytes, offset.checked_add(done).ok_or(Errno::Inval)?)
        })?;
        sync_if_asked(&descriptor, file)?;
        Ok(self.memory.write_u32(result, written)?)
    }

    /// Lets standard output arrive.
    async fn flush_output(&self) -> Step {
        let stdout = &self.host().stdout;
        if self.waiter == Waiter::Thread {
            self.host().flush_output();
            return Ok(());
        }
        while !self.host().offer_output() {
            let Some(file) = stdout.as_file() else { break };
            self.wait_handle(sys::waitable(file), Interest::Write).await?;
            // Somebody else may be writing.
            self.waiter.pause().await;
        }
        Ok(())
    }

    /// Writes to a stream as much as it takes; where the thread does not wait, that is what the stream has room for, and some.
    async fn write_to(&mut self, stream: &Arc<dyn OutputStream>, buffers: Ptr, count: u32) -> Step<u32> {
        if self.waiter == Waiter::Thread {
            return Ok(self.memory.gather(buffers, count, |bytes, _| Ok(stream.write(bytes)?))?);
        }
        let mut room = stream.room();
        while room == 0 {
            let Some(handle) = stream.as_file().map(sys::waitable) else { break };
            self.wait_handle(handle, Interest::Write).await?;
            self.waiter.pause().await;
            room = stream.room();
        }
        // Something is written even where nobody can say how much would be.
        let room = room.max(1);
        let write = |bytes: &[u8], done: u64| {
            let left = room.saturating_sub(usize::try_from(done).unwrap_or(usize::MAX));
            if left == 0 { Ok(0) } else { Ok(stream.write(&bytes[..bytes.len().min(left)])?) }
        };
        Ok(self.memory.gather(buffers, count, write)?)
    }

    /// Waits until an operation on the descriptor will not block.
    pub(super) async fn wait_for(&self, descriptor: &Descriptor, interest: Interest) -> Step {
        self.host().offer_output();
        let Some(handle) = descriptor.waitable() else { return self.check_stop() };
        if descriptor.has(FdFlags::NONBLOCK) {
            let ready = sys::wait(&[(handle, interest)], std::time::Duration::ZERO);
            let ready = ready.map_err(Errno::from)?.iter().any(|readiness| readiness.ready);
            return if ready { Ok(()) } else { Err(Errno::Again.into()) };
        }
        self.wait_handle(handle, interest).await
    }

    async fn wait_handle(&self, handle: Waitable<'_>, interest: Interest) -> Step {
        let host = self.host();
        match self.waiter.wait(&[(handle, interest)], None, &*host.clocks, &host.stop).await? {
            Ok(_) => Ok(()),
            Err(ended) => Err(ended.into()),
        }
    }

    /// Repeats an operation that does not wait until it does something, unless the guest does not want to wait either.
    pub(super) async fn until_done<R>(
        &mut self,
        descriptor: &Descriptor,
        interest: Interest,
        mut operation: impl FnMut(&mut Self) -> Result<R, Errno>,
    ) -> Step<R> {
        self.host().offer_output();
        loop {
            match operation(self) {
                Err(Errno::Again) if !descriptor.has(FdFlags::NONBLOCK) => {
                    let Some(handle) = descriptor.waitable() else { return Err(Errno::Again.into()) };
                    self.wait_handle(handle, interest).await?;
                }
                outcome => return Ok(outcome?),
            }
        }
    }
}

/// Reads once, however many buffers there are: a second read could wait although there is something to return.
pub(super) fn once(
    mut read: impl FnMut(&mut [u8]) -> Result<usize, Errno>,
) -> impl FnMut(&mut [u8], u64) -> Result<usize, Errno> {
    move |buffer, done| if done == 0 { read(buffer) } else { Ok(0) }
}

/// The file, if it has a position.
fn positioned(descriptor: &Descriptor) -> Result<&File, Errno> {
    match &descriptor.resource {
        Resource::File(file) => Ok(file),
        Resource::Dir(..) => Err(Errno::IsDir),
        _ => Err(Errno::SPipe),
    }
}

/// Lets what was written reach the disk, if the descriptor is of that kind.
fn sync_if_asked(descriptor: &Descriptor, file: &File) -> Result<(), Errno> {
    let flags = descriptor.state().flags;
    if flags.contains(FdFlags::SYNC) {
        file.sync_all()
    } else if flags.contains(FdFlags::DSYNC) {
        file.sync_data()
    } else {
        Ok(())
    }
}

/// What is asked for by syncing an output, and by closing or replacing it.
pub(super) fn flush(stream: &Arc<dyn OutputStream>) -> Result<(), Errno> {
    Ok(stream.flush()?)
}
