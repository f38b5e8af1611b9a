//! Greets every argument, and exits with their number.

fn main() {
    let names: Vec<String> = std::env::args().skip(1).collect();
    if names.is_empty() {
        println!("hello from Rust");
    }
    for name in &names {
        println!("hello, {name}");
    }
    std::process::exit(names.len() as i32);
}
