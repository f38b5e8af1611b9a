//! Processes that keep processors busy.

use crate::Result;
use std::hint::black_box;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread;

/// Processes that spin until this is dropped.
pub(crate) struct Spinning(Vec<Child>);

impl Spinning {
    /// Starts so many.
    pub(crate) fn start(count: usize) -> Result<Self> {
        let mut spinning = Self(Vec::new());
        for _ in 0..count {
            let child = Command::new(std::env::current_exe()?).arg("spin").stdin(Stdio::piped()).spawn()?;
            spinning.0.push(child);
        }
        Ok(spinning)
    }
}

impl Drop for Spinning {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The command `spin`: busy until standard input ends, which it does when whoever holds the other end is gone.
pub(crate) fn spin() -> Result<()> {
    thread::spawn(|| {
        for number in 0_u64.. {
            black_box(number);
        }
    });
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
