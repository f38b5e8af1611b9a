//! Sends back what it receives over TCP, on an address that it binds itself; with `--connect`, the client of such a server.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::{env, process};

const HELP: &str = "usage: tcp-echo ADDRESS [CONNECTIONS]
       tcp-echo --connect ADDRESS WORDS..";

/// Serves one connection after the other; ends after as many as it is told, or never.
fn serve(address: &str, connections: usize) -> io::Result<()> {
    let listener = TcpListener::bind(address)?;
    println!("listening on {}", listener.local_addr()?);
    for stream in listener.incoming().take(connections) {
        match stream.and_then(|stream| echo(&stream)) {
            Ok(bytes) => println!("{bytes} bytes"),
            Err(error) => eprintln!("tcp-echo: {error}"),
        }
    }
    Ok(())
}

/// Sends everything back until the client has no more.
fn echo(mut stream: &TcpStream) -> io::Result<usize> {
    let mut buffer = [0; 16 * 1024];
    let mut total = 0;
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(total);
        }
        stream.write_all(&buffer[..count])?;
        total += count;
    }
}

/// Sends each word on a line, and shows what comes back.
fn connect(address: &str, words: &[&str]) -> io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    println!("connected to {}", stream.peer_addr()?);
    for word in words {
        writeln!(stream, "{word}")?;
    }
    stream.shutdown(Shutdown::Write)?;
    io::copy(&mut stream, &mut io::stdout())?;
    Ok(())
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["--connect", address, ref words @ ..] => connect(address, words),
        [address] if !address.starts_with('-') => serve(address, usize::MAX),
        [address, connections] if let Ok(connections) = connections.parse() => serve(address, connections),
        _ => {
            eprintln!("{HELP}");
            process::exit(2);
        }
    };
    if let Err(error) = result {
        eprintln!("tcp-echo: {error}");
        process::exit(1);
    }
}
