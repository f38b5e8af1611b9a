//! Prints the lines of standard input that match the regular expression that is given.

use regex::bytes::Regex;
use std::error::Error;
use std::io::{self, BufWriter, Read, Write};

fn main() -> Result<(), Box<dyn Error>> {
    let pattern = Regex::new(&std::env::args().nth(1).ok_or("an expression is needed")?)?;
    let mut text = Vec::new();
    io::stdin().read_to_end(&mut text)?;
    let mut out = BufWriter::new(io::stdout().lock());
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        if pattern.is_match(line) {
            out.write_all(line)?;
        }
    }
    Ok(out.flush()?)
}
