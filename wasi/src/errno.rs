//! Why an operation of the host failed, in the words that all of WASI uses.
//!
//! The list is preview 1's, whose numbers guests see; other faces translate names. Does not say where an error goes.

use std::fmt;
use std::io;

macro_rules! errnos {
    ($($(#[doc = $doc:literal])+ $variant:ident = $number:literal,)*) => {
        /// Why an operation failed.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u16)]
        pub enum Errno {
            $($(#[doc = $doc])+ $variant = $number,)*
        }

        impl Errno {
            /// What it means.
            pub fn message(self) -> &'static str {
                match self {
                    $(Errno::$variant => concat!($($doc),+).trim_ascii(),)*
                }
            }
        }
    };
}

errnos! {
    /// Argument list too long.
    TooBig = 1,
    /// Permission denied.
    Access = 2,
    /// Address in use.
    AddrInUse = 3,
    /// Address not available.
    AddrNotAvail = 4,
    /// Address family not supported.
    AfNoSupport = 5,
    /// Resource unavailable, or operation would block.
    Again = 6,
    /// Connection already in progress.
    Already = 7,
    /// Bad file descriptor.
    BadF = 8,
    /// Bad message.
    BadMsg = 9,
    /// Device or resource busy.
    Busy = 10,
    /// Operation canceled.
    Canceled = 11,
    /// No child processes.
    Child = 12,
    /// Connection aborted.
    ConnAborted = 13,
    /// Connection refused.
    ConnRefused = 14,
    /// Connection reset.
    ConnReset = 15,
    /// Resource deadlock would occur.
    Deadlk = 16,
    /// Destination address required.
    DestAddrReq = 17,
    /// Argument out of domain of function.
    Dom = 18,
    /// Reserved.
    DQuot = 19,
    /// File exists.
    Exist = 20,
    /// Bad address.
    Fault = 21,
    /// File too large.
    FBig = 22,
    /// Host is unreachable.
    HostUnreach = 23,
    /// Identifier removed.
    IdRm = 24,
    /// Illegal byte sequence.
    IlSeq = 25,
    /// Operation in progress.
    InProgress = 26,
    /// Interrupted function.
    Intr = 27,
    /// Invalid argument.
    Inval = 28,
    /// I/O error.
    Io = 29,
    /// Socket is connected.
    IsConn = 30,
    /// Is a directory.
    IsDir = 31,
    /// Too many levels of symbolic links.
    Loop = 32,
    /// File descriptor value too large.
    MFile = 33,
    /// Too many links.
    MLink = 34,
    /// Message too large.
    MsgSize = 35,
    /// Reserved.
    Multihop = 36,
    /// Filename too long.
    NameTooLong = 37,
    /// Network is down.
    NetDown = 38,
    /// Connection aborted by network.
    NetReset = 39,
    /// Network unreachable.
    NetUnreach = 40,
    /// Too many files open in system.
    NFile = 41,
    /// No buffer space available.
    NoBufs = 42,
    /// No such device.
    NoDev = 43,
    /// No such file or directory.
    NoEnt = 44,
    /// Executable file format error.
    NoExec = 45,
    /// No locks available.
    NoLck = 46,
    /// Reserved.
    NoLink = 47,
    /// Not enough space.
    NoMem = 48,
    /// No message of the desired type.
    NoMsg = 49,
    /// Protocol not available.
    NoProtoOpt = 50,
    /// No space left on device.
    NoSpc = 51,
    /// Function not supported.
    NoSys = 52,
    /// The socket is not connected.
    NotConn = 53,
    /// Not a directory or a symbolic link to a directory.
    NotDir = 54,
    /// Directory not empty.
    NotEmpty = 55,
    /// State not recoverable.
    NotRecoverable = 56,
    /// Not a socket.
    NotSock = 57,
    /// Not supported, or operation not supported on socket.
    NotSup = 58,
    /// Inappropriate I/O control operation.
    NoTty = 59,
    /// No such device or address.
    NxIo = 60,
    /// Value too large to be stored in data type.
    Overflow = 61,
    /// Previous owner died.
    OwnerDead = 62,
    /// Operation not permitted.
    Perm = 63,
    /// Broken pipe.
    Pipe = 64,
    /// Protocol error.
    Proto = 65,
    /// Protocol not supported.
    ProtoNoSupport = 66,
    /// Protocol wrong type for socket.
    Prototype = 67,
    /// Result too large.
    Range = 68,
    /// Read-only file system.
    RoFs = 69,
    /// Invalid seek.
    SPipe = 70,
    /// No such process.
    Srch = 71,
    /// Reserved.
    Stale = 72,
    /// Connection timed out.
    TimedOut = 73,
    /// Text file busy.
    TxtBsy = 74,
    /// Cross-device link.
    XDev = 75,
    /// Capabilities insufficient.
    NotCapable = 76,
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Errno {}

impl From<&io::Error> for Errno {
    fn from(error: &io::Error) -> Errno {
        crate::sys::errno(error).unwrap_or_else(|| of_kind(error.kind()))
    }
}

impl From<io::Error> for Errno {
    fn from(error: io::Error) -> Errno {
        Errno::from(&error)
    }
}

/// What the operating system's number leaves open: errors that Rust's library or the sandbox made.
fn of_kind(kind: io::ErrorKind) -> Errno {
    use io::ErrorKind as Kind;
    match kind {
        Kind::NotFound => Errno::NoEnt,
        Kind::PermissionDenied => Errno::Perm,
        Kind::ConnectionRefused => Errno::ConnRefused,
        Kind::ConnectionReset => Errno::ConnReset,
        Kind::ConnectionAborted => Errno::ConnAborted,
        Kind::NotConnected => Errno::NotConn,
        Kind::AddrInUse => Errno::AddrInUse,
        Kind::AddrNotAvailable => Errno::AddrNotAvail,
        Kind::BrokenPipe => Errno::Pipe,
        Kind::AlreadyExists => Errno::Exist,
        Kind::WouldBlock => Errno::Again,
        Kind::InvalidInput => Errno::Inval,
        Kind::InvalidData => Errno::IlSeq,
        Kind::TimedOut => Errno::TimedOut,
        Kind::Interrupted => Errno::Intr,
        Kind::OutOfMemory => Errno::NoMem,
        Kind::Unsupported => Errno::NotSup,
        Kind::NotADirectory => Errno::NotDir,
        Kind::IsADirectory => Errno::IsDir,
        Kind::DirectoryNotEmpty => Errno::NotEmpty,
        Kind::ReadOnlyFilesystem => Errno::RoFs,
        Kind::StorageFull => Errno::NoSpc,
        Kind::FileTooLarge => Errno::FBig,
        Kind::TooManyLinks => Errno::MLink,
        Kind::CrossesDevices => Errno::XDev,
        Kind::InvalidFilename => Errno::NameTooLong,
        _ => Errno::Io,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_keep_their_meaning() {
        assert_eq!(Errno::from(io::Error::from(io::ErrorKind::NotFound)), Errno::NoEnt);
        assert_eq!(Errno::from(io::Error::other("something else")), Errno::Io);
        assert_eq!(Errno::NoEnt as u16, 44);
        assert_eq!(Errno::NotCapable.to_string(), "Capabilities insufficient.");
    }

    #[cfg(unix)]
    #[test]
    fn numbers_of_the_system_come_first() {
        let error = io::Error::from(rustix::io::Errno::LOOP);
        assert_eq!(Errno::from(error), Errno::Loop);
        assert_eq!(Errno::from(io::Error::from(rustix::io::Errno::ACCESS)), Errno::Access);
    }
}
