//! `wasi:cli`: arguments, variables, the end, standard streams, and whether they are terminals.
//!
//! What runs a command, and what becomes of [`Exit`], is the embedder's matter.

mod stdio;

use super::io::{DynInputStream, DynOutputStream};
use super::{WasiCtxView, WasiView, functions, nothing, resource, value, versioned};
use crate::exit::Exit;
use sarsen::{Error, Result};
use sarsen_component::{Linker, Resource};
use std::sync::Arc;
use stdio::{StdInput, StdOutput};

/// A terminal that is read: the resource `terminal-input`, which has no functions.
struct TerminalInput;

/// A terminal that is written to: the resource `terminal-output`, which has no functions.
struct TerminalOutput;

pub(super) fn add_to_linker<T: WasiView + 'static>(linker: &mut Linker<T>) -> Result<()> {
    let mut environment = linker.instance(&versioned("wasi:cli/environment"))?;
    functions! { environment, value;
        "get-environment" = get_environment();
        "get-arguments" = get_arguments();
        "initial-cwd" = initial_cwd();
    }
    let mut exit = linker.instance(&versioned("wasi:cli/exit"))?;
    functions! { exit, nothing;
        "exit" = exit(status: Result<(), ()>);
        "exit-with-code" = exit_with_code(code: u8);
    }
    functions! { linker.instance(&versioned("wasi:cli/stdin"))?, value;
        "get-stdin" = get_stdin();
    }
    functions! { linker.instance(&versioned("wasi:cli/stdout"))?, value;
        "get-stdout" = get_stdout();
    }
    functions! { linker.instance(&versioned("wasi:cli/stderr"))?, value;
        "get-stderr" = get_stderr();
    }
    resource::<T, TerminalInput>(
        &mut linker.instance(&versioned("wasi:cli/terminal-input"))?,
        "terminal-input",
    )?;
    resource::<T, TerminalOutput>(
        &mut linker.instance(&versioned("wasi:cli/terminal-output"))?,
        "terminal-output",
    )?;
    functions! { linker.instance(&versioned("wasi:cli/terminal-stdin"))?, value;
        "get-terminal-stdin" = get_terminal_stdin();
    }
    functions! { linker.instance(&versioned("wasi:cli/terminal-stdout"))?, value;
        "get-terminal-stdout" = get_terminal_stdout();
    }
    functions! { linker.instance(&versioned("wasi:cli/terminal-stderr"))?, value;
        "get-terminal-stderr" = get_terminal_stderr();
    }
    Ok(())
}

impl WasiCtxView<'_> {
    fn get_environment(&mut self) -> Result<Vec<(String, String)>> {
        Ok(self.ctx.host.env.clone())
    }

    fn get_arguments(&mut self) -> Result<Vec<String>> {
        Ok(self.ctx.host.args.clone())
    }

    /// None unless there is one: where a program begins is up to its library, which knows the granted directories by name.
    fn initial_cwd(&mut self) -> Result<Option<String>> {
        Ok(self.ctx.host.initial_dir.clone())
    }

    fn exit(&mut self, status: std::result::Result<(), ()>) -> Result<()> {
        Err(Error::new(Exit(status.is_err().into())))
    }

    fn exit_with_code(&mut self, code: u8) -> Result<()> {
        Err(Error::new(Exit(code.into())))
    }

    fn get_stdin(&mut self) -> Result<Resource<DynInputStream>> {
        let stream = StdInput::new(Arc::clone(&self.ctx.host));
        Ok(self.table.push(DynInputStream::new(stream))?)
    }

    fn get_stdout(&mut self) -> Result<Resource<DynOutputStream>> {
        let host = &self.ctx.host;
        let stream = StdOutput::new(Arc::clone(&host.stdout), None);
        Ok(self.table.push(DynOutputStream::new(stream))?)
    }

    fn get_stderr(&mut self) -> Result<Resource<DynOutputStream>> {
        let host = &self.ctx.host;
        let stream = StdOutput::new(Arc::clone(&host.stderr), Some(Arc::clone(host)));
        Ok(self.table.push(DynOutputStream::new(stream))?)
    }

    fn get_terminal_stdin(&mut self) -> Result<Option<Resource<TerminalInput>>> {
        let terminal = self.ctx.host.stdin.is_terminal();
        Ok(terminal.then(|| self.table.push(TerminalInput)).transpose()?)
    }

    fn get_terminal_stdout(&mut self) -> Result<Option<Resource<TerminalOutput>>> {
        let terminal = self.ctx.host.stdout.is_terminal();
        Ok(terminal.then(|| self.table.push(TerminalOutput)).transpose()?)
    }

    fn get_terminal_stderr(&mut self) -> Result<Option<Resource<TerminalOutput>>> {
        let terminal = self.ctx.host.stderr.is_terminal();
        Ok(terminal.then(|| self.table.push(TerminalOutput)).transpose()?)
    }
}
