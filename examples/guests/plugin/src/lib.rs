//! A plugin for a chat room: greets, counts, and knows commands that begin with a slash.
//!
//! What it remembers lives as long as its instance.

use sarsen::plugin::host::{Level, log};
use sarsen::plugin::types::{Kind, Reminder};
use std::cell::RefCell;
use std::collections::BTreeMap;

wit_bindgen::generate!({ world: "plugin", path: "wit" });

thread_local! {
    /// How many messages each person wrote.
    static MESSAGES: RefCell<BTreeMap<String, u32>> = const { RefCell::new(BTreeMap::new()) };
}

struct Plugin;

impl Guest for Plugin {
    fn name() -> String {
        "commands".to_owned()
    }

    fn run(event: Event) -> Result<Vec<Action>, String> {
        let sender = &event.sender;
        match event.kind {
            Kind::Joined => {
                log(Level::Info, &format!("{sender} joined"));
                Ok(vec![Action::Reply(format!("Welcome, {sender}!"))])
            }
            Kind::Left => Ok(Vec::new()),
            Kind::Message => {
                let text = event.text.ok_or("a message without text")?;
                MESSAGES.with_borrow_mut(|messages| *messages.entry(sender.clone()).or_default() += 1);
                match text.strip_prefix('/') {
                    Some(command) => run(command),
                    None => Ok(Vec::new()),
                }
            }
        }
    }
}

export!(Plugin);

fn run(command: &str) -> Result<Vec<Action>, String> {
    log(Level::Debug, &format!("command: {command}"));
    let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
    match verb {
        "shout" => Ok(vec![Action::Replace(rest.to_uppercase())]),
        "count" => {
            let lines = MESSAGES.with_borrow(|messages| {
                messages.iter().map(|(name, count)| format!("{name}: {count}")).collect::<Vec<_>>()
            });
            Ok(vec![Action::Hide, Action::Reply(lines.join(", "))])
        }
        "remind" => {
            let (seconds, text) = rest.split_once(' ').ok_or("usage: /remind SECONDS TEXT")?;
            let seconds = seconds.parse().map_err(|error| format!("{seconds}: {error}"))?;
            let reminder = Reminder { seconds, text: text.to_owned() };
            Ok(vec![Action::Remind(reminder), Action::Reply(format!("In {seconds} seconds, then."))])
        }
        _ => {
            log(Level::Warning, &format!("no such command: {verb}"));
            Err(format!("no such command: {verb}"))
        }
    }
}
