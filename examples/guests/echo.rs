//! Sends back what it receives, on the listener that it was granted as descriptor 3; ends after as many connections as its
//! argument says, or never.

use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::os::fd::FromRawFd;

fn main() -> io::Result<()> {
    let connections = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(u64::MAX);
    // SAFETY: nothing else in this program uses the descriptor.
    let listener = unsafe { TcpListener::from_raw_fd(3) };
    for _ in 0..connections {
        let (mut stream, _) = listener.accept()?;
        let mut buffer = [0; 4096];
        loop {
            let read = stream.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            stream.write_all(&buffer[..read])?;
        }
    }
    Ok(())
}
