//! The errors of `wasi:filesystem`: which of the host's is which of the guest's.

use crate::errno::Errno;
use crate::p2::WasiCtxView;
use crate::p2::io::{Error, StreamError};
use sarsen::Result;
use sarsen_component::{ComponentType, Lift, Lower, Resource, ResourceTableError};

/// The type `error-code`, and the errors of the host with the same meaning: one row each.
macro_rules! error_codes {
    ($($code:ident = $name:literal, $errno:ident;)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug, ComponentType, Lift, Lower)]
        #[component(enum)]
        #[repr(u8)]
        pub(super) enum ErrorCode {
            $(#[component(name = $name)] $code,)*
        }

        impl From<Errno> for ErrorCode {
            fn from(errno: Errno) -> ErrorCode {
                match errno {
                    $(Errno::$errno => ErrorCode::$code,)*
                    Errno::NoSys => ErrorCode::Unsupported,
                    Errno::NotCapable => ErrorCode::NotPermitted,
                    // Of what it takes to have a file open, there is no more.
                    Errno::MFile | Errno::NFile | Errno::NoBufs => ErrorCode::InsufficientMemory,
                    _ => ErrorCode::Io,
                }
            }
        }
    };
}

error_codes! {
    Access = "access", Access;
    WouldBlock = "would-block", Again;
    Already = "already", Already;
    BadDescriptor = "bad-descriptor", BadF;
    Busy = "busy", Busy;
    Deadlock = "deadlock", Deadlk;
    Quota = "quota", DQuot;
    Exist = "exist", Exist;
    FileTooLarge = "file-too-large", FBig;
    IllegalByteSequence = "illegal-byte-sequence", IlSeq;
    InProgress = "in-progress", InProgress;
    Interrupted = "interrupted", Intr;
    Invalid = "invalid", Inval;
    Io = "io", Io;
    IsDirectory = "is-directory", IsDir;
    Loop = "loop", Loop;
    TooManyLinks = "too-many-links", MLink;
    MessageSize = "message-size", MsgSize;
    NameTooLong = "name-too-long", NameTooLong;
    NoDevice = "no-device", NoDev;
    NoEntry = "no-entry", NoEnt;
    NoLock = "no-lock", NoLck;
    InsufficientMemory = "insufficient-memory", NoMem;
    InsufficientSpace = "insufficient-space", NoSpc;
    NotDirectory = "not-directory", NotDir;
    NotEmpty = "not-empty", NotEmpty;
    NotRecoverable = "not-recoverable", NotRecoverable;
    Unsupported = "unsupported", NotSup;
    NoTty = "no-tty", NoTty;
    NoSuchDevice = "no-such-device", NxIo;
    Overflow = "overflow", Overflow;
    NotPermitted = "not-permitted", Perm;
    Pipe = "pipe", Pipe;
    ReadOnly = "read-only", RoFs;
    InvalidSeek = "invalid-seek", SPipe;
    TextFileBusy = "text-file-busy", TxtBsy;
    CrossDevice = "cross-device", XDev;
}

/// Why a function does not succeed.
pub(super) enum Fail {
    /// The guest is told.
    Code(ErrorCode),
    /// The guest ends.
    End(sarsen::Error),
}

/// What functions of this package return.
pub(super) type Step<T = ()> = std::result::Result<T, Fail>;

impl From<ErrorCode> for Fail {
    fn from(code: ErrorCode) -> Fail {
        Fail::Code(code)
    }
}

impl From<Errno> for Fail {
    fn from(errno: Errno) -> Fail {
        Fail::Code(errno.into())
    }
}

impl From<ResourceTableError> for Fail {
    fn from(error: ResourceTableError) -> Fail {
        Fail::End(error.into())
    }
}

impl From<Errno> for StreamError {
    fn from(errno: Errno) -> StreamError {
        StreamError::failed(errno)
    }
}

/// Tells a guest what has become of a call.
pub(super) fn told<R>(_: &mut WasiCtxView<'_>, outcome: Step<R>) -> Result<(Result<R, ErrorCode>,)> {
    match outcome {
        Ok(value) => Ok((Ok(value),)),
        Err(Fail::Code(code)) => Ok((Err(code),)),
        Err(Fail::End(error)) => Err(error),
    }
}

impl WasiCtxView<'_> {
    /// What an error of a stream is for this package, if it is of its kind.
    pub(super) fn filesystem_error_code(&mut self, error: Resource<Error>) -> Result<Option<ErrorCode>> {
        let error = self.table.get(&error)?;
        let errno = error.downcast_ref::<Errno>().copied();
        // Standard streams can be files as well.
        let errno = errno.or_else(|| error.downcast_ref::<std::io::Error>().map(Errno::from));
        Ok(errno.map(ErrorCode::from))
    }
}
