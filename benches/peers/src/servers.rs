//! HTTP servers as whole processes, interleaved: from their start to the first answer, and how many requests they answer under load.
//!
//! Compares any commands that take `--addr`, of which the first is ours. The load is made by `wrk`, which has to be installed.

use crate::Result;
use crate::clock::median;
use crate::options::Options;
use crate::processes;
use crate::table::Table;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a server may take to answer at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// Before the load that counts.
const WARM_UP: Duration = Duration::from_secs(1);

/// Connections at once.
const CONNECTIONS: [usize; 2] = [2, 100];

/// The command `servers`.
pub(crate) fn servers(options: &mut Options) -> Result<()> {
    let starts: usize = options.take("starts")?.unwrap_or(15);
    let rounds: usize = options.take("rounds")?.unwrap_or(3);
    let seconds: u64 = options.take("seconds")?.unwrap_or(4);
    let commands = processes::commands(options)?;

    let mut first = vec![Vec::new(); commands.len()];
    for _ in 0..starts {
        for (command, times) in commands.iter().zip(&mut first) {
            times.push(Server::start(command)?.0.as_secs_f64());
        }
    }
    let mut table = Table::new(["from start to first answer", "median ms", "ours to it"]);
    for (command, times) in commands.iter().zip(&first) {
        let ratio = median(first[0].iter().zip(times).map(|(ours, theirs)| ours / theirs));
        let milliseconds = format!("{:.2}", median(times.iter().copied()) * 1e3);
        table.row([command.clone(), milliseconds, format!("{ratio:.3}")]);
    }
    println!("{}", table.render());

    for connections in CONNECTIONS {
        let mut loads: Vec<Vec<Load>> = commands.iter().map(|_| Vec::new()).collect();
        for _ in 0..rounds {
            for (command, loads) in commands.iter().zip(&mut loads) {
                let (_, server) = Server::start(command)?;
                load(server.address, connections, WARM_UP.as_secs())?;
                loads.push(load(server.address, connections, seconds)?);
            }
        }
        let title = format!("{connections} connections");
        let mut table = Table::new([&*title, "requests/s", "p50", "p99", "ours to it"]);
        for (command, theirs) in commands.iter().zip(&loads) {
            let rate = |load: &Load| load.requests_per_second;
            let ratio = median(loads[0].iter().zip(theirs).map(|(ours, theirs)| rate(ours) / rate(theirs)));
            let middle = median(theirs.iter().map(rate));
            let Some(typical) = theirs.iter().find(|load| rate(load) == middle) else { continue };
            let Load { p50, p99, .. } = typical;
            table.row([command, &format!("{middle:.0}"), p50, p99, &format!("{ratio:.2}")]);
        }
        println!("{}", table.render());
    }
    Ok(())
}

/// A server that runs until this is dropped.
struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts a command where nothing has been kept from earlier starts. The time to its first answer.
    fn start(command: &str) -> Result<(Duration, Server)> {
        // A port that was free a moment ago.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let cache = std::env::temp_dir().join(format!("sarsen-peers-{}", address.port()));
        let mut command = processes::command(command)?;
        command.arg("--addr").arg(address.to_string()).env("SARSEN_CACHE_DIR", &cache);
        let start = Instant::now();
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let server = Server { process, address };
        let answer = server.first_answer(start);
        let time = start.elapsed();
        // Not there if nothing was kept.
        let _ = std::fs::remove_dir_all(cache);
        answer.map(|()| (time, server))
    }

    fn first_answer(&self, start: Instant) -> Result<()> {
        let mut stream = loop {
            match TcpStream::connect(self.address) {
                Ok(stream) => break stream,
                Err(error) if start.elapsed() > PATIENCE => return Err(error.into()),
                Err(_) => thread::sleep(Duration::from_micros(100)),
            }
        };
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        if answer.starts_with("HTTP/1.1 200 ") {
            Ok(())
        } else {
            Err(format!("it answers {answer:?}").into())
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a server has done under load.
struct Load {
    requests_per_second: f64,
    p50: String,
    p99: String,
}

fn load(address: SocketAddr, connections: usize, seconds: u64) -> Result<Load> {
    let (connections, seconds) = (format!("-c{connections}"), format!("-d{seconds}"));
    let mut command = Command::new("wrk");
    command.args(["-t1", &connections, &seconds, "--latency", &format!("http://{address}/")]);
    let output = command.output().map_err(|error| format!("wrk: {error}"))?;
    let report = String::from_utf8(output.stdout)?;
    if !output.status.success() || report.contains("Non-2xx") || report.contains("Socket errors") {
        return Err(format!("wrk: {report}").into());
    }
    let after = |word: &str| {
        let line = report.lines().find_map(|line| line.trim().strip_prefix(word));
        line.map(|rest| rest.trim().to_owned()).ok_or_else(|| format!("wrk says nothing of {word}"))
    };
    Ok(Load { requests_per_second: after("Requests/sec:")?.parse()?, p50: after("50%")?, p99: after("99%")? })
}
