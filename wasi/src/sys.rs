//! What only the operating system can say or do: the one file here with `cfg(target)`.
//!
//! Every function has a portable answer where a system has none. Does not decide anything about permissions.

use crate::errno::Errno;
use std::io;
use std::time::Duration;

/// The name of an error that has a number.
#[cfg(unix)]
pub(crate) fn errno(error: &io::Error) -> Option<Errno> {
    use rustix::io::Errno as Os;
    let os = Os::from_raw_os_error(error.raw_os_error()?);
    let names = [
        (Os::TOOBIG, Errno::TooBig),
        (Os::ACCESS, Errno::Access),
        (Os::ADDRINUSE, Errno::AddrInUse),
        (Os::ADDRNOTAVAIL, Errno::AddrNotAvail),
        (Os::AFNOSUPPORT, Errno::AfNoSupport),
        (Os::AGAIN, Errno::Again),
        (Os::ALREADY, Errno::Already),
        (Os::BADF, Errno::BadF),
        (Os::BUSY, Errno::Busy),
        (Os::CANCELED, Errno::Canceled),
        (Os::CONNABORTED, Errno::ConnAborted),
        (Os::CONNREFUSED, Errno::ConnRefused),
        (Os::CONNRESET, Errno::ConnReset),
        (Os::DEADLK, Errno::Deadlk),
        (Os::DQUOT, Errno::DQuot),
        (Os::EXIST, Errno::Exist),
        (Os::FAULT, Errno::Fault),
        (Os::FBIG, Errno::FBig),
        (Os::HOSTUNREACH, Errno::HostUnreach),
        (Os::ILSEQ, Errno::IlSeq),
        (Os::INPROGRESS, Errno::InProgress),
        (Os::INTR, Errno::Intr),
        (Os::INVAL, Errno::Inval),
        (Os::IO, Errno::Io),
        (Os::ISCONN, Errno::IsConn),
        (Os::ISDIR, Errno::IsDir),
        (Os::LOOP, Errno::Loop),
        (Os::MFILE, Errno::MFile),
        (Os::MLINK, Errno::MLink),
        (Os::MSGSIZE, Errno::MsgSize),
        (Os::NAMETOOLONG, Errno::NameTooLong),
        (Os::NETDOWN, Errno::NetDown),
        (Os::NETUNREACH, Errno::NetUnreach),
        (Os::NFILE, Errno::NFile),
        (Os::NOBUFS, Errno::NoBufs),
        (Os::NODEV, Errno::NoDev),
        (Os::NOENT, Errno::NoEnt),
        (Os::NOMEM, Errno::NoMem),
        (Os::NOSPC, Errno::NoSpc),
        (Os::NOSYS, Errno::NoSys),
        (Os::NOTCONN, Errno::NotConn),
        (Os::NOTDIR, Errno::NotDir),
        (Os::NOTEMPTY, Errno::NotEmpty),
        (Os::NOTSOCK, Errno::NotSock),
        (Os::NOTSUP, Errno::NotSup),
        (Os::NOTTY, Errno::NoTty),
        (Os::NXIO, Errno::NxIo),
        (Os::OVERFLOW, Errno::Overflow),
        (Os::PERM, Errno::Perm),
        (Os::PIPE, Errno::Pipe),
        (Os::RANGE, Errno::Range),
        (Os::ROFS, Errno::RoFs),
        (Os::SPIPE, Errno::SPipe),
        (Os::STALE, Errno::Stale),
        (Os::TIMEDOUT, Errno::TimedOut),
        (Os::TXTBSY, Errno::TxtBsy),
        (Os::XDEV, Errno::XDev),
    ];
    names.iter().find(|(number, _)| *number == os).map(|&(_, name)| name)
}

#[cfg(not(unix))]
pub(crate) fn errno(_error: &io::Error) -> Option<Errno> {
    None
}

/// Something that can be waited for.
#[cfg(unix)]
pub(crate) type Waitable<'a> = std::os::fd::BorrowedFd<'a>;
#[cfg(not(unix))]
pub(crate) type Waitable<'a> = std::marker::PhantomData<&'a ()>;

/// What is wanted of a [`Waitable`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Interest {
    /// That a read does not block.
    Read,
    /// That a write does not block.
    Write,
}

/// What became of one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Readiness {
    /// The operation will not block.
    pub(crate) ready: bool,
    /// The other end is gone.
    pub(crate) hangup: bool,
}

/// Waits until one of them is ready, or the time is over.
#[cfg(unix)]
pub(crate) fn wait(wanted: &[(Waitable<'_>, Interest)], timeout: Duration) -> io::Result<Vec<Readiness>> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let mut polled: Vec<PollFd<'_>> = wanted
        .iter()
        .map(|(fd, interest)| {
            let flags = if *interest == Interest::Read { PollFlags::IN } else { PollFlags::OUT };
            PollFd::from_borrowed_fd(*fd, flags)
        })
        .collect();
    let timeout = Timespec {
        tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: timeout.subsec_nanos().into(),
    };
    match poll(&mut polled, Some(&timeout)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let readiness = |fd: &PollFd<'_>| {
        let events = fd.revents();
        Readiness { ready: !events.is_empty(), hangup: events.contains(PollFlags::HUP) }
    };
    Ok(polled.iter().map(readiness).collect())
}

/// Without a way to ask, everything is ready.
#[cfg(not(unix))]
pub(crate) fn wait(wanted: &[(Waitable<'_>, Interest)], _timeout: Duration) -> io::Result<Vec<Readiness>> {
    Ok(vec![Readiness { ready: true, hangup: false }; wanted.len()])
}

/// What tells a file from others that are open at the same time.
#[cfg(unix)]
pub(crate) fn identity(waitable: Waitable<'_>) -> i32 {
    std::os::fd::AsRawFd::as_raw_fd(&waitable)
}

/// Where nobody waits, one is as good as all.
#[cfg(not(unix))]
pub(crate) fn identity(_waitable: Waitable<'_>) -> i32 {
    0
}

/// The same without a thread, for one of them.
#[cfg(unix)]
pub(crate) async fn ready(waitable: Waitable<'_>, interest: Interest) -> io::Result<()> {
    use tokio::io::{Interest as Wanted, unix::AsyncFd};
    let wanted = if interest == Interest::Read { Wanted::READABLE } else { Wanted::WRITABLE };
    let handle = waitable.try_clone_to_owned()?;
    #[expect(
        deprecated,
        reason = "a file owns its descriptor; what replaces this is unsafe for those that do not"
    )]
    let handle = match crate::reactor::enter_reactor(|| AsyncFd::with_interest(handle, wanted))? {
        Ok(handle) => handle,
        // Files and devices that are always ready cannot be registered.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(()),
        Err(error) => return Err(error),
    };
    loop {
        let mut guard = handle.ready(wanted).await?;
        // Others use the same file, so that it may not be ready any more.
        if wait(&[(waitable, interest)], Duration::ZERO)?.iter().any(|readiness| readiness.ready) {
            return Ok(());
        }
        guard.clear_ready();
    }
}

#[cfg(not(unix))]
pub(crate) async fn ready(_waitable: Waitable<'_>, _interest: Interest) -> io::Result<()> {
    Ok(())
}

/// Bytes that can be read at once, if the system says.
#[cfg(unix)]
pub(crate) fn available(fd: Waitable<'_>) -> u64 {
    rustix::io::ioctl_fionread(fd).unwrap_or(0)
}

#[cfg(not(unix))]
pub(crate) fn available(_fd: Waitable<'_>) -> u64 {
    0
}

/// Processor time of this process.
#[cfg(unix)]
pub(crate) fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Where the system is not asked, time since the first question.
#[cfg(not(unix))]
pub(crate) fn processor_time() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

/// Makes a file long enough, and finds room for it; false if the system cannot.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
pub(crate) fn allocate(file: &std::fs::File, offset: u64, len: u64) -> io::Result<bool> {
    use rustix::io::Errno as Os;
    match rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), offset, len) {
        Ok(()) => Ok(true),
        Err(Os::NOTSUP | Os::NOSYS) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
pub(crate) fn allocate(_file: &std::fs::File, _offset: u64, _len: u64) -> io::Result<bool> {
    Ok(false)
}

/// How a guest means to use a range of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Advice {
    Normal,
    Sequential,
    Random,
    WillNeed,
    DontNeed,
    NoReuse,
}

/// Passes advice on.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
pub(crate) fn advise(file: &std::fs::File, offset: u64, len: u64, advice: Advice) -> io::Result<()> {
    use rustix::fs::Advice as Os;
    let advice = match advice {
        Advice::Normal => Os::Normal,
        Advice::Sequential => Os::Sequential,
        Advice::Random => Os::Random,
        Advice::WillNeed => Os::WillNeed,
        Advice::DontNeed => Os::DontNeed,
        Advice::NoReuse => Os::NoReuse,
    };
    Ok(rustix::fs::fadvise(file, offset, std::num::NonZeroU64::new(len), advice)?)
}

/// Advice can be ignored.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
pub(crate) fn advise(_file: &std::fs::File, _offset: u64, _len: u64, _advice: Advice) -> io::Result<()> {
    Ok(())
}

/// Flags of an open file that can change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct StatusFlags {
    pub(crate) append: bool,
    pub(crate) nonblock: bool,
}

/// Sets an open file's flags.
#[cfg(unix)]
pub(crate) fn set_status(file: &std::fs::File, flags: StatusFlags) -> io::Result<()> {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    let mut set = fcntl_getfl(file)?;
    set.set(OFlags::APPEND, flags.append);
    set.set(OFlags::NONBLOCK, flags.nonblock);
    Ok(fcntl_setfl(file, set)?)
}

#[cfg(not(unix))]
pub(crate) fn set_status(_file: &std::fs::File, _flags: StatusFlags) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Reads at an offset, leaving the position alone.
#[cfg(unix)]
pub(crate) fn read_at(file: &std::fs::File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(not(unix))]
pub(crate) fn read_at(mut file: &std::fs::File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    use io::{Read, Seek, SeekFrom};
    let before = file.stream_position()?;
    file.seek(SeekFrom::Start(offset))?;
    let result = file.read(buffer);
    file.seek(SeekFrom::Start(before))?;
    result
}

/// Writes at an offset, leaving the position alone.
#[cfg(unix)]
pub(crate) fn write_at(file: &std::fs::File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::write_at(file, bytes, offset)
}

#[cfg(not(unix))]
pub(crate) fn write_at(mut file: &std::fs::File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    use io::{Seek, SeekFrom, Write};
    let before = file.stream_position()?;
    file.seek(SeekFrom::Start(offset))?;
    let result = file.write(bytes);
    file.seek(SeekFrom::Start(before))?;
    result
}

/// Writes at the end, wherever that is by now.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn append(file: &std::fs::File, bytes: &[u8]) -> io::Result<usize> {
    use rustix::io::{Errno as Os, ReadWriteFlags, pwritev2};
    match pwritev2(file, &[io::IoSlice::new(bytes)], 0, ReadWriteFlags::APPEND) {
        Err(Os::NOTSUP | Os::NOSYS) => write_at(file, bytes, file.metadata()?.len()),
        written => Ok(written?),
    }
}

/// Where the system has no call for it, another writer could be quicker.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn append(file: &std::fs::File, bytes: &[u8]) -> io::Result<usize> {
    write_at(file, bytes, file.metadata()?.len())
}

/// A standard stream of this process as a file of its own.
#[cfg(unix)]
pub(crate) fn duplicate(stream: &impl std::os::fd::AsFd) -> io::Result<std::fs::File> {
    Ok(stream.as_fd().try_clone_to_owned()?.into())
}

#[cfg(windows)]
pub(crate) fn duplicate(stream: &impl std::os::windows::io::AsHandle) -> io::Result<std::fs::File> {
    Ok(stream.as_handle().try_clone_to_owned()?.into())
}

/// A file, socket or listener as something to wait for.
#[cfg(unix)]
pub(crate) fn waitable(handle: &impl std::os::fd::AsFd) -> Waitable<'_> {
    handle.as_fd()
}

#[cfg(not(unix))]
pub(crate) fn waitable<T>(_handle: &T) -> Waitable<'_> {
    std::marker::PhantomData
}

/// When a file's attributes changed last.
#[cfg(unix)]
pub(crate) fn changed(metadata: &cap_std::fs::Metadata) -> Option<Duration> {
    use cap_std::fs::MetadataExt;
    let (seconds, nanoseconds) = (metadata.ctime(), metadata.ctime_nsec());
    Some(Duration::new(u64::try_from(seconds).ok()?, u32::try_from(nanoseconds).ok()?))
}

#[cfg(not(unix))]
pub(crate) fn changed(_metadata: &cap_std::fs::Metadata) -> Option<Duration> {
    None
}

/// The number of the file that a name in a directory stands for.
#[cfg(unix)]
pub(crate) fn inode(entry: &cap_std::fs::DirEntry) -> u64 {
    std::os::unix::fs::DirEntryExt::ino(entry)
}

#[cfg(not(unix))]
pub(crate) fn inode(_entry: &cap_std::fs::DirEntry) -> u64 {
    0
}

/// Makes a UDP socket one that talks to anybody again.
#[cfg(unix)]
pub(crate) fn disconnect(socket: &impl std::os::fd::AsFd) -> io::Result<()> {
    match rustix::net::connect_unspec(socket) {
        // Some systems do it and say that there is no such address.
        Err(rustix::io::Errno::AFNOSUPPORT) => Ok(()),
        result => Ok(result?),
    }
}
#[cfg(windows)]
pub(crate) fn disconnect(socket: &impl std::os::windows::io::AsSocket) -> io::Result<()> {
    // Here, the address that stands for none means this.
    let none: std::net::SocketAddr = (std::net::Ipv4Addr::UNSPECIFIED, 0).into();
    socket2::SockRef::from(socket).connect(&none.into())
}
