//! Does what its arguments say with a bucket of keys and values, and shows it; without arguments, a tour of everything.
//!
//! The bucket is the one that `BUCKET` names, or the one without a name.

wit_bindgen::generate!({ world: "keyvalue", path: "wit", generate_all });

use std::{env, process};
use wasi::keyvalue::store::{Bucket, Error};
use wasi::keyvalue::{atomics, batch, store};

const TOUR: &[&str] = &[
    "set name Ada",
    "get name",
    "exists name",
    "get nobody",
    "exists nobody",
    "increment visits",
    "increment visits 41",
    "fill 3",
    "many item-0 item-7 item-2",
    "keys",
    "clear item-0 item-1 item-2",
    "delete name",
    "delete name",
    "keys",
];

const HELP: &str = "commands: get KEY, set KEY VALUE, exists KEY, delete KEY, increment KEY [BY], keys,
          fill COUNT, many KEYS.., clear KEYS..";

enum Failure {
    Store(Error),
    Usage,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Store(error)
    }
}

fn run(bucket: &Bucket, command: &str) -> Result<String, Failure> {
    let words: Vec<&str> = command.split_whitespace().collect();
    Ok(match words[..] {
        ["get", key] => bucket.get(key)?.map_or("nothing".to_owned(), |value| text(&value)),
        ["set", key, value] => {
            bucket.set(key, value.as_bytes())?;
            "done".to_owned()
        }
        ["exists", key] => bucket.exists(key)?.to_string(),
        ["delete", key] => {
            bucket.delete(key)?;
            "done".to_owned()
        }
        ["increment", key] => atomics::increment(bucket, key, 1)?.to_string(),
        ["increment", key, by] => {
            let by = by.parse().map_err(|_| Failure::Usage)?;
            atomics::increment(bucket, key, by)?.to_string()
        }
        ["keys"] => keys(bucket)?.join(" "),
        ["fill", count] => {
            let count: u32 = count.parse().map_err(|_| Failure::Usage)?;
            let pairs = (0..count).map(|number| (format!("item-{number}"), number.to_string().into_bytes()));
            batch::set_many(bucket, &pairs.collect::<Vec<_>>())?;
            "done".to_owned()
        }
        ["many", ref keys @ ..] => {
            let pairs = batch::get_many(bucket, &owned(keys))?.into_iter();
            let pairs = pairs
                .map(|pair| pair.map_or("-".to_owned(), |(key, value)| format!("{key}={}", text(&value))));
            pairs.collect::<Vec<_>>().join(" ")
        }
        ["clear", ref keys @ ..] => {
            batch::delete_many(bucket, &owned(keys))?;
            "done".to_owned()
        }
        _ => return Err(Failure::Usage),
    })
}

/// All keys, page by page.
fn keys(bucket: &Bucket) -> Result<Vec<String>, Error> {
    let mut page = bucket.list_keys(None)?;
    let mut keys = page.keys;
    while page.cursor.is_some() {
        page = bucket.list_keys(page.cursor)?;
        keys.append(&mut page.keys);
    }
    keys.sort();
    Ok(keys)
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let mut commands: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if commands.is_empty() {
        commands.extend(TOUR);
    }
    let name = env::var("BUCKET").unwrap_or_default();
    let bucket = store::open(&name).unwrap_or_else(|error| {
        eprintln!("keyvalue: the bucket “{name}” cannot be opened: {error:?}");
        process::exit(1);
    });
    for command in commands {
        match run(&bucket, command) {
            Ok(answer) => println!("{command}: {answer}"),
            Err(Failure::Store(error)) => {
                eprintln!("keyvalue: {command}: {error:?}");
                process::exit(1);
            }
            Err(Failure::Usage) => {
                eprintln!("keyvalue: {command}: what?\n{HELP}");
                process::exit(2);
            }
        }
    }
}
