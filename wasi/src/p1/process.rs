//! Arguments, variables, random bytes, and ends. What becomes of output that has not left yet is the embedder's matter:
//! see [`super::WasiP1Ctx::flush`].

use super::memory::{MAX_TOTAL, Ptr};
use super::{Call, Fail, Step};
use crate::errno::Errno;
use crate::exit::Exit;
use sarsen::{Error, Trap};

/// Random bytes that are made at once.
const PIECE: usize = 4096;

/// The signal that lets a process abort.
const ABORT: i32 = 6;

impl Call<'_> {
    pub(super) fn args_get(&mut self, argv: Ptr, buffer: Ptr) -> Step {
        let args = self.ctx.host.args.iter().map(|arg| arg.as_bytes().to_vec()).collect();
        self.strings(args, argv, buffer)
    }

    pub(super) fn args_sizes_get(&mut self, count: Ptr, size: Ptr) -> Step {
        let sizes = self.host().args.iter().map(String::len).collect();
        self.sizes(sizes, count, size)
    }

    pub(super) fn environ_get(&mut self, environ: Ptr, buffer: Ptr) -> Step {
        let variables = self.host().env.iter().map(|(name, value)| format!("{name}={value}").into_bytes());
        let variables = variables.collect();
        self.strings(variables, environ, buffer)
    }

    pub(super) fn environ_sizes_get(&mut self, count: Ptr, size: Ptr) -> Step {
        let sizes = self.host().env.iter().map(|(name, value)| name.len() + 1 + value.len()).collect();
        self.sizes(sizes, count, size)
    }

    /// Writes strings one after the other, and their addresses.
    fn strings(&mut self, strings: Vec<Vec<u8>>, mut addresses: Ptr, mut buffer: Ptr) -> Step {
        for mut string in strings {
            string.push(0);
            self.memory.write_u32(addresses, buffer)?;
            self.memory.write(buffer, &string)?;
            addresses = addresses.checked_add(4).ok_or(Errno::Fault)?;
            buffer = buffer.checked_add(string.len() as u32).ok_or(Errno::Fault)?;
        }
        Ok(())
    }

    /// Writes how many strings there are, and how long they are together with their ends.
    fn sizes(&mut self, lengths: Vec<usize>, count: Ptr, size: Ptr) -> Step {
        let number = |value: usize| u32::try_from(value).map_err(|_| Errno::Overflow);
        self.memory.write_u32(count, number(lengths.len())?)?;
        let total = lengths.iter().map(|len| len + 1).sum();
        Ok(self.memory.write_u32(size, number(total)?)?)
    }

    pub(super) fn random_get(&mut self, buffer: Ptr, len: u32) -> Step {
        // All of it must be there before any of it is made, and it is not so much that nobody could wait for it.
        self.memory.check(buffer, len as usize)?;
        if len > MAX_TOTAL {
            return Err(Errno::Inval.into());
        }
        let mut piece = [0; PIECE];
        let mut done = 0;
        while done < len {
            self.check_stop()?;
            let wanted = (len - done).min(PIECE as u32);
            let piece = &mut piece[..wanted as usize];
            self.host().random.fill(piece).map_err(Errno::from)?;
            self.memory.write(buffer + done, piece)?;
            done += wanted;
        }
        Ok(())
    }

    /// Ends the call if somebody wants the guest to end.
    pub(super) fn check_stop(&self) -> Step {
        if self.host().stop.is_stopped() {
            return Err(Fail::End(Error::new(Trap::Interrupt)));
        }
        Ok(())
    }

    pub(super) fn proc_raise(&mut self, signal: i32) -> Step {
        match signal {
            0 => Ok(()),
            ABORT => Err(Fail::End(Error::new(Exit(128 + ABORT)))),
            _ => Err(Errno::NotSup.into()),
        }
    }

    pub(super) async fn sched_yield(&mut self) -> Step {
        self.waiter.pause().await;
        self.check_stop()
    }
}
