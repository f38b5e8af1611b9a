//! What a guest is granted.
//!
//! Owns the grants; how a guest names and uses them is the faces' matter.

use crate::clocks::{Clocks, HostClocks, SimulatedClocks};
use crate::files::{Dir, DirPerms, FilePerms, Perms};
use crate::network::{AddressPattern, SocketPolicy};
use crate::open_files::OpenFiles;
use crate::p1::WasiP1Ctx;
use crate::p2::WasiCtx;
use crate::p2::keyvalue::Bucket;
use crate::random::{HostRandom, Random, SeededRandom};
use crate::sockets::Listener;
use crate::stop::StopHandle;
use crate::stream::{Buffered, FileInput, FileOutput, InputStream, Null, OutputStream};
use cap_std::ambient_authority;
use std::collections::HashMap;
use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// Collects what a guest is granted. In the beginning that is nothing: no arguments, variables, files or sockets, empty
/// input, output that is forgotten. The clocks and random bytes are the machine's.
pub struct WasiCtxBuilder {
    host: Host,
    dirs: Vec<(String, cap_std::fs::Dir, Perms)>,
}

/// What a guest was granted, shared by its threads.
#[derive(Clone)]
pub(crate) struct Host {
    pub(crate) args: Vec<String>,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) initial_dir: Option<String>,
    pub(crate) clocks: Arc<dyn Clocks>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) stdin: Arc<dyn InputStream>,
    pub(crate) stdout: Arc<dyn OutputStream>,
    pub(crate) stderr: Arc<dyn OutputStream>,
    pub(crate) preopens: Vec<(String, Arc<Dir>)>,
    pub(crate) listeners: Vec<Arc<Listener>>,
    pub(crate) network: SocketPolicy,
    pub(crate) config: Vec<(String, String)>,
    pub(crate) buckets: HashMap<String, Arc<dyn Bucket>>,
    pub(crate) open_files: OpenFiles,
    pub(crate) stop: StopHandle,
    secret: OnceLock<u64>,
}

impl Host {
    /// Lets standard output arrive before something happens that must not overtake it.
    pub(crate) fn flush_output(&self) {
        // An error comes back at the next write, which is the call that it belongs to.
        let _ = self.stdout.flush();
    }

    /// Lets standard output arrive before a guest waits, or soon after, if its readers are slow; whether it has arrived.
    pub(crate) fn offer_output(&self) -> bool {
        // As above.
        self.stdout.flush_ready().unwrap_or(true)
    }

    /// A number that guests do not know.
    pub(crate) fn secret(&self) -> io::Result<u64> {
        if let Some(secret) = self.secret.get() {
            return Ok(*secret);
        }
        let mut bytes = [0; 8];
        self.random.fill(&mut bytes)?;
        Ok(*self.secret.get_or_init(|| u64::from_le_bytes(bytes)))
    }
}

impl Host {
    /// The same for a guest whose waits end by themselves, and whose open files are counted by themselves.
    pub(crate) fn another(&self) -> Host {
        let open_files = self.open_files.another();
        let preopens = self.preopens.iter();
        let preopens = preopens.map(|(name, dir)| (name.clone(), Arc::new(dir.another(&open_files))));
        let preopens = preopens.collect();
        Host { stop: StopHandle::default(), preopens, open_files, ..self.clone() }
    }
}

impl Default for WasiCtxBuilder {
    fn default() -> WasiCtxBuilder {
        WasiCtxBuilder::new()
    }
}

impl WasiCtxBuilder {
    /// Grants nothing yet.
    pub fn new() -> WasiCtxBuilder {
        let host = Host {
            args: Vec::new(),
            env: Vec::new(),
            initial_dir: None,
            clocks: Arc::new(HostClocks::default()),
            random: Arc::new(HostRandom),
            stdin: Arc::new(Null),
            stdout: Arc::new(Null),
            stderr: Arc::new(Null),
            preopens: Vec::new(),
            listeners: Vec::new(),
            network: SocketPolicy::new(),
            config: Vec::new(),
            buckets: HashMap::new(),
            open_files: OpenFiles::default(),
            stop: StopHandle::default(),
            secret: OnceLock::new(),
        };
        WasiCtxBuilder { host, dirs: Vec::new() }
    }

    /// Adds an argument; the first one is the program's name. What follows a NUL, which no argument can hold, is left out.
    pub fn arg(&mut self, arg: impl AsRef<str>) -> &mut Self {
        self.host.args.push(until_nul(arg.as_ref()));
        self
    }

    /// Adds arguments.
    pub fn args(&mut self, args: impl IntoIterator<Item = impl AsRef<str>>) -> &mut Self {
        for arg in args {
            self.arg(arg);
        }
        self
    }

    /// Passes on the arguments of this process, its name first. What is not text in one becomes U+FFFD.
    pub fn inherit_args(&mut self) -> &mut Self {
        self.args(std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()))
    }

    /// Sets an environment variable.
    pub fn env(&mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> &mut Self {
        let (name, value) = (until_nul(name.as_ref()), until_nul(value.as_ref()));
        self.host.env.retain(|(other, _)| *other != name);
        self.host.env.push((name, value));
        self
    }

    /// Sets environment variables.
    pub fn envs(&mut self, variables: &[(impl AsRef<str>, impl AsRef<str>)]) -> &mut Self {
        for (name, value) in variables {
            self.env(name, value);
        }
        self
    }

    /// Passes on the environment variables of this process that are text.
    pub fn inherit_env(&mut self) -> &mut Self {
        for (name, value) in std::env::vars_os() {
            if let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) {
                self.env(name, value);
            }
        }
        self
    }

    /// Names the directory that paths of the guest begin in, as the guest knows it: with WASI 0.2, where it is no grant. Without,
    /// that is up to the guest's library.
    pub fn initial_dir(&mut self, guest: impl AsRef<str>) -> &mut Self {
        self.host.initial_dir = Some(until_nul(guest.as_ref()));
        self
    }

    /// What the guest reads as its standard input.
    pub fn stdin(&mut self, stream: impl InputStream + 'static) -> &mut Self {
        self.host.stdin = Arc::new(stream);
        self
    }

    /// What becomes of the guest's standard output.
    pub fn stdout(&mut self, stream: impl OutputStream + 'static) -> &mut Self {
        self.host.stdout = Arc::new(stream);
        self
    }

    /// What becomes of the guest's error output.
    pub fn stderr(&mut self, stream: impl OutputStream + 'static) -> &mut Self {
        self.host.stderr = Arc::new(stream);
        self
    }

    /// Passes on this process's standard input; one that is closed is empty.
    pub fn inherit_stdin(&mut self) -> &mut Self {
        if let Ok(stream) = FileInput::stdin() {
            self.stdin(stream);
        }
        self
    }

    /// Passes on this process's standard output: line by line to a terminal, in larger pieces to anything else.
    pub fn inherit_stdout(&mut self) -> &mut Self {
        match FileOutput::stdout().map(|stream| stream.stopped_by(self.stop_handle())) {
            Ok(stream) if stream.is_terminal() => self.stdout(stream),
            Ok(stream) => self.stdout(Buffered::new(stream)),
            Err(_) => self,
        }
    }

    /// Passes on this process's error output.
    pub fn inherit_stderr(&mut self) -> &mut Self {
        if let Ok(stream) = FileOutput::stderr() {
            self.stderr(stream.stopped_by(self.stop_handle()));
        }
        self
    }

    /// Passes on all three.
    pub fn inherit_stdio(&mut self) -> &mut Self {
        self.inherit_stdin().inherit_stdout().inherit_stderr()
    }

    /// Grants a directory of the host, which the guest knows by the name `guest`: with [`FsPerms`](crate::FsPerms), or with names
    /// and contents apart, as `(DirPerms, FilePerms)`.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn preopened_dir(
        &mut self,
        host: impl AsRef<Path>,
        guest: impl AsRef<str>,
        perms: impl Into<Perms>,
    ) -> io::Result<&mut Self> {
        let dir = cap_std::fs::Dir::open_ambient_dir(host, ambient_authority())?;
        self.dirs.push((until_nul(guest.as_ref()), dir, perms.into()));
        Ok(self)
    }

    /// Grants a socket that listens already. The guest can accept connections, not open any.
    ///
    /// # Errors
    /// If it cannot be set up.
    pub fn listener(&mut self, listener: TcpListener) -> io::Result<&mut Self> {
        self.host.listeners.push(Arc::new(Listener::new(listener)?));
        Ok(self)
    }

    /// Grants connecting, or sending datagrams, to what a pattern matches: `*:443`, `10.0.0.0/8:5432` or `example.com:80-90`.
    pub fn allow_connect(&mut self, to: AddressPattern) -> &mut Self {
        self.host.network.allow_connect(to);
        self
    }

    /// Grants having the local addresses that a pattern matches, to listen or to get datagrams.
    pub fn allow_listen(&mut self, at: AddressPattern) -> &mut Self {
        self.host.network.allow_listen(at);
        self
    }

    /// Whether TCP may be used at all; it may, as far as addresses are granted.
    pub fn allow_tcp(&mut self, allow: bool) -> &mut Self {
        self.host.network.allow_tcp(allow);
        self
    }

    /// Whether UDP may be used at all; it may, as far as addresses are granted.
    pub fn allow_udp(&mut self, allow: bool) -> &mut Self {
        self.host.network.allow_udp(allow);
        self
    }

    /// Whether any name may be looked up; those that patterns are about can be looked up anyway.
    pub fn allow_ip_name_lookup(&mut self, allow: bool) -> &mut Self {
        self.host.network.allow_name_lookup(allow);
        self
    }

    /// Grants all of this machine's network. Looking up names is granted apart.
    pub fn inherit_network(&mut self) -> &mut Self {
        self.host.network.allow_all();
        self
    }

    /// Replaces all grants of the network.
    pub fn socket_policy(&mut self, policy: SocketPolicy) -> &mut Self {
        self.host.network = policy;
        self
    }

    /// How many files, directories, listings and sockets the guest may have open at once beside what it was granted: 240 unless told
    /// otherwise. What would be one more is an error for the guest. Files are the process's: without this bound, a guest could
    /// keep everybody else in it from opening any.
    ///
    /// How many bytes a guest of WASI 0.2 makes the host hold for its resources is the
    /// [`ResourceTable`](sarsen_component::ResourceTable)'s matter: see `ResourceTable::set_max_bytes`.
    pub fn max_open_files(&mut self, max: usize) -> &mut Self {
        self.host.open_files = OpenFiles::new(max);
        self
    }

    /// Sets a value of the configuration that `wasi:config` shows.
    pub fn config_var(&mut self, name: impl Into<String>, value: impl Into<String>) -> &mut Self {
        let (name, value) = (name.into(), value.into());
        self.host.config.retain(|(other, _)| *other != name);
        self.host.config.push((name, value));
        self
    }

    /// Grants a bucket of values, which the guest opens by a name: with `wasi:keyvalue`.
    pub fn keyvalue(&mut self, name: impl Into<String>, bucket: impl Bucket + 'static) -> &mut Self {
        self.host.buckets.insert(name.into(), Arc::new(bucket));
        self
    }

    /// Where time comes from.
    pub fn clocks(&mut self, clocks: impl Clocks + 'static) -> &mut Self {
        self.host.clocks = Arc::new(clocks);
        self
    }

    /// Where random bytes come from.
    pub fn random(&mut self, random: impl Random + 'static) -> &mut Self {
        self.host.random = Arc::new(random);
        self
    }

    /// Makes every run the same as far as the host is concerned: simulated clocks, and random bytes that follow from `seed`.
    pub fn deterministic(&mut self, seed: u64) -> &mut Self {
        self.clocks(SimulatedClocks::default()).random(SeededRandom::new(seed))
    }

    /// What ends the guest's waits: the handle that its context will have.
    pub fn stop_handle(&self) -> StopHandle {
        self.host.stop.clone()
    }

    /// The context of a preview 1 guest. The builder grants nothing afterwards.
    pub fn build_p1(&mut self) -> WasiP1Ctx {
        WasiP1Ctx::new(self.host())
    }

    /// The context of a guest of WASI 0.2. The builder grants nothing afterwards.
    pub fn build(&mut self) -> WasiCtx {
        WasiCtx::new(self.host())
    }

    fn host(&mut self) -> Arc<Host> {
        let WasiCtxBuilder { mut host, dirs } = std::mem::take(self);
        let nothing = Perms { dir: DirPerms::empty(), file: FilePerms::empty() };
        let widest = dirs.iter().fold(nothing, |widest, (_, _, perms)| widest.union(*perms));
        let opened = dirs.into_iter().map(|(name, dir, perms)| {
            (name, Arc::new(Dir::new(dir, perms, widest, host.open_files.clone())))
        });
        host.preopens = opened.collect();
        Arc::new(host)
    }
}

/// Guests read arguments and variables up to a NUL.
fn until_nul(text: &str) -> String {
    text.split('\0').next().unwrap_or_default().to_owned()
}
