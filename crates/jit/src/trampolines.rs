//! Ways into compiled code, and out of it to host functions, by type. Types that look the same to the machine share theirs:
//! modules can have many more types than shapes.

use crate::compiler::{CompileError, Compiler, Scratch};
use crate::unit::Unit;
use cranelift_codegen::ir::Type;
use rayon::prelude::*;
use sarsen_module::{FuncType, Module, TypeIndex};
use std::collections::HashMap;

/// The trampolines of a module.
#[derive(Default)]
pub(crate) struct Trampolines {
    /// An entry and a leaf for each shape.
    pub(crate) units: Vec<(Unit, Unit)>,
    /// By type index: where its shape's are, if it is a function type that code can have.
    pub(crate) of_types: Vec<Option<usize>>,
}

/// Where leaves begin: one fits in a line of the processor's instructions, and a call of a host function is fetched in few of
/// them.
const LINE: u32 = 64;

/// What trampolines depend on: how parameters and results look to the machine.
type Shape = (Vec<Type>, Vec<Type>);

impl Compiler {
    /// Entries and leaves for each function type of a module.
    pub(crate) fn make_trampolines(
        &self,
        module: &Module,
        parallel: bool,
    ) -> Result<Trampolines, CompileError> {
        let shims = self.shims_of(module);
        let mut known: HashMap<Shape, usize> = HashMap::new();
        let mut shapes: Vec<&FuncType> = Vec::new();
        let mut of_types = Vec::with_capacity(module.types().len());
        for index in 0..module.types().len() as u32 {
            let ty: Option<&FuncType> = module.registry().func_type(module.type_id(TypeIndex(index)));
            let shape = ty.filter(|ty| self.is_callable(ty)).map(|ty| {
                let shape = (shims.types(&ty.params), shims.types(&ty.results));
                *known.entry(shape).or_insert_with(|| {
                    shapes.push(ty);
                    shapes.len() - 1
                })
            });
            of_types.push(shape);
        }
        let one = |scratch: &mut Scratch, ty: &FuncType| {
            let entry = self.make(scratch, |func, builder| shims.entry(ty, func, builder))?;
            let mut leaf = self.make(scratch, |func, builder| shims.leaf(ty, func, builder))?;
            leaf.align = leaf.align.max(LINE);
            Ok((entry, leaf))
        };
        let units = if parallel && shapes.len() > 1 {
            shapes.into_par_iter().map_init(Scratch::new, one).collect::<Result<_, _>>()
        } else {
            let mut scratch = Scratch::new();
            shapes.into_iter().map(|ty| one(&mut scratch, ty)).collect()
        };
        Ok(Trampolines { units: units?, of_types })
    }
}
