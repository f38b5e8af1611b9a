//! What tables hold as long as their instance lives: those that nobody outside of the module can reach, and nothing inside
//! writes to.
//!
//! It looks at the module alone, so that the same module gives the same code. What calls make of it is their matter.

use sarsen_module::{
    ConstExpr, ConstOp, DefinedFuncIndex, ElementItem, ExternIndex, FuncIndex, Module, SegmentMode,
    TableIndex, TypeId, parse,
};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use wasmparser::Operator;

/// Items of all segments that are looked at: what is kept of more is not worth the memory.
const MAX_ITEMS: usize = 1 << 20;

/// What is known of a module's tables.
#[derive(Debug)]
pub struct KnownTables {
    /// By table index; nothing for those that may change.
    tables: Vec<Option<KnownTable>>,
    /// By table index: whether elements may be still to be made when code runs.
    later: Vec<bool>,
}

/// The functions of a table, by what they can be called as.
#[derive(Debug, Default)]
struct KnownTable {
    /// All of them.
    all: Group,
    /// Those of a type or its subtypes, for each type that there are any of.
    of_type: HashMap<TypeId, Group>,
}

/// Some functions of a table.
#[derive(Debug, Default)]
struct Group {
    /// How many types they are declared with.
    types: usize,
    /// Of these, how many have subtypes, which an imported function's own type may be.
    open: usize,
    /// If there is one function, in one place.
    sole: Option<Sole>,
}

/// The functions of a table that are declared with one type.
#[derive(Clone, Copy, Debug)]
enum Held {
    /// There is one, in one place.
    One(Sole),
    Several,
}

/// The only function of its type in a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Sole {
    /// Where it is.
    pub(crate) element: u32,
    pub(crate) function: FuncIndex,
}

/// What a call of a function of some type will find in a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Found {
    /// Anything.
    Unknown,
    /// Functions of that type, and nulls.
    Fitting,
    /// One function of that type, in one place; everything else traps.
    Sole(Sole),
}

impl KnownTables {
    /// Looks at a module's tables, and at its code as far as that may write to them.
    pub fn of(module: &Module) -> KnownTables {
        let mut tables: Vec<Option<KnownTable>> = match contents(module) {
            Some(contents) => {
                contents.iter().map(|held| Some(KnownTable::of(module, held.as_ref()?))).collect()
            }
            None => Vec::new(),
        };
        let mut known = tables.iter().flatten().count();
        for index in (0..module.defined_funcs()).map(DefinedFuncIndex) {
            if known == 0 {
                break;
            }
            known -= forget_written(module, index, &mut tables);
        }
        KnownTables { tables, later: later(module) }
    }

    /// Whether elements of a table may be still to be made.
    pub(crate) fn may_be_later(&self, table: u32) -> bool {
        self.later[table as usize]
    }

    /// The least that has to be known, which takes no look at code.
    pub fn least(module: &Module) -> KnownTables {
        KnownTables { tables: Vec::new(), later: later(module) }
    }

    /// What calls of functions of type `ty` find in a table.
    pub(crate) fn find(&self, table: u32, ty: TypeId) -> Found {
        let Some(KnownTable { all, of_type }) = self.tables.get(table as usize).and_then(Option::as_ref)
        else {
            return Found::Unknown;
        };
        let none = Group::default();
        let fitting = of_type.get(&ty).unwrap_or(&none);
        if fitting.types == all.types {
            return Found::Fitting;
        }
        match fitting.sole {
            Some(sole) if fitting.open == all.open => Found::Sole(sole),
            _ => Found::Unknown,
        }
    }
}

impl KnownTable {
    fn of(module: &Module, elements: &Elements) -> KnownTable {
        let mut declared = HashMap::new();
        for (&element, function) in &elements.set {
            let &Some(function) = function else { continue };
            match declared.entry(module.func_type_id(function)) {
                Entry::Vacant(entry) => {
                    entry.insert(Held::One(Sole { element, function }));
                }
                Entry::Occupied(mut entry) => {
                    entry.insert(Held::Several);
                }
            }
        }
        if let Some(function) = elements.initial
            && elements.set.len() < elements.len as usize
        {
            declared.insert(module.func_type_id(function), Held::Several);
        }
        let mut table = KnownTable::default();
        let registry = module.registry();
        for (ty, held) in declared {
            let is_open = !registry.sub_type(ty).is_final;
            table.all.add(is_open, held);
            let mut above = Some(ty);
            while let Some(ty) = above {
                table.of_type.entry(ty).or_default().add(is_open, held);
                above = registry.sub_type(ty).supertype;
            }
        }
        table
    }
}

impl Group {
    /// Adds the functions that are declared with a type.
    fn add(&mut self, is_open: bool, held: Held) {
        self.sole = match held {
            Held::One(sole) if self.types == 0 => Some(sole),
            _ => None,
        };
        self.types += 1;
        self.open += usize::from(is_open);
    }
}

/// For each table, whether elements may be still to be made: those that an own segment fills, and imported ones, of which nothing
/// is known. What other modules put into a table is made at once.
fn later(module: &Module) -> Vec<bool> {
    let mut later = vec![false; module.tables().len()];
    later[..module.imported().tables as usize].fill(true);
    for segment in module.elements() {
        if let SegmentMode::Active(table, _) = segment.mode {
            later[table.index()] = true;
        }
    }
    later
}

/// What a table holds. Its size is the size of what has been said about it: tables can be much larger than their module.
struct Elements {
    len: u32,
    /// What is where nothing else is said; none is null.
    initial: Option<FuncIndex>,
    set: HashMap<u32, Option<FuncIndex>>,
}

/// What each table holds when instantiation is over, if it is only reached from inside. Nothing at all if a segment may trap:
/// what it does not fill then, functions that were already handed out would see.
fn contents(module: &Module) -> Option<Vec<Option<Elements>>> {
    let items = module.elements().iter().map(|segment| segment.items.len() as usize);
    if items.sum::<usize>() > MAX_ITEMS {
        return None;
    }
    let imported = module.imported().tables as usize;
    let mut contents: Vec<_> =
        (0..module.tables().len()).map(|table| initial(module, table, imported)).collect();
    for export in module.exports() {
        if let ExternIndex::Table(table) = export.index {
            contents[table.index()] = None;
        }
    }
    for segment in module.elements() {
        let SegmentMode::Active(table, offset) = &segment.mode else { continue };
        let start = offset.place()?;
        let end = start.checked_add(u64::from(segment.items.len()))?;
        if table.index() < imported || end > module.table_type(*table).min {
            return None;
        }
        let held = &mut contents[table.index()];
        let Some(elements) = held else { continue };
        let functions = segment.items.iter().map(|item| match item {
            ElementItem::Null => Some(None),
            ElementItem::Func(function) => Some(Some(function)),
            ElementItem::Expr(_) => None,
        });
        match functions.collect::<Option<Vec<_>>>() {
            Some(functions) => elements.set.extend((start as u32..).zip(functions)),
            None => *held = None,
        }
    }
    Some(contents)
}

/// What a table holds before its segments, unless it is imported or too large.
fn initial(module: &Module, table: usize, imported: usize) -> Option<Elements> {
    let len = u32::try_from(module.table_type(TableIndex(table as u32)).min).ok()?;
    let init = module.table_inits().get(table.checked_sub(imported)?)?;
    let initial = match init.as_ref().map(ConstExpr::ops) {
        None | Some([ConstOp::RefNull(_)]) => None,
        Some(&[ConstOp::RefFunc(function)]) => Some(function),
        Some(_) => return None,
    };
    Some(Elements { len, initial, set: HashMap::new() })
}

/// Forgets the tables that a function writes to; how many it did.
fn forget_written(module: &Module, index: DefinedFuncIndex, tables: &mut [Option<KnownTable>]) -> usize {
    /// What operators that write to tables start with: most bodies need not be read because of this.
    const TABLE_SET: u8 = 0x26;
    const PREFIX: u8 = 0xfc;
    let body = parse::body(module, index);
    if !body.as_bytes().iter().any(|byte| matches!(*byte, TABLE_SET | PREFIX)) {
        return 0;
    }
    let Ok(mut reader) = body.get_operators_reader() else { return 0 };
    let mut forgotten = 0;
    while let Ok(operator) = reader.read() {
        let written = match operator {
            Operator::TableSet { table }
            | Operator::TableGrow { table }
            | Operator::TableFill { table }
            | Operator::TableInit { table, .. }
            | Operator::TableCopy { dst_table: table, .. } => table,
            _ => continue,
        };
        let known = tables.get_mut(written as usize).and_then(Option::take);
        forgotten += usize::from(known.is_some());
    }
    forgotten
}

#[cfg(test)]
mod tests {
    use super::*;
    use sarsen_isa::Features;
    use sarsen_module::{ModuleLimits, Parallelism, TypeIndex};
    use std::sync::Arc;

    /// What calls of a function of type 0 find in table 0 of a module that starts with these types: `(func)`,
    /// `(func (param i32))`, and one with a subtype.
    fn find(fields: &str) -> Found {
        find_type(fields, 0)
    }

    /// The same for another type.
    fn find_type(fields: &str, ty: u32) -> Found {
        let text = format!(
            "(module (type (func)) (type (func (param i32))) (type $open (sub (func (result i32))))
                (type $closed (sub final $open (func (result i32)))) {fields} (elem declare func 0 2))"
        );
        let (features, limits) = (Features::all(), ModuleLimits::default());
        let module = Module::new(&Arc::default(), text, &features, &limits, Parallelism::Sequential).unwrap();
        KnownTables::of(&module).find(0, module.type_id(TypeIndex(ty)))
    }

    /// Functions 0 and 1 are of type 0, function 2 of type 1.
    const FUNCTIONS: &str = "(func) (func) (func (param i32))";

    #[test]
    fn tables_of_one_type() {
        for table in [
            "(table funcref (elem 0 1 0))",
            "(table 5 funcref) (elem (i32.const 1) 0) (elem (i32.const 3) 1)",
            "(table 2 funcref)",
            "(table 3 funcref) (elem (i32.const 0) 2) (elem (i32.const 0) 0)",
            "(table 1 (ref func) (ref.func 1))",
            "(table i64 2 funcref) (elem (i64.const 1) 1)",
        ] {
            assert_eq!(find(&format!("{FUNCTIONS} {table}")), Found::Fitting, "{table}");
        }
    }

    #[test]
    fn tables_with_one_function_of_a_type() {
        let found = find(&format!("{FUNCTIONS} (table 4 funcref) (elem (i32.const 1) 2 1 2)"));
        assert_eq!(found, Found::Sole(Sole { element: 2, function: FuncIndex(1) }));
        for table in
            ["(table funcref (elem 2 1 1))", "(table funcref (elem 0 1 2))", "(table funcref (elem 2 2))"]
        {
            assert_eq!(find(&format!("{FUNCTIONS} {table}")), Found::Unknown, "{table}");
        }
    }

    #[test]
    fn functions_that_may_be_of_other_types_than_declared() {
        let table = |import: &str| {
            find(&format!("(import \"\" \"\" (func (type {import}))) {FUNCTIONS} (table funcref (elem 0 1))"))
        };
        assert_eq!(table("1"), Found::Sole(Sole { element: 1, function: FuncIndex(1) }));
        assert_eq!(table("$closed"), Found::Sole(Sole { element: 1, function: FuncIndex(1) }));
        assert_eq!(table("$open"), Found::Unknown);
    }

    #[test]
    fn tables_take_no_more_memory_than_what_is_said_about_them() {
        let tables = "(table 1048576 funcref)".repeat(5000);
        let found = find(&format!("{FUNCTIONS} {tables} (elem (i32.const 1048575) 0)"));
        assert_eq!(found, Found::Fitting);
    }

    #[test]
    fn no_more_is_kept_of_segments_than_is_worth_it() {
        let segment = format!("(elem (i32.const 0) func {})", "0 ".repeat(MAX_ITEMS / 2 - 1));
        let table = format!("{FUNCTIONS} (table 1048576 funcref)");
        assert_eq!(find(&format!("{table} {segment} {segment}")), Found::Fitting);
        assert_eq!(find(&format!("{table} {segment} {segment} (elem (i32.const 0) 0)")), Found::Unknown);
    }

    #[test]
    fn tables_whose_functions_have_subtypes() {
        let open = "(func (type $open) i32.const 1) (func (type $closed) i32.const 2)";
        let text = format!("{open} {FUNCTIONS} (table funcref (elem 0 1))");
        assert_eq!(find_type(&text, 2), Found::Fitting);
        let sole = Sole { element: 1, function: FuncIndex(1) };
        assert_eq!(find_type(&text, 3), Found::Unknown, "functions of the open type may be of this one");
        assert_eq!(find_type(&text, 0), Found::Unknown);
        assert_eq!(
            find_type(&format!("{open} {FUNCTIONS} (table funcref (elem 2 1 2))"), 3),
            Found::Sole(sole)
        );
    }

    #[test]
    fn tables_that_others_reach_or_code_writes_to() {
        let known = "(table 4 funcref) (elem (i32.const 0) 0)";
        assert_eq!(find(&format!("{FUNCTIONS} {known}")), Found::Fitting);
        for more in [
            "(export \"table\" (table 0))",
            "(func (table.set (i32.const 0) (ref.func 2)))",
            "(func (drop (table.grow (ref.func 2) (i32.const 1))))",
            "(func (table.fill (i32.const 0) (ref.func 2) (i32.const 1)))",
            "(elem func 2) (func (table.init 1 (i32.const 0) (i32.const 0) (i32.const 1)))",
            "(func (table.copy (i32.const 0) (i32.const 1) (i32.const 1)))",
            "(global funcref (ref.func 2)) (elem (i32.const 1) funcref (global.get 0))",
            "(elem (i32.const 4) 0)",
            "(elem (i32.const -1) 0)",
        ] {
            assert_eq!(find(&format!("{FUNCTIONS} {known} {more}")), Found::Unknown, "{more}");
        }
        for more in [
            "(func (drop (table.get (i32.const 0))))",
            "(func (drop (i32.const 0x26)) (i32.const 0xfc) (drop))",
            "(table $other 1 funcref) (func (table.set $other (i32.const 0) (ref.func 2)))",
            "(table $other 1 funcref) (func (table.copy $other 0 (i32.const 0) (i32.const 0) (i32.const 1)))",
        ] {
            assert_eq!(find(&format!("{FUNCTIONS} {known} {more}")), Found::Fitting, "{more}");
        }
        let import = "(import \"\" \"\" (table 1 funcref))";
        assert_eq!(find(&format!("{import} {FUNCTIONS}")), Found::Unknown);
        let another = "(table 1 funcref) (elem (table 1) (i32.const 0) func 0)";
        assert_eq!(find(&format!("{import} {FUNCTIONS} {another} (elem (i32.const 0) 0)")), Found::Unknown);
    }
}
