//! Bad modules from good ones.
//!
//! Owns the ways in which files break: cut, flipped, overwritten, moved, with counts that are too big.
//! Most results do not decode, some do and are invalid, a few are valid and different. What must hold for the results
//! is said in `oracle.rs`.

use crate::random::Random;

/// The start of every module: magic number and version.
const HEADER: usize = 8;

/// The biggest count that fits: five bytes of LEB128.
const HUGE: [u8; 5] = [0xff, 0xff, 0xff, 0xff, 0x0f];

/// A broken copy of `module`; the header mostly survives, so that the rest is looked at.
pub fn mutate(module: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = module.to_vec();
    for _ in 0..=random.below(3) {
        once(&mut bytes, random);
    }
    bytes
}

fn once(bytes: &mut Vec<u8>, random: &mut Random) {
    let start = HEADER.min(bytes.len());
    let at = start + random.below(bytes.len() - start);
    if at >= bytes.len() {
        bytes.push(random.next_u64() as u8);
        return;
    }
    match random.below(6) {
        0 => bytes.truncate(at),
        1 => bytes[at] ^= 1 << random.below(8),
        2 => bytes[at] = random.next_u64() as u8,
        3 => {
            bytes.splice(at..at, HUGE);
        }
        4 => {
            let length = random.below(8.min(bytes.len() - at)) + 1;
            bytes.drain(at..(at + length).min(bytes.len()));
        }
        _ => {
            let from = start + random.below(bytes.len() - start);
            let length = random.below(16.min(bytes.len() - from)) + 1;
            let piece = bytes[from..(from + length).min(bytes.len())].to_vec();
            bytes.splice(at..at, piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_input_can_be_mutated() {
        let mut random = Random::new(1);
        for length in 0..64 {
            let module = random.bytes(length);
            for _ in 0..64 {
                mutate(&module, &mut random);
            }
        }
    }
}
