//! `wasi:random`: bytes for secrets, bytes that need not be any, and a seed. All come from where the host has random bytes from.

use super::limits::MAX_RANDOM;
use super::{WasiCtxView, WasiView, functions, value, versioned};
use sarsen::{Error, Result};
use sarsen_component::Linker;

pub(super) fn add_to_linker<T: WasiView + 'static>(linker: &mut Linker<T>) -> Result<()> {
    let mut random = linker.instance(&versioned("wasi:random/random"))?;
    functions! { random, value;
        "get-random-bytes" = random_bytes(len: u64);
        "get-random-u64" = random_u64();
    }
    let mut insecure = linker.instance(&versioned("wasi:random/insecure"))?;
    functions! { insecure, value;
        "get-insecure-random-bytes" = random_bytes(len: u64);
        "get-insecure-random-u64" = random_u64();
    }
    let mut seed = linker.instance(&versioned("wasi:random/insecure-seed"))?;
    functions! { seed, value;
        "insecure-seed" = insecure_seed();
    }
    Ok(())
}

impl WasiCtxView<'_> {
    fn random_bytes(&mut self, len: u64) -> Result<Vec<u8>> {
        if len > MAX_RANDOM {
            return Err(Error::msg(format!("{len} random bytes are more than the {MAX_RANDOM} of one call")));
        }
        let mut bytes = vec![0; len as usize];
        self.ctx.host.random.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn random_u64(&mut self) -> Result<u64> {
        let mut bytes = [0; 8];
        self.ctx.host.random.fill(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn insecure_seed(&mut self) -> Result<(u64, u64)> {
        Ok((self.random_u64()?, self.random_u64()?))
    }
}
