//! Compresses standard input with quality 5, unpacks it again, and prints both lengths.

use brotli::{BrotliCompress, BrotliDecompress, enc::BrotliEncoderParams};
use std::io::{self, Read};

fn main() -> io::Result<()> {
    let (mut bytes, mut packed, mut unpacked) = (Vec::new(), Vec::new(), Vec::new());
    io::stdin().read_to_end(&mut bytes)?;
    let parameters = BrotliEncoderParams { quality: 5, ..BrotliEncoderParams::default() };
    BrotliCompress(&mut bytes.as_slice(), &mut packed, &parameters)?;
    BrotliDecompress(&mut packed.as_slice(), &mut unpacked)?;
    assert!(bytes == unpacked, "what was packed comes back");
    println!("{} {}", bytes.len(), packed.len());
    Ok(())
}
