//! Executes the commands of a script.
//!
//! Owns the names that a script binds (`$name` for modules and instances, strings for registered instances) and the
//! store behind them; assertions are in [`assertion`], calls in [`action`].
//! It does not parse scripts and does not know what a value looks like in text.
//! Invariant: every command adds at most one failure, and a failure never stops the script.

mod action;
mod assertion;

use crate::refusal::Refusal;
use crate::report::{Action, Mismatch, Report};
use crate::script::{self, Bounds, Script, command_name};
use crate::spectest;
use sarsen::{Engine, ErrorKind, Extern, Instance, Linker, Module, SharedMemory, Store, StoreLimits};
use sarsen_component::{self as component, Component};
use std::collections::HashMap;
use std::thread::{self, Scope, ScopedJoinHandle};
use wast::token::{Id, Span};
use wast::{QuoteWat, QuoteWatTest, WastDirective, WastThread, Wat, parser};

/// The state of a script, or of one of its threads.
pub(crate) struct Runner<'s> {
    engine: Engine,
    script: Script<'s>,
    store: Store<StoreLimits>,
    linker: Linker<StoreLimits>,
    component_linker: component::Linker<StoreLimits>,
    /// By `$name`; `None` is the latest.
    definitions: HashMap<Option<&'s str>, Definition>,
    /// By `$name`; `None` is the latest.
    instances: HashMap<Option<&'s str>, Bound>,
    report: Report,
    /// Where the command begins that is executed.
    command: Span,
    bounds: Bounds,
    /// What became of each action, for comparisons of engines.
    record: Option<Vec<Action>>,
}

/// What can be instantiated.
#[derive(Clone)]
enum Definition {
    Module(Module),
    Component(Component),
}

/// What an instance's `$name` stands for.
#[derive(Clone)]
enum Bound {
    /// An instance of this thread.
    Instance(Instance),
    /// An instance of a component.
    Component(component::Instance),
    /// What a thread may touch of an instance that another thread owns: its shared memories, by export name.
    Shared(Vec<(String, SharedMemory)>),
}

/// The running threads of one `run`, by `$name`.
type Threads<'scope> = HashMap<&'scope str, ScopedJoinHandle<'scope, Report>>;

impl<'s> Runner<'s> {
    /// A runner with `spectest` registered and nothing else.
    pub(crate) fn new(engine: &Engine, script: Script<'s>, bounds: Bounds) -> Runner<'s> {
        let mut store = Store::new(engine, bounds.limits.clone());
        store.limiter(|limits| limits);
        let mut linker = Linker::new(engine);
        // A script may register another instance under a name in use.
        linker.allow_shadowing(true);
        let mut component_linker = component::Linker::new(engine);
        component_linker.allow_shadowing(true);
        let mut report = Report::default();
        if let Err(error) = spectest::define(&mut linker, &mut store) {
            let mismatch = Mismatch::new("the module spectest", Refusal::from(error));
            report.failures.push(script.failure(Span::from_offset(0), "register", mismatch));
        }
        Runner {
            engine: engine.clone(),
            script,
            store,
            linker,
            component_linker,
            definitions: HashMap::new(),
            instances: HashMap::new(),
            report,
            command: Span::from_offset(0),
            bounds,
            record: None,
        }
    }

    /// Notes what becomes of each action from now on.
    pub(crate) fn record(&mut self) {
        self.record = Some(Vec::new());
    }

    /// What was noted.
    pub(crate) fn into_record(self) -> Vec<Action> {
        self.record.unwrap_or_default()
    }

    /// Does something that runs code within the bounds, and notes what becomes of it.
    fn recorded<R>(
        &mut self,
        what: &str,
        run: impl FnOnce(&mut Runner<'s>) -> sarsen::Result<R>,
    ) -> sarsen::Result<R> {
        if let Some(ticks) = self.bounds.ticks {
            self.store.set_epoch_deadline(ticks);
        }
        let Some(fuel) = self.bounds.fuel else { return run(self) };
        self.store.set_fuel(fuel)?;
        let outcome = run(self);
        let left = self.store.get_fuel()?;
        // How many calls it takes to use up the stack is up to the size of frames, and so is what they cost.
        let (outcome_text, fuel_left) = match &outcome {
            Ok(_) => ("success".to_owned(), Some(left)),
            Err(error) if error.kind() == ErrorKind::Exhaustion => (error.message().to_owned(), None),
            Err(error) => (error.to_string(), Some(left)),
        };
        let action = self.script.action(self.command, what, outcome_text, fuel_left);
        if let Some(record) = &mut self.record {
            record.push(action);
        }
        outcome
    }

    /// What its instances live in.
    pub(crate) fn store(&self) -> &Store<StoreLimits> {
        &self.store
    }

    /// What was reported so far.
    pub(crate) fn into_report(self) -> Report {
        self.report
    }

    /// Executes commands in order; returns when the threads that they started have ended.
    pub(crate) fn run(&mut self, directives: Vec<WastDirective<'s>>) {
        thread::scope(|scope| {
            let mut threads = Threads::new();
            for directive in directives {
                self.command(directive, scope, &mut threads);
            }
            for (_, thread) in threads {
                self.join(thread);
            }
        });
    }

    fn command<'scope>(
        &mut self,
        directive: WastDirective<'s>,
        scope: &'scope Scope<'scope, '_>,
        threads: &mut Threads<'scope>,
    ) where
        's: 'scope,
    {
        let span = directive.span();
        self.command = span;
        let command = command_name(&directive);
        let outcome = match directive {
            WastDirective::Module(module) => self.module(module),
            WastDirective::ModuleDefinition(module) => self.definition(module).map(drop),
            WastDirective::ModuleInstance { instance, module, .. } => self.instance(instance, module),
            WastDirective::Register { name, module, .. } => self.register(name, module),
            WastDirective::Invoke(invoke) => self.invoke(&invoke).map(drop).map_err(completes),
            WastDirective::Thread(thread) => self.spawn(thread, scope, threads),
            WastDirective::Wait { thread, .. } => match threads.remove(thread.name()) {
                Some(thread) => {
                    self.join(thread);
                    Ok(())
                }
                None => Err(Mismatch::new(format_args!("a thread ${}", thread.name()), "none")),
            },
            assertion => {
                self.report.assertions += 1;
                let outcome = self.assertion(assertion);
                self.report.held += usize::from(outcome.is_ok());
                outcome
            }
        };
        if let Err(mismatch) = outcome {
            self.report.failures.push(self.script.failure(span, command, mismatch));
        }
    }

    /// `(module ..)` or `(component ..)`: a definition and an instance of the same name.
    fn module(&mut self, module: QuoteWat<'s>) -> Result<(), Mismatch> {
        let name = module.name().map(|id| id.name());
        let definition = self.definition(module)?;
        let instance = self.instantiate(&definition).map_err(completes)?;
        self.bind(name, instance);
        Ok(())
    }

    fn definition(&mut self, mut module: QuoteWat<'s>) -> Result<Definition, Mismatch> {
        let name = module.name().map(|id| id.name());
        let definition = self.compile(&mut module).map_err(completes)?;
        self.definitions.insert(None, definition.clone());
        if name.is_some() {
            self.definitions.insert(name, definition.clone());
        }
        Ok(definition)
    }

    fn instance(&mut self, name: Option<Id<'s>>, module: Option<Id<'s>>) -> Result<(), Mismatch> {
        let Some(definition) = self.definitions.get(&module.map(|id| id.name())).cloned() else {
            return Err(Mismatch::new("a definition", display_name(module)));
        };
        let instance = self.instantiate(&definition).map_err(completes)?;
        self.bind(name.map(|id| id.name()), instance);
        Ok(())
    }

    fn bind(&mut self, name: Option<&'s str>, bound: Bound) {
        self.instances.insert(None, bound.clone());
        if name.is_some() {
            self.instances.insert(name, bound);
        }
    }

    fn lookup(&self, name: Option<Id<'_>>) -> Result<Bound, Refusal> {
        let bound = self.instances.get(&name.map(|id| id.name())).cloned();
        bound.ok_or_else(|| Refusal::other(format_args!("no instance {}", display_name(name))))
    }

    fn register(&mut self, name: &str, instance: Option<Id<'s>>) -> Result<(), Mismatch> {
        let registered = match self.lookup(instance).map_err(completes)? {
            Bound::Instance(instance) => self.linker.instance(&mut self.store, name, instance).map(drop),
            Bound::Component(instance) => self
                .component_linker
                .instance(name)
                .and_then(|mut linker| linker.component_instance(&mut self.store, instance)),
            Bound::Shared(memories) => memories.into_iter().try_for_each(|(export, memory)| {
                self.linker.define(&mut self.store, name, &export, memory).map(drop)
            }),
        };
        registered.map_err(|error| completes(error.into()))
    }

    fn spawn<'scope>(
        &mut self,
        thread: WastThread<'s>,
        scope: &'scope Scope<'scope, '_>,
        threads: &mut Threads<'scope>,
    ) -> Result<(), Mismatch>
    where
        's: 'scope,
    {
        if threads.contains_key(thread.name.name()) {
            return Err(Mismatch::new(
                "a new name",
                format_args!("${}, which is running", thread.name.name()),
            ));
        }
        let shared = match thread.shared_module {
            Some(id) => Some((id.name(), self.shared_memories(id).map_err(completes)?)),
            None => None,
        };
        let (engine, script, bounds) = (self.engine.clone(), self.script, self.bounds.clone());
        let handle = scope.spawn(move || {
            let mut runner = Runner::new(&engine, script, bounds);
            if let Some((name, memories)) = shared {
                runner.bind(Some(name), Bound::Shared(memories));
            }
            runner.run(thread.directives);
            runner.into_report()
        });
        threads.insert(thread.name.name(), handle);
        Ok(())
    }

    fn shared_memories(&mut self, instance: Id<'s>) -> Result<Vec<(String, SharedMemory)>, Refusal> {
        Ok(match self.lookup(Some(instance))? {
            Bound::Shared(memories) => memories,
            Bound::Component(_) => Vec::new(),
            Bound::Instance(instance) => {
                let exports = instance.exports(&mut self.store);
                exports
                    .filter_map(|export| {
                        let name = export.name().to_owned();
                        match export.into_extern() {
                            Extern::SharedMemory(memory) => Some((name, memory)),
                            _ => None,
                        }
                    })
                    .collect()
            }
        })
    }

    fn join(&mut self, thread: ScopedJoinHandle<'_, Report>) {
        match thread.join() {
            Ok(report) => self.report.merge(report),
            // The engine panicked: let it be seen as what it is.
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    /// Text or a syntax tree, to what is valid.
    fn compile(&self, module: &mut QuoteWat<'_>) -> Result<Definition, Refusal> {
        let is_component = matches!(module, QuoteWat::QuoteComponent(..) | QuoteWat::Wat(Wat::Component(_)));
        let bytes = encode(module)?;
        Ok(if is_component {
            Definition::Component(Component::new(&self.engine, &bytes)?)
        } else {
            Definition::Module(Module::new(&self.engine, &bytes)?)
        })
    }

    /// Instantiates with what is registered; the start function runs.
    fn instantiate(&mut self, definition: &Definition) -> Result<Bound, Refusal> {
        Ok(match definition {
            Definition::Module(module) => Bound::Instance(
                self.recorded("a module", |runner| runner.linker.instantiate(&mut runner.store, module))?,
            ),
            Definition::Component(component) => Bound::Component(self.recorded("a component", |runner| {
                runner.component_linker.instantiate(&mut runner.store, component)
            })?),
        })
    }
}

/// The module's bytes; errors are those of its text.
fn encode(module: &mut QuoteWat<'_>) -> Result<Vec<u8>, Refusal> {
    match module.to_test()? {
        QuoteWatTest::Binary(bytes) => Ok(bytes),
        QuoteWatTest::Text(text) => {
            let text = String::from_utf8(text).map_err(|_| Refusal::malformed("malformed UTF-8 encoding"))?;
            let buffer = script::parse_buffer(&text)?;
            Ok(parser::parse::<Wat<'_>>(&buffer)?.encode()?)
        }
    }
}

/// A refusal where the script expects none.
fn completes(refusal: Refusal) -> Mismatch {
    Mismatch::new("success", refusal)
}

fn display_name(name: Option<Id<'_>>) -> String {
    name.map_or_else(|| "without a name".to_owned(), |id| format!("${}", id.name()))
}
