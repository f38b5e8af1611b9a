//! Random bytes: the operating system's, or the same in every run.
//!
//! Does not limit how many a guest asks for at once; faces fill buffers of the guest's own.

use std::sync::{Mutex, PoisonError};

/// Where a guest's random bytes come from.
pub trait Random: Send + Sync {
    /// Fills the buffer.
    ///
    /// # Errors
    /// If the system has no randomness to give.
    fn fill(&self, buffer: &mut [u8]) -> std::io::Result<()>;
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct HostRandom;

impl Random for HostRandom {
    fn fill(&self, buffer: &mut [u8]) -> std::io::Result<()> {
        getrandom::fill(buffer).map_err(std::io::Error::other)
    }
}

/// The bytes that follow from a seed: for runs that can be repeated, not for secrets.
#[derive(Debug)]
pub struct SeededRandom(Mutex<u64>);

impl SeededRandom {
    /// The bytes of this seed, from their beginning.
    pub fn new(seed: u64) -> SeededRandom {
        SeededRandom(Mutex::new(seed))
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) -> std::io::Result<()> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in buffer.chunks_mut(8) {
            chunk.copy_from_slice(&split_mix(&mut state).to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

/// One step of SplitMix64 (Steele, Lea, Flood 2014): a counter, and a mixing function of it.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(random: &impl Random, len: usize) -> Vec<u8> {
        let mut buffer = vec![0; len];
        random.fill(&mut buffer).unwrap();
        buffer
    }

    #[test]
    fn a_seed_gives_the_same_bytes_again() {
        let long = bytes(&SeededRandom::new(7), 37);
        assert_eq!(long, bytes(&SeededRandom::new(7), 37));
        assert_ne!(long, bytes(&SeededRandom::new(8), 37));
        let random = SeededRandom::new(7);
        assert_ne!(bytes(&random, 16), bytes(&random, 16), "and goes on");
    }

    #[test]
    fn the_system_gives_other_bytes_each_time() {
        assert_ne!(bytes(&HostRandom, 32), bytes(&HostRandom, 32));
    }
}
