//! Prints checksums of standard input: BLAKE3, SHA-256 and SHA-512.

use sha2::{Digest, Sha256, Sha512};
use std::io::{self, Read};

fn main() -> io::Result<()> {
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    println!("blake3 {}", blake3::hash(&bytes));
    println!("sha256 {:x}", Sha256::digest(&bytes));
    println!("sha512 {:x}", Sha512::digest(&bytes));
    Ok(())
}
