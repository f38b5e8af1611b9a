//! What the options grant becomes a WASI context.
//!
//! Owns the opening of directories, files and listeners, and the messages if that fails.
//! What a guest does with them is the matter of `sarsen-wasi`.

use super::buckets;
use super::ending::Reader;
use super::options::Options;
use super::values::{Grant, Redirect, Variable};
use crate::failure::Failure;
use crate::terminal;
use sarsen_wasi::{Buffered, FileInput, FileOutput, FsPerms, OutputStream, WasiCtxBuilder};
use std::fs::File;
use std::io;
use std::net::TcpListener;
use std::path::Path;

/// Descriptors 0, 1 and 2 are the standard streams.
const FIRST_DESCRIPTOR: usize = 3;

/// What `options` grant, for a program with these arguments, of which the first is its name. `reader` is at the other end of
/// standard output, if sarsen's is passed on.
pub(super) fn grants(
    options: &Options,
    arguments: &[String],
    reader: &Reader,
) -> Result<WasiCtxBuilder, Failure> {
    let mut builder = WasiCtxBuilder::new();
    builder.args(arguments);
    // It is the only guest of the process, whose own limit is the user's.
    builder.max_open_files(usize::MAX);
    if options.inherit_env == Some(true) {
        builder.inherit_env();
    }
    shared(&mut builder, options)?;
    let descriptors = FIRST_DESCRIPTOR + options.dir.len()..;
    for (descriptor, address) in descriptors.zip(&options.listen) {
        listener(&mut builder, descriptor, address)?;
    }
    streams(&mut builder, options, reader)?;
    if let Some(seed) = options.seed {
        builder.deterministic(seed);
    }
    Ok(builder)
}

/// What programs and servers can be granted alike. Servers have no arguments and no input, and their outputs are their own matter.
pub(crate) fn shared(builder: &mut WasiCtxBuilder, options: &Options) -> Result<(), Failure> {
    for variable in &options.env {
        builder.env(&variable.name, value("--env", variable)?);
    }
    for variable in &options.config_var {
        builder.config_var(&variable.name, value("--config-var", variable)?);
    }
    for grant in &options.dir {
        directory(builder, grant)?;
    }
    for bucket in &options.keyvalue {
        buckets::grant(builder, bucket)?;
    }
    builder.socket_policy(options.policy());
    Ok(())
}

fn value(option: &str, variable: &Variable) -> Result<String, Failure> {
    if let Some(value) = &variable.value {
        return Ok(value.clone());
    }
    let name = &variable.name;
    std::env::var(name).map_err(|error| Failure::usage(format_args!("{option} {name}: {error}")))
}

fn directory(builder: &mut WasiCtxBuilder, grant: &Grant) -> Result<(), Failure> {
    let perms = if grant.read_only { FsPerms::ReadOnly } else { FsPerms::ReadWrite };
    let granted = builder.preopened_dir(&grant.host, &grant.guest, perms);
    granted.map(drop).map_err(|error| cannot("--dir", &grant.host, error))
}

fn listener(builder: &mut WasiCtxBuilder, descriptor: usize, address: &str) -> Result<(), Failure> {
    let problem = |error| Failure::usage(format_args!("--listen {address}: {error}"));
    let listener = TcpListener::bind(address).map_err(problem)?;
    let bound = listener.local_addr().map_err(problem)?;
    // Whoever chose the port knows it.
    if address.ends_with(":0") {
        terminal::complain(&format!("listening on {bound} (descriptor {descriptor})"));
    }
    builder.listener(listener).map(drop).map_err(problem)
}

fn streams(builder: &mut WasiCtxBuilder, options: &Options, reader: &Reader) -> Result<(), Failure> {
    match options.stdin.as_ref().unwrap_or(&Redirect::Inherit) {
        Redirect::Inherit => builder.inherit_stdin(),
        Redirect::Null => builder,
        Redirect::File(path) => {
            let file = File::open(path).map_err(|error| cannot("--stdin", path, error))?;
            builder.stdin(FileInput::new(file))
        }
    };
    match options.stdout.as_ref().unwrap_or(&Redirect::Inherit) {
        Redirect::Inherit => inherit_stdout(builder, reader),
        Redirect::Null => builder,
        Redirect::File(path) => {
            let file = create("--stdout", path)?;
            builder.stdout(Buffered::new(FileOutput::new(file)))
        }
    };
    match options.stderr.as_ref().unwrap_or(&Redirect::Inherit) {
        Redirect::Inherit => builder.inherit_stderr(),
        Redirect::Null => builder,
        // Both streams in one file: what one writes does not overwrite what the other has written.
        Redirect::File(path) if options.stderr == options.stdout => {
            let file = File::options().append(true).open(path);
            builder.stderr(FileOutput::new(file.map_err(|error| cannot("--stderr", path, error))?))
        }
        Redirect::File(path) => builder.stderr(FileOutput::new(create("--stderr", path)?)),
    };
    Ok(())
}

/// As [`WasiCtxBuilder::inherit_stdout`], except that the guest ends when `reader` goes away.
fn inherit_stdout<'a>(builder: &'a mut WasiCtxBuilder, reader: &Reader) -> &'a mut WasiCtxBuilder {
    match FileOutput::stdout().map(|stream| stream.stopped_by(builder.stop_handle())) {
        Ok(stream) if stream.is_terminal() => builder.stdout(stream),
        Ok(stream) => builder.stdout(Buffered::new(Read { stream, reader: reader.clone() })),
        Err(_) => builder,
    }
}

/// An output that somebody reads, or not any more.
struct Read {
    stream: FileOutput,
    reader: Reader,
}

impl OutputStream for Read {
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes).inspect_err(|error| {
            if error.kind() == io::ErrorKind::BrokenPipe {
                self.reader.went_away();
            }
        })
    }

    fn flush(&self) -> io::Result<()> {
        self.stream.flush()
    }

    fn is_terminal(&self) -> bool {
        self.stream.is_terminal()
    }

    fn as_file(&self) -> Option<&File> {
        self.stream.as_file()
    }
}

/// A new file for output, which can be that of both streams: writing goes to its end.
fn create(option: &str, path: &Path) -> Result<File, Failure> {
    let emptied = File::create(path);
    let file = emptied.and_then(|_| File::options().append(true).open(path));
    file.map_err(|error| cannot(option, path, error))
}

fn cannot(option: &str, path: &Path, error: io::Error) -> Failure {
    Failure::usage(format_args!("{option} {}: {error}", path.display()))
}
