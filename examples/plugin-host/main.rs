//! A chat room with plugins: what they may do is in `examples/guests/plugin/wit`, and `bindgen!` makes Rust of that.
//!
//! `cargo run -p sarsen-examples --example plugin-host -- PLUGIN...` reads lines `SENDER: TEXT` from standard input. A plugin is a
//! component, like those of `examples/guests/plugin`, or `examples/plugin-host/parrot.wat`. Each has a store of its own: a grant of
//! nothing, an amount of fuel for each event, and a bound on its memory. One that fails is shown out, and the room goes on.

use sarsen::{Config, Engine, Error, ResourceLimiter, Result, Store};
use sarsen_component::{Component, HasSelf, Linker, ResourceTable};
use sarsen_wasi::p2::{WasiCtx, WasiCtxView, WasiView};
use sarsen_wasi::{WasiCtxBuilder, p2};
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

mod bindings {
    sarsen_component::bindgen!({ path: "guests/plugin/wit", world: "plugin" });
}

use bindings::sarsen::plugin::host::{self, Level};
use bindings::sarsen::plugin::types::{self, Action, Event, Kind};

/// What a plugin may compute for one event.
const FUEL: u64 = 100_000_000;

/// What its memories may hold together.
const MEMORY: usize = 64 << 20;

/// The data of a plugin's store.
struct Data {
    wasi: WasiCtx,
    table: ResourceTable,
    limits: Limits,
    log: Vec<String>,
}

/// What languages bring with their standard library asks for WASI, even if a plugin does not use it.
impl WasiView for Data {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl types::Host for Data {}

impl host::Host for Data {
    fn log(&mut self, level: Level, message: String) {
        self.log.push(format!("{level:?}: {message}"));
    }
}

struct Limits;

impl ResourceLimiter for Limits {
    fn memory_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool> {
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        Ok(desired <= 100_000)
    }

    fn total_memory_bytes(&self) -> usize {
        MEMORY
    }
}

/// A component that takes part.
struct Plugin {
    name: String,
    store: Store<Data>,
    exports: bindings::Plugin,
}

impl Plugin {
    fn load(engine: &Engine, linker: &Linker<Data>, component: &Component) -> Result<Plugin> {
        let data = Data {
            wasi: WasiCtxBuilder::new().build(),
            table: ResourceTable::new(),
            limits: Limits,
            log: Vec::new(),
        };
        let mut store = Store::new(engine, data);
        store.limiter(|data| &mut data.limits);
        store.set_fuel(FUEL)?;
        let exports = bindings::Plugin::instantiate(&mut store, component, linker)?;
        let name = exports.call_name(&mut store)?;
        Ok(Plugin { name, store, exports })
    }

    fn run(&mut self, event: &Event) -> Result<std::result::Result<Vec<Action>, String>> {
        self.store.set_fuel(FUEL)?;
        self.exports.call_run(&mut self.store, event)
    }
}

/// The room.
struct Room {
    engine: Engine,
    linker: Linker<Data>,
    plugins: Vec<Plugin>,
}

impl Room {
    fn new() -> Result<Room> {
        let engine = Engine::new(Config::new().consume_fuel(true))?;
        let mut linker = Linker::new(&engine);
        p2::add_to_linker(&mut linker)?;
        bindings::Plugin::add_to_linker::<_, HasSelf<_>>(&mut linker, |data: &mut Data| data)?;
        Ok(Room { engine, linker, plugins: Vec::new() })
    }

    /// Lets a plugin in.
    fn admit(&mut self, file: &Path) -> Result<()> {
        let component = Component::from_file(&self.engine, file)?;
        self.plugins.push(Plugin::load(&self.engine, &self.linker, &component)?);
        Ok(())
    }

    /// Tells all plugins what somebody has said, and says what comes of it.
    fn say(&mut self, sender: &str, text: &str, out: &mut impl Write) -> Result<()> {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_err(Error::new)?.as_secs();
        let event =
            Event { kind: Kind::Message, sender: sender.to_owned(), text: Some(text.to_owned()), time };
        let mut shown = Some(text.to_owned());
        let mut replies = Vec::new();
        let mut failed = Vec::new();
        for (index, plugin) in self.plugins.iter_mut().enumerate() {
            let outcome = plugin.run(&event);
            let name = &plugin.name;
            replies.extend(plugin.store.data_mut().log.drain(..).map(|line| format!("({name}) {line}")));
            match outcome {
                Ok(Ok(actions)) => {
                    for action in actions {
                        match action {
                            Action::Reply(text) => replies.push(format!("{name}: {text}")),
                            Action::Replace(text) => shown = Some(text),
                            Action::Hide => shown = None,
                            Action::Remind(later) => {
                                replies.push(format!("{name} (in {} s): {}", later.seconds, later.text));
                            }
                        }
                    }
                }
                Ok(Err(problem)) => replies.push(format!("{name} cannot do that: {problem}")),
                Err(error) => {
                    replies.push(format!("{name} has to leave: {}", first_line(&error)));
                    failed.push(index);
                }
            }
        }
        for index in failed.into_iter().rev() {
            self.plugins.remove(index);
        }
        if let Some(text) = shown {
            writeln!(out, "{sender}: {text}")?;
        }
        for reply in replies {
            writeln!(out, "{reply}")?;
        }
        Ok(())
    }
}

fn first_line(error: &Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

fn main() -> Result<()> {
    let mut room = Room::new()?;
    for file in std::env::args_os().skip(1) {
        room.admit(Path::new(&file))?;
    }
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (sender, text) = line.split_once(": ").unwrap_or(("somebody", &line));
        room.say(sender, text, &mut out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parrot() -> Room {
        let mut room = Room::new().unwrap();
        room.admit(Path::new("plugin-host/parrot.wat")).unwrap();
        room
    }

    fn said(room: &mut Room, text: &str) -> String {
        let mut out = Vec::new();
        room.say("ann", text, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_plugins_do() {
        let mut room = parrot();
        assert_eq!(said(&mut room, "hello"), "ann: hello\n(parrot) Info: hello\nparrot: hello\n");
        assert_eq!(said(&mut room, "?"), "ann: ?\nparrot cannot do that: ?\n");
        assert_eq!(said(&mut room, "again"), "ann: again\n(parrot) Info: again\nparrot: again\n");
    }

    #[test]
    fn plugins_that_fail_leave() {
        for (text, why) in [("!", "unreachable"), ("*", "all fuel consumed")] {
            let mut room = parrot();
            room.admit(Path::new("plugin-host/parrot.wat")).unwrap();
            let said_then = said(&mut room, text);
            assert_eq!(said_then.matches("parrot has to leave: ").count(), 2, "{said_then}");
            assert!(said_then.contains(why), "{said_then}");
            assert_eq!(said(&mut room, "hello"), "ann: hello\n");
        }
    }
}
