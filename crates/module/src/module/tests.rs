//! What a loaded module says about its bytes.

use super::*;
use crate::error::ErrorKind;
use crate::testing::{RICH, load, try_load, validate_without};
use crate::types::{HeapType, RefType, ValType};
use crate::{ConstOp, ElementItem, SegmentMode};
use sarsen_isa::{Feature, V128};

#[test]
fn functions_have_types_and_bodies() {
    let module = load(RICH);
    assert_eq!(module.imported(), ImportCounts { funcs: 1, tables: 1, memories: 1, globals: 1, tags: 1 });
    assert_eq!((module.funcs().len(), module.defined_funcs()), (5, 4));
    assert_eq!(module.func_type(FuncIndex(1)), module.func_type(FuncIndex(0)));
    assert_eq!(module.func_type(FuncIndex(3)).results[..], [ValType::I64, ValType::I64]);
    assert_eq!(module.defined_func(FuncIndex(0)), None);
    assert_eq!(module.defined_func(FuncIndex(2)), Some(DefinedFuncIndex(1)));
    assert_eq!(module.func_index(DefinedFuncIndex(1)), FuncIndex(2));
    assert_eq!(module.start(), Some(FuncIndex(2)));
    // A local declaration of one `i64`.
    assert_eq!(module.body(DefinedFuncIndex(0)).slice(module.bytes())[..3], [1, 1, 0x7e]);
    for index in 0..module.defined_funcs() {
        let body = module.body(DefinedFuncIndex(index));
        let parsed = parse::body(&module, DefinedFuncIndex(index));
        assert_eq!(body.slice(module.bytes()), parsed.as_bytes());
        assert_eq!(parsed.range().start as u32, body.start);
        assert_eq!(module.func_at_offset(body.range().start), Some(DefinedFuncIndex(index)));
        assert_eq!(module.func_at_offset(body.range().end - 1), Some(DefinedFuncIndex(index)));
    }
    assert_eq!(module.func_at_offset(0), None);
    assert_eq!(module.func_at_offset(module.bytes().len()), None);
    let code = module.code().range();
    assert!(code.contains(&module.body(DefinedFuncIndex(0)).range().start));
    assert_eq!(code.end, module.body(DefinedFuncIndex(3)).range().end);
}

#[test]
fn valid_modules_are_described_without_their_bodies() {
    let module = load(RICH);
    let again = |bytes: &Bytes, table: Vec<u8>| {
        Module::assume_valid(module.registry(), bytes.clone(), Features::all(), table.into())
    };
    let same = again(module.bytes(), module.body_table()).unwrap();
    assert_eq!((same.types(), same.funcs()), (module.types(), module.funcs()));
    assert_eq!((same.imported(), same.code()), (module.imported(), module.code()));
    assert_eq!((same.data_count(), module.data_count()), (2, 2));
    assert_eq!((same.data(), same.elements()), (module.data(), module.elements()));
    assert_eq!(same.defined_funcs(), module.defined_funcs());
    assert_eq!(same.body_table(), module.body_table());
    assert_eq!(same.name(), module.name());
    for index in (0..module.defined_funcs()).map(DefinedFuncIndex) {
        let body = module.body(index);
        assert_eq!(same.body(index), body);
        assert_eq!(same.func_at_offset(body.range().start), Some(index));
    }
    assert_eq!(same.func_at_offset(0), None);
    assert_eq!(module.declarations(), module.code().range().start);

    let message = |bytes: &Bytes, table: Vec<u8>| again(bytes, table).unwrap_err().to_string();
    assert_eq!(message(module.bytes(), vec![0; 4]), "4 functions, and 1 bodies");
    for end in 0..module.bytes().len() {
        // Some of them are modules: custom sections can be missing.
        let module = again(&module.bytes().part(0..end).unwrap(), module.body_table());
        assert!(module.is_err() || [0, 2].contains(&module.unwrap().data().len()));
    }
    assert!(module.bytes().part(1..usize::MAX).is_none());
    let empty = load("(module)");
    let same = Module::assume_valid(
        empty.registry(),
        empty.bytes().clone(),
        Features::all(),
        Bytes::from(Vec::new()),
    );
    assert_eq!((same.unwrap().defined_funcs(), empty.declarations()), (0, empty.bytes().len()));
}

#[test]
fn modules_that_were_never_valid_declare_what_is_there() {
    for section in [
        // Exports of each kind that name nothing, and a start function that is not there.
        &b"\x07\x05\x01\x01f\x00\x00"[..],
        b"\x07\x05\x01\x01f\x01\x00",
        b"\x07\x05\x01\x01f\x02\x00",
        b"\x07\x05\x01\x01f\x03\x00",
        b"\x07\x05\x01\x01f\x04\x00",
        b"\x08\x01\x00",
        // A structure as the type of a function, of a tag, and of what is imported.
        b"\x01\x03\x01\x5f\x00\x03\x02\x01\x00\x0a\x04\x01\x02\x00\x0b",
        b"\x01\x03\x01\x5f\x00\x0d\x03\x01\x00\x00",
        b"\x01\x03\x01\x5f\x00\x02\x05\x01\x00\x00\x00\x00",
        // A structure, and a table, with references to a type that is not there.
        b"\x01\x06\x01\x5f\x01\x63\x07\x00",
        b"\x04\x05\x01\x63\x07\x00\x00",
        // A function that is not there, and a table.
        b"\x09\x05\x01\x01\x00\x01\x00",
        b"\x09\x06\x01\x00\x41\x00\x0b\x00",
    ] {
        let module = Bytes::from([b"\0asm\x01\0\0\0", section].concat());
        let bodies = vec![0; if section.contains(&0x0a) { 4 } else { 0 }];
        let loaded = Module::assume_valid(&Default::default(), module, Features::all(), bodies.into());
        let error = loaded.expect_err("nothing of it is there");
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
    }
}

#[test]
fn entities_have_types_and_initial_values() {
    let module = load(RICH);
    assert_eq!(module.memory_type(MemoryIndex(0)).max, Some(2));
    let big = module.memory_type(MemoryIndex(1));
    assert!(big.memory64 && !big.shared && big.page_size() == 1 && big.min_bytes() == 1);
    assert!(module.table_type(TableIndex(1)).table64);
    assert_eq!(
        module.table_inits(),
        [Some(ConstExpr::new([ConstOp::RefFunc(FuncIndex(1))])), None],
        "of defined tables"
    );
    let node = module.type_id(TypeIndex(0));
    let element = module.table_type(TableIndex(2)).element;
    assert_eq!(element, RefType::nullable(HeapType::Concrete(node)));
    let inits: Vec<&[ConstOp]> = module.global_inits().iter().map(ConstExpr::ops).collect();
    assert_eq!(inits[0], [ConstOp::GlobalGet(GlobalIndex(0)), ConstOp::I32(4), ConstOp::I32Add]);
    assert_eq!(inits[1][2], ConstOp::StructNew(node));
    assert_eq!(inits[2][2], ConstOp::ArrayNewFixed(module.type_id(TypeIndex(2)), 2));
    assert_eq!(inits[3], [ConstOp::V128(V128::from_slots([1, 2]))]);
    assert!(module.global_type(GlobalIndex(3)).mutable);
    assert_eq!(module.tag_type(TagIndex(1)).params[..], [ValType::I64]);
    assert!(module.registry().is_subtype(module.type_id(TypeIndex(1)), node));
}

#[test]
fn segments_are_compact() {
    let module = load(RICH);
    let items: Vec<Vec<ElementItem<'_>>> =
        module.elements().iter().map(|segment| segment.items.iter().collect()).collect();
    assert_eq!(items[0], [ElementItem::Func(FuncIndex(1)), ElementItem::Func(FuncIndex(0))]);
    assert_eq!(items[1], [ElementItem::Func(FuncIndex(2)), ElementItem::Null]);
    assert!(matches!(module.elements()[1].items, crate::ElementItems::Funcs(_)));
    assert!(matches!(module.elements()[2].mode, SegmentMode::Declared));
    assert!(matches!(items[3][0], ElementItem::Expr(expr) if expr.ops().len() == 2));
    assert_eq!(
        module.elements()[0].mode,
        SegmentMode::Active(TableIndex(1), ConstExpr::new([ConstOp::I64(0)]))
    );
    assert_eq!(module.data_bytes(DataIndex(0)), b"hello");
    assert_eq!(module.data_bytes(DataIndex(1)), b"bye");
    assert_eq!(module.data()[1].mode, SegmentMode::Passive);
}

/// A memory, and in the data section this number of segments with these bytes.
fn data_section(count: u8, segments: &[u8]) -> Bytes {
    let size = segments.len() as u8 + 1;
    let header = [b'\0', b'a', b's', b'm', 1, 0, 0, 0, 5, 3, 1, 0, 1, 11, size, count];
    Bytes::from([&header[..], segments].concat())
}

#[test]
fn data_segments_are_the_same_however_they_are_written() {
    let place = |place: i32| ConstExpr::new([ConstOp::I32(place)]);
    let sum = ConstExpr::new([ConstOp::I32(1), ConstOp::I32(2), ConstOp::I32Add]);
    let cases: [(&[u8], Option<ConstExpr>, &[u8]); 9] = [
        (b"\0\x41\x05\x0b\x02ab", Some(place(5)), b"ab"),
        (b"\x02\0\x41\x05\x0b\x02ab", Some(place(5)), b"ab"),
        (b"\0\x41\x85\x80\0\x0b\x82\0ab", Some(place(5)), b"ab"),
        (b"\x80\0\x41\x05\x0b\x02ab", Some(place(5)), b"ab"),
        (b"\0\x41\x7f\x0b\0", Some(place(-1)), b""),
        (b"\0\x41\xff\xff\xff\xff\x07\x0b\x01c", Some(place(i32::MAX)), b"c"),
        (b"\0\x41\x01\x41\x02\x6a\x0b\x01d", Some(sum), b"d"),
        (b"\x01\x03efg", None, b"efg"),
        (b"\x01\0", None, b""),
    ];
    let check = |module: &Module| {
        assert_eq!(module.data_count() as usize, cases.len());
        for (index, (segment, (_, offset, content))) in module.data().iter().zip(&cases).enumerate() {
            let mode = match offset {
                Some(offset) => SegmentMode::Active(MemoryIndex(0), offset.clone()),
                None => SegmentMode::Passive,
            };
            assert_eq!(segment.mode, mode, "{index}");
            assert_eq!(module.data_bytes(DataIndex(index as u32)), *content, "{index}");
        }
        assert_eq!(module.data().len(), cases.len());
    };
    let module = try_load(data_section(9, &cases.each_ref().map(|(segment, ..)| *segment).concat())).unwrap();
    check(&module);
    check(&unchecked(module.bytes()));
}

/// A module without functions that somebody says is valid.
fn unchecked(bytes: &Bytes) -> Module {
    let no_bodies = Bytes::from(Vec::new());
    Module::assume_valid(&Default::default(), bytes.clone(), Features::all(), no_bodies).unwrap()
}

#[test]
fn what_is_no_data_segment_any_more_is_none() {
    let good = b"\0\x41\x05\x0b\x02ab\x01\x03efg";
    for (count, segments) in [
        (3, &good[..]),
        (1, good),
        (2, &good[..7]),
        (2, b"\x07\x41\x05\x0b\x02ab\x01\x03efg"),
        (2, b"\0\x41\x05\x41\x02ab\x01\x03efg"),
        (2, b"\0\x41\x05\x0b\x7fab\x01\x03efg"),
        // A memory that is not there, a global, operands, a place; one that is no integer.
        (2, b"\x02\x01\x41\x05\x0b\x02ab\x01\x03efg"),
        (2, b"\0\x23\0\x0b\x02ab\x01\x03efg"),
        (2, b"\0\x41\x05\x6a\x0b\x02ab\x01\x03efg"),
        (2, b"\0\x0b\x02ab\x01\x03efg"),
        (2, b"\0\x43\0\0\0\0\x0b\x02ab\x01\x03efg"),
    ] {
        let module = unchecked(&data_section(count, segments));
        assert_eq!((module.data_count(), module.data()), (u32::from(count), &[][..]));
        assert_eq!(module.data_bytes(DataIndex(1)), b"");
    }
    assert_eq!(unchecked(&data_section(2, good)).data().len(), 2);
    assert_eq!(unchecked(&data_section(200, &good[..3])).data_count(), 4, "each takes a byte");
    assert_eq!(unchecked(&data_section(0, b"")).data(), []);
}

#[test]
fn modules_of_an_engine_share_types() {
    let registry = Arc::new(TypeRegistry::new());
    let load = |wat: &str| {
        let limits = ModuleLimits::default();
        Module::new(&registry, wat, &Features::all(), &limits, Parallelism::Sequential).unwrap()
    };
    let one = load("(module (type (func)) (type $f (func (param i32))) (import \"\" \"\" (func (type $f))))");
    let other = load("(module (func (export \"f\") (param i32)))");
    assert_eq!(one.func_type_id(FuncIndex(0)), other.func_type_id(FuncIndex(0)));
}

#[test]
fn errors_say_what_where_and_of_which_kind() {
    let kind = |bytes: &[u8]| {
        let error = try_load(bytes).unwrap_err();
        (error.kind(), error.offset())
    };
    assert_eq!(kind(b"\0asm\x01\0\0\0\x01\x01"), (ErrorKind::Malformed, Some(10)));
    assert_eq!(kind(b"\0asm\x0d\0\x01\0"), (ErrorKind::Malformed, Some(4)));
    assert_eq!(kind(b"neither").0, ErrorKind::Malformed);
    assert_eq!(kind(b""), (ErrorKind::Malformed, Some(0)));
    assert_eq!(kind(b"(module (func (result i32) i64.const 1))").0, ErrorKind::Invalid);
    assert_eq!(kind(b"(module (start 3))").0, ErrorKind::Invalid);
    let text = try_load("(module\n  (func i32.cost))").unwrap_err();
    assert_eq!(text.kind(), ErrorKind::Text);
    assert!(text.message().contains("2:9"), "{text}");
    // An unknown opcode, and a body that ends early.
    let body = |code: &[u8]| {
        let mut module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0".to_vec();
        module.extend([10, code.len() as u8 + 3, 1, code.len() as u8 + 1, 0]);
        module.extend(code);
        module
    };
    assert_eq!(try_load(body(&[0x0b])).map(|module| module.defined_funcs()).unwrap(), 1);
    assert_eq!(kind(&body(&[0xff, 0x0b])).0, ErrorKind::Malformed);
    assert_eq!(kind(&body(&[0x01])).0, ErrorKind::Malformed);
    assert_eq!(kind(&body(&[0x1a, 0x0b])).0, ErrorKind::Invalid);
}

#[test]
fn features_can_be_switched_off() {
    for (feature, wat) in [
        (Feature::Gc, "(module (type (struct)))"),
        (Feature::Simd, "(module (func (param v128)))"),
        (Feature::Threads, "(module (memory 1 1 shared))"),
        (Feature::MultiMemory, "(module (memory 1) (memory 1))"),
        (Feature::Memory64, "(module (memory i64 1))"),
        (Feature::TailCall, "(module (func $f return_call $f))"),
        (Feature::Exceptions, "(module (tag))"),
        (Feature::CustomPageSizes, "(module (memory 1 (pagesize 1)))"),
        (Feature::ExtendedConst, "(module (global i32 (i32.add (i32.const 1) (i32.const 1))))"),
        (Feature::Floats, "(module (func (param f32)))"),
        (Feature::MultiValue, "(module (func (result i32 i32) unreachable))"),
        (
            Feature::WideArithmetic,
            "(module (func (param i64 i64) (i64.mul_wide_s (local.get 0) (local.get 1)) drop drop))",
        ),
    ] {
        assert!(validate_without(&[], wat).is_ok(), "{wat}");
        assert!(validate_without(&[feature], wat).is_err(), "{wat}");
    }
}

#[test]
fn limits_hold() {
    let limits = ModuleLimits { functions: 2, bytes: 100, ..ModuleLimits::default() };
    let load = |wat: &str| Module::validate(wat, &Features::all(), &limits, Parallelism::Sequential);
    assert!(load("(module (func) (func))").is_ok());
    for wat in ["(module (func) (func) (func))", &format!("(module {})", " ".repeat(100))] {
        assert_eq!(load(wat).unwrap_err().kind(), ErrorKind::Limit);
    }
}

#[test]
fn limits_name_what_how_many_and_where() {
    let none = ModuleLimits {
        types: 1,
        imports: 1,
        exports: 1,
        functions: 1,
        function_bytes: 10,
        memories: 1,
        tables: 1,
        globals: 1,
        tags: 1,
        element_segments: 1,
        data_segments: 1,
        ..ModuleLimits::strict()
    };
    let error = |wat: &str| {
        let validate =
            |limits: &ModuleLimits| Module::validate(wat, &Features::all(), limits, Parallelism::Sequential);
        assert!(validate(&ModuleLimits::strict()).is_ok(), "{wat}");
        let error = validate(&none).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit, "{wat}");
        (error.message().to_owned(), error.offset())
    };
    let count = |what: &str, count| format!("{what} count of {count} exceeds limit of 1");
    // Sections begin behind the eight bytes of the header, their contents two bytes further.
    assert_eq!(error("(module (rec (type (func)) (type (struct))))"), (count("types", 2), Some(10)));
    let imports = r#"(module (import "" "" (global i32)) (import "" "" (memory 1)))"#;
    assert_eq!(error(imports), (count("imports", 2), Some(10)));
    for (wat, what, found) in [
        (r#"(module (func (export "a") (export "b")))"#, "exports", 2),
        ("(module (func) (func) (func))", "functions", 3),
        (r#"(module (import "" "" (func)) (func))"#, "functions", 2),
        ("(module (memory 1) (memory 1))", "memories", 2),
        (r#"(module (import "" "" (table 1 funcref)) (table 1 funcref))"#, "tables", 2),
        ("(module (global i32 (i32.const 1)) (global i32 (i32.const 1)))", "globals", 2),
        ("(module (tag) (tag))", "tags", 2),
        ("(module (elem func) (elem func))", "element segments", 2),
        (r#"(module (data "") (data ""))"#, "data segments", 2),
    ] {
        let (message, offset) = error(wat);
        assert_eq!(message, count(what, found), "{wat}");
        assert!(offset.is_some_and(|offset| offset >= 10), "{wat}");
    }
    let long = format!("(module (func {}))", "(drop (i32.const 1))".repeat(4));
    // A byte for the locals, three for each constant and drop, one for the end.
    assert_eq!(error(&long).0, "function size of 14 exceeds limit of 10 bytes");
}

#[test]
fn bytes_are_shared() {
    let bytes: Arc<[u8]> = b"\0asm\x01\0\0\0"[..].into();
    let module = try_load(Arc::clone(&bytes)).unwrap();
    assert_eq!(module.bytes().as_ptr(), bytes.as_ptr());
}

#[test]
fn threads_find_the_same_first_error() {
    let funcs = |bad: &[usize]| {
        let body = |index| if bad.contains(&index) { "(drop) " } else { "(drop (i32.const 1000000))" };
        let funcs: String = (0..3000).map(|index| format!("(func {})", body(index).repeat(40))).collect();
        wat::parse_str(format!("(module {funcs})")).unwrap()
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
    for bad in [&[][..], &[0], &[2999], &[17, 1500, 2000]] {
        let module = funcs(bad);
        let validate = |parallelism| {
            Module::validate(&module, &Features::all(), &ModuleLimits::default(), parallelism)
                .map_err(|error| error.to_string())
        };
        let sequential = validate(Parallelism::Sequential);
        assert_eq!(pool.install(|| validate(Parallelism::Pool)), sequential);
        assert_eq!(sequential.is_ok(), bad.is_empty());
    }
}
