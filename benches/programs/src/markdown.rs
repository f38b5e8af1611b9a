//! Markdown of standard input to HTML on standard output.

use pulldown_cmark::{Options, Parser, html};
use std::io::{self, Read, Write};

fn main() -> io::Result<()> {
    let (mut text, mut page) = (String::new(), String::new());
    io::stdin().read_to_string(&mut text)?;
    html::push_html(&mut page, Parser::new_ext(&text, Options::all()));
    io::stdout().write_all(page.as_bytes())
}
