//! Groups the records of standard input, an array, by their `group`, and prints them with indentation.

use serde_json::{Map, Value};
use std::error::Error;
use std::io::{self, Read, Write};

fn main() -> Result<(), Box<dyn Error>> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let Value::Array(records) = serde_json::from_str(&text)? else { return Err("an array is needed".into()) };
    let mut groups = Map::new();
    for record in records {
        let group = record["group"].as_str().ok_or("a record without a group")?;
        let members = groups.entry(group).or_insert_with(|| Value::Array(Vec::new()));
        members.as_array_mut().ok_or("no array")?.push(record);
    }
    io::stdout().write_all(serde_json::to_string_pretty(&groups)?.as_bytes())?;
    Ok(())
}
