//! Sockets: listeners that were granted, and their connections.
//!
//! `fd_read` and `fd_write` work on connections too; those are in `io`.

use super::abi::{FdFlags, ReceiveFlags, Rights, ShutdownFlags};
use super::descriptors::{Descriptor, Resource};
use super::io::once;
use super::memory::{MAX_TOTAL, Ptr};
use super::{Call, Fail, Step};
use crate::errno::Errno;
use crate::price;
use crate::sys::Interest;
use std::net::Shutdown;

impl Call<'_> {
    pub(super) async fn sock_accept(&mut self, fd: u32, flags: u32, result: Ptr) -> Step {
        let flags = FdFlags::parse(flags)?;
        let descriptor = self.descriptor(fd, Rights::empty())?;
        let listener = match &descriptor.resource {
            Resource::Listener(listener) => listener,
            Resource::Connection(_) => return Err(Errno::Inval.into()),
            _ => return Err(Errno::NotSock.into()),
        };
        descriptor.require(Rights::SOCK_ACCEPT)?;
        self.memory.check(result, 4)?;
        let connection = self
            .until_done(&descriptor, Interest::Read, |call| listener.accept(&call.ctx.host.open_files))
            .await?;
        let accepted = Descriptor::new(Resource::Connection(connection));
        accepted.state().flags = flags;
        let number = self.ctx.descriptors().push(accepted)?;
        Ok(self.memory.write_u32(result, number)?)
    }

    pub(super) async fn sock_recv(
        &mut self,
        fd: u32,
        buffers: Ptr,
        count: u32,
        flags: u32,
        result: Ptr,
        result_flags: Ptr,
    ) -> Step {
        let flags = ReceiveFlags::parse(flags)?;
        let descriptor = self.descriptor(fd, Rights::FD_READ)?;
        let connection = descriptor.connection()?;
        let all = flags.contains(ReceiveFlags::WAITALL) && !flags.contains(ReceiveFlags::PEEK);
        let received = if all {
            self.receive_all(&descriptor, buffers, count).await?
        } else {
            self.until_done(&descriptor, Interest::Read, |call| {
                let receive = |buffer: &mut [u8]| match flags.contains(ReceiveFlags::PEEK) {
                    true => connection.peek(buffer),
                    false => connection.read(buffer),
                };
                call.memory.scatter(buffers, count, once(receive))
            })
            .await?
        };
        self.memory.write_u32(result, received)?;
        // Streams never cut a message off.
        Ok(self.memory.write(result_flags, &0u16.to_le_bytes())?)
    }

    /// Fills the buffers, or as much of them as the other end has to give and one call moves.
    async fn receive_all(&mut self, descriptor: &Descriptor, buffers: Ptr, count: u32) -> Step<u32> {
        let connection = descriptor.connection()?;
        let mut total = 0;
        while total < MAX_TOTAL {
            if total > 0 {
                self.memory.charge(price::REQUEST);
            }
            let received = self
                .until_done(descriptor, Interest::Read, |call| {
                    let receive = |buffer: &mut [u8]| connection.read(buffer);
                    call.memory.scatter_behind(total, buffers, count, once(receive))
                })
                .await;
            match received {
                Ok(0) => return Ok(total),
                Ok(received) => total += received,
                // What has arrived is not lost; the error will come again.
                Err(Fail::Errno(_)) if total > 0 => return Ok(total),
                Err(fail) => return Err(fail),
            }
        }
        Ok(total)
    }

    pub(super) async fn sock_send(
        &mut self,
        fd: u32,
        buffers: Ptr,
        count: u32,
        flags: u32,
        result: Ptr,
    ) -> Step {
        if flags != 0 {
            return Err(Errno::Inval.into());
        }
        let descriptor = self.descriptor(fd, Rights::FD_WRITE)?;
        let connection = descriptor.connection()?;
        let sent = self
            .until_done(&descriptor, Interest::Write, |call| {
                call.memory.gather(buffers, count, |bytes, _| connection.write(bytes))
            })
            .await?;
        Ok(self.memory.write_u32(result, sent)?)
    }

    pub(super) fn sock_shutdown(&mut self, fd: u32, how: u32) -> Step {
        let how = ShutdownFlags::parse(how)?;
        let descriptor = self.descriptor(fd, Rights::empty())?;
        let connection = descriptor.connection()?;
        descriptor.require(Rights::SOCK_SHUTDOWN)?;
        let how = match (how.contains(ShutdownFlags::RD), how.contains(ShutdownFlags::WR)) {
            (true, true) => Shutdown::Both,
            (true, false) => Shutdown::Read,
            (false, true) => Shutdown::Write,
            (false, false) => return Err(Errno::Inval.into()),
        };
        Ok(connection.shutdown(how)?)
    }
}
