//! Reading and writing, of files and streams alike.
//!
//! Owns the order of outputs: before a guest complains, waits or reads, what it wrote to its standard output has left.
//! Connections have functions of their own in `socket` besides.

use super::abi::{FdFlags, Rights};
use super::descriptors::{Descriptor, Resource};
use super::memory::Ptr;
use super::{Call, Fail, Step};
use crate::errno::Errno;
use crate::files::File;
use crate::stream::OutputStream;
use crate::sys::{Interest, Waitable};
use crate::wait::{self, Ended};
use std::sync::Arc;

impl Call<'_> {
    pub(super) fn fd_read(&mut self, fd: u32, buffers: Ptr, count: u32, result: Ptr) -> Step {
        let descriptor = self.descriptor(fd, Rights::FD_READ)?;
        let read = match &descriptor.resource {
            Resource::File(file) if file.is_regular() => {
                self.memory.scatter(buffers, count, |buffer, _| file.read(buffer))?
            }
            Resource::File(file) => self.until_done(&descriptor, Interest::Read, |call| {
                call.memory.scatter(buffers, count, once(|buffer: &mut [u8]| file.read(buffer)))
            })?,
            Resource::Input(stream) => {
                self.wait_for(&descriptor, Interest::Read)?;
                let read = |buffer: &mut [u8]| Ok(stream.read(buffer)?);
                self.memory.scatter(buffers, count, once(read))?
            }
            Resource::Connection(connection) => self.until_done(&descriptor, Interest::Read, |call| {
                let read = |buffer: &mut [u8]| connection.read(buffer);
                call.memory.scatter(buffers, count, once(read))
            })?,
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

    pub(super) fn fd_write(&mut self, fd: u32, buffers: Ptr, count: u32, result: Ptr) -> Step {
        let descriptor = self.descriptor(fd, Rights::FD_WRITE)?;
        let written = match &descriptor.resource {
            Resource::Output(stream) => {
                if !Arc::ptr_eq(stream, &self.ctx.host.stdout) {
                    self.host().flush_output();
                }
                self.memory.gather(buffers, count, |bytes, _| Ok(stream.write(bytes)?))?
            }
            Resource::File(file) if file.is_regular() => {
                let written = self.memory.gather(buffers, count, |bytes, _| file.write(bytes))?;
                sync_if_asked(&descriptor, file)?;
                written
            }
            Resource::File(file) => self.until_done(&descriptor, Interest::Write, |call| {
                call.memory.gather(buffers, count, |bytes, _| file.write(bytes))
            })?,
            Resource::Connection(connection) => self.until_done(&descriptor, Interest::Write, |call| {
                call.memory.gather(buffers, count, |bytes, _| connection.write(bytes))
            })?,
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

    /// Waits until an operation on the descriptor will not block.
    pub(super) fn wait_for(&self, descriptor: &Descriptor, interest: Interest) -> Step {
        self.host().flush_output();
        let Some(handle) = descriptor.waitable() else { return self.check_stop() };
        if descriptor.has(FdFlags::NONBLOCK) {
            let ready = crate::sys::wait(&[(handle, interest)], std::time::Duration::ZERO);
            let ready = ready.map_err(Errno::from)?.iter().any(|readiness| readiness.ready);
            return if ready { Ok(()) } else { Err(Errno::Again.into()) };
        }
        self.wait_handle(handle, interest)
    }

    fn wait_handle(&self, handle: Waitable<'_>, interest: Interest) -> Step {
        let host = self.host();
        wait::until_ready(handle, interest, &*host.clocks, &host.stop)?
            .map_err(|ended: Ended| Fail::from(ended))
    }

    /// Repeats an operation that does not wait until it does something, unless the guest does not want to wait either.
    pub(super) fn until_done<R>(
        &mut self,
        descriptor: &Descriptor,
        interest: Interest,
        mut operation: impl FnMut(&mut Self) -> Result<R, Errno>,
    ) -> Step<R> {
        self.host().flush_output();
        loop {
            match operation(self) {
                Err(Errno::Again) if !descriptor.has(FdFlags::NONBLOCK) => {
                    let Some(handle) = descriptor.waitable() else { return Err(Errno::Again.into()) };
                    self.wait_handle(handle, interest)?;
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
