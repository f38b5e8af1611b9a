//! Sockets: listeners that were granted, and the connections that they accept.
//!
//! Nothing here opens a connection or binds an address.

use crate::errno::Errno;
use crate::open_files::{OpenFiles, Place};
use crate::sys;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

type Result<T> = std::result::Result<T, Errno>;

/// A socket that listens.
#[derive(Debug)]
pub(crate) struct Listener(TcpListener);

impl Listener {
    pub(crate) fn new(listener: TcpListener) -> std::io::Result<Listener> {
        // Waiting is done before accepting, where it can be ended.
        listener.set_nonblocking(true)?;
        Ok(Listener(listener))
    }

    /// The next connection, if one is waiting and there is a place for it.
    pub(crate) fn accept(&self, open_files: &OpenFiles) -> Result<Connection> {
        let place = open_files.place()?;
        let (stream, _) = self.0.accept()?;
        stream.set_nonblocking(true)?;
        Ok(Connection { stream, _place: place })
    }

    pub(crate) fn waitable(&self) -> sys::Waitable<'_> {
        sys::waitable(&self.0)
    }
}

/// A connection that was accepted. No operation waits.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    _place: Place,
}

impl Connection {
    pub(crate) fn read(&self, buffer: &mut [u8]) -> Result<usize> {
        Ok((&self.stream).read(buffer)?)
    }

    /// Reads what the next read will read again.
    pub(crate) fn peek(&self, buffer: &mut [u8]) -> Result<usize> {
        Ok(self.stream.peek(buffer)?)
    }

    pub(crate) fn write(&self, bytes: &[u8]) -> Result<usize> {
        Ok((&self.stream).write(bytes)?)
    }

    pub(crate) fn shutdown(&self, how: Shutdown) -> Result<()> {
        Ok(self.stream.shutdown(how)?)
    }

    pub(crate) fn waitable(&self) -> sys::Waitable<'_> {
        sys::waitable(&self.stream)
    }
}
