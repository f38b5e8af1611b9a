//! Actions: calling an export, reading a global.
//!
//! Owns how a script reaches into an instance.
//! It does not judge the results.

use super::{Bound, Runner};
use crate::refusal::Refusal;
use crate::value::{self, Value};
use sarsen::{Instance, Val};
use sarsen_component as component;
use wast::token::Id;
use wast::{QuoteWat, WastExecute, WastInvoke};

impl<'s> Runner<'s> {
    /// Executes the body of an assertion; a module is instantiated and has no results.
    pub(super) fn execute(&mut self, action: WastExecute<'s>) -> Result<Vec<Value>, Refusal> {
        match action {
            WastExecute::Invoke(invoke) => self.invoke(&invoke),
            WastExecute::Get { module, global, .. } => self.get(module, global),
            WastExecute::Wat(module) => {
                let module = self.compile(&mut QuoteWat::Wat(module))?;
                self.instantiate(&module)?;
                Ok(Vec::new())
            }
        }
    }

    /// `(invoke $instance? "export" argument*)`
    pub(super) fn invoke(&mut self, invoke: &WastInvoke<'s>) -> Result<Vec<Value>, Refusal> {
        if let Bound::Component(instance) = self.lookup(invoke.module)? {
            return self.invoke_component(instance, invoke);
        }
        let instance = self.reach(invoke.module)?;
        let Some(func) = instance.get_func(&mut self.store, invoke.name) else {
            return Err(Refusal::other(format_args!("no function is exported as {:?}", invoke.name)));
        };
        let mut arguments = Vec::with_capacity(invoke.args.len());
        for argument in &invoke.args {
            arguments.push(value::argument(&mut self.store, argument)?);
        }
        let count = func.ty(&self.store).results().len();
        let mut results = vec![Val::I32(0); count];
        self.recorded(invoke.name, |runner| func.call(&mut runner.store, &arguments, &mut results))?;
        Ok(results.into_iter().map(Value::Core).collect())
    }

    fn invoke_component(
        &mut self,
        instance: component::Instance,
        invoke: &WastInvoke<'s>,
    ) -> Result<Vec<Value>, Refusal> {
        let Some(func) = instance.get_func(&mut self.store, invoke.name) else {
            return Err(Refusal::other(format_args!("no function is exported as {:?}", invoke.name)));
        };
        let arguments: Vec<_> =
            invoke.args.iter().map(value::component_argument).collect::<Result<_, _>>()?;
        let mut results = vec![component::Val::Bool(false); func.ty().results().len()];
        self.recorded(invoke.name, |runner| func.call(&mut runner.store, &arguments, &mut results))?;
        Ok(results.into_iter().map(Value::Component).collect())
    }

    fn get(&mut self, instance: Option<Id<'s>>, name: &str) -> Result<Vec<Value>, Refusal> {
        let instance = self.reach(instance)?;
        match instance.get_global(&mut self.store, name) {
            Some(global) => Ok(vec![Value::Core(global.get(&mut self.store))]),
            None => Err(Refusal::other(format_args!("no global is exported as {name:?}"))),
        }
    }

    fn reach(&self, name: Option<Id<'s>>) -> Result<Instance, Refusal> {
        match self.lookup(name)? {
            Bound::Instance(instance) => Ok(instance),
            Bound::Component(_) => Err(Refusal::other("the instance is that of a component")),
            Bound::Shared(_) => Err(Refusal::other("the instance belongs to another thread")),
        }
    }
}
