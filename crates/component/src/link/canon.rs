//! Canonical functions: between core functions and those of the component model.

use super::scope::{ScopeId, TypeValue};
use super::{Linking, missing};
use crate::decode::CoreSignature;
use crate::program::{CoreDef, FuncSource, Lifted, Options, StringEncoding, Trampoline};
use sarsen::Result;
use wasmparser::{CanonicalFunction, CanonicalOption};

impl Linking<'_> {
    pub(super) fn canon(
        &mut self,
        scope: ScopeId,
        canon: &CanonicalFunction,
        signature: Option<&CoreSignature>,
    ) -> Result<()> {
        if let CanonicalFunction::Lift { core_func_index, type_index, options } = canon {
            let core = self.scopes[scope].core.func(*core_func_index)?;
            let TypeValue::Func(ty) = self.scopes[scope].ty(*type_index)? else {
                return Err(missing("function type"));
            };
            let options = self.options(scope, options)?;
            self.program.lifted.push(Lifted { core, ty, options });
            let source = FuncSource::Lifted(self.program.lifted.len() - 1);
            self.scopes[scope].funcs.push((source, ty));
            return Ok(());
        }
        let trampoline = self.trampoline(scope, canon)?;
        let signature = signature.cloned().ok_or_else(|| missing("signature"))?;
        self.program.trampolines.push((trampoline, signature));
        let def = CoreDef::Trampoline(self.program.trampolines.len() - 1);
        self.scopes[scope].core.funcs.push(def);
        Ok(())
    }

    fn trampoline(&mut self, scope: ScopeId, canon: &CanonicalFunction) -> Result<Trampoline> {
        let instance = self.scopes[scope].instance;
        let resource = |index: &u32| self.resource(scope, *index);
        Ok(match canon {
            CanonicalFunction::Lower { func_index, options } => {
                let func = self.scopes[scope].funcs.get(*func_index as usize).copied();
                let (func, ty) = func.ok_or_else(|| missing("function"))?;
                let options = self.options(scope, options)?;
                Trampoline::Lower { func, ty, options }
            }
            CanonicalFunction::ResourceNew { resource: ty } => {
                Trampoline::ResourceNew { resource: resource(ty)?, instance }
            }
            CanonicalFunction::ResourceRep { resource: ty } => {
                Trampoline::ResourceRep { resource: resource(ty)?, instance }
            }
            CanonicalFunction::ResourceDrop { resource: ty } => {
                Trampoline::ResourceDrop { resource: resource(ty)?, instance }
            }
            CanonicalFunction::ContextGet { slot, .. } => {
                Trampoline::ContextGet { slot: *slot as usize, instance }
            }
            CanonicalFunction::ContextSet { slot, .. } => {
                Trampoline::ContextSet { slot: *slot as usize, instance }
            }
            CanonicalFunction::BackpressureInc => Trampoline::Backpressure { is_more: true, instance },
            CanonicalFunction::BackpressureDec => Trampoline::Backpressure { is_more: false, instance },
            other => Trampoline::Async { name: name(other), instance },
        })
    }

    fn options(&mut self, scope: ScopeId, options: &[CanonicalOption]) -> Result<usize> {
        let core = &self.scopes[scope].core;
        let mut all = Options { instance: self.scopes[scope].instance, ..Options::default() };
        for option in options {
            match *option {
                CanonicalOption::UTF8 => all.encoding = StringEncoding::Utf8,
                CanonicalOption::UTF16 => all.encoding = StringEncoding::Utf16,
                CanonicalOption::CompactUTF16 => all.encoding = StringEncoding::Latin1OrUtf16,
                CanonicalOption::Memory(memory) => all.memory = Some(core.memory(memory)?),
                CanonicalOption::Realloc(func) => all.realloc = Some(core.func(func)?),
                CanonicalOption::PostReturn(func) => all.post_return = Some(core.func(func)?),
                CanonicalOption::Async => all.is_async = true,
                // Only what is asynchronous is called back; core types and the collector's values are not passed.
                CanonicalOption::Callback(_) | CanonicalOption::CoreType(_) | CanonicalOption::Gc => {}
            }
        }
        self.program.options.push(all);
        Ok(self.program.options.len() - 1)
    }
}

/// The name of a canonical function that needs asynchronous tasks.
fn name(canon: &CanonicalFunction) -> &'static str {
    match canon {
        CanonicalFunction::ThreadSpawnRef { .. } => "thread.spawn-ref",
        CanonicalFunction::ThreadSpawnIndirect { .. } => "thread.spawn-indirect",
        CanonicalFunction::ThreadAvailableParallelism => "thread.available-parallelism",
        CanonicalFunction::TaskReturn { .. } => "task.return",
        CanonicalFunction::TaskCancel => "task.cancel",
        CanonicalFunction::ThreadYield => "thread.yield",
        CanonicalFunction::SubtaskDrop => "subtask.drop",
        CanonicalFunction::SubtaskCancel { .. } => "subtask.cancel",
        CanonicalFunction::StreamNew { .. } => "stream.new",
        CanonicalFunction::StreamRead { .. } => "stream.read",
        CanonicalFunction::StreamWrite { .. } => "stream.write",
        CanonicalFunction::StreamForward { .. } => "stream.forward",
        CanonicalFunction::StreamCancelRead { .. } => "stream.cancel-read",
        CanonicalFunction::StreamCancelWrite { .. } => "stream.cancel-write",
        CanonicalFunction::StreamDropReadable { .. } => "stream.drop-readable",
        CanonicalFunction::StreamDropWritable { .. } => "stream.drop-writable",
        CanonicalFunction::FutureNew { .. } => "future.new",
        CanonicalFunction::FutureRead { .. } => "future.read",
        CanonicalFunction::FutureWrite { .. } => "future.write",
        CanonicalFunction::FutureForward { .. } => "future.forward",
        CanonicalFunction::FutureCancelRead { .. } => "future.cancel-read",
        CanonicalFunction::FutureCancelWrite { .. } => "future.cancel-write",
        CanonicalFunction::FutureDropReadable { .. } => "future.drop-readable",
        CanonicalFunction::FutureDropWritable { .. } => "future.drop-writable",
        CanonicalFunction::ErrorContextNew { .. } => "error-context.new",
        CanonicalFunction::ErrorContextDebugMessage { .. } => "error-context.debug-message",
        CanonicalFunction::ErrorContextDrop => "error-context.drop",
        CanonicalFunction::WaitableSetNew => "waitable-set.new",
        CanonicalFunction::WaitableSetWait { .. } => "waitable-set.wait",
        CanonicalFunction::WaitableSetPoll { .. } => "waitable-set.poll",
        CanonicalFunction::WaitableSetDrop => "waitable-set.drop",
        CanonicalFunction::WaitableJoin => "waitable.join",
        CanonicalFunction::ThreadIndex => "thread.index",
        CanonicalFunction::ThreadNewIndirect { .. } => "thread.new-indirect",
        CanonicalFunction::ThreadResumeLater => "thread.resume-later",
        CanonicalFunction::ThreadSuspend => "thread.suspend",
        CanonicalFunction::ThreadSuspendThenResume => "thread.suspend-then-resume",
        CanonicalFunction::ThreadYieldThenResume => "thread.yield-then-resume",
        CanonicalFunction::ThreadSuspendThenPromote => "thread.suspend-then-promote",
        CanonicalFunction::ThreadYieldThenPromote => "thread.yield-then-promote",
        _ => "canonical function",
    }
}
