//! Modules: where errors are, and what a module says about itself.

use crate::assert_says;
use sarsen::{Engine, ErrorKind, ExternType, Feature, Module, ResourcesRequired, ValType};

#[test]
fn errors_of_text_have_line_and_column() {
    let engine = crate::engine();
    let error = Module::new(&engine, "(module\n  (func i32.cost))").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert_says(&error, &["2:9"]);
    let error = Module::new(&engine, "(module\n\n (func (local.get $missing)))").unwrap_err();
    assert_says(&error, &["3:19", "missing"]);
    assert_eq!(Module::new(&engine, "neither").unwrap_err().kind(), ErrorKind::Malformed);
}

#[test]
fn errors_of_binaries_have_an_offset() {
    let engine = crate::engine();
    let error = Module::new(&engine, b"\0asm\x01\0\0\0\x01\x01").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert_says(&error, &["0xa"]);
    let error = Module::new(&engine, "(module (func (result i32) i64.const 1))").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_says(&error, &["type mismatch"]);
    assert!(Module::validate(&engine, b"(module (func))").is_ok());
    assert!(Module::validate(&engine, b"(module (func (drop)))").is_err());
}

#[test]
fn imports_and_exports_are_listed_in_order() {
    let module = Module::new(
        &crate::engine(),
        r#"(module $sample
            (import "a" "f" (func (param i32) (result i64)))
            (import "a" "m" (memory 1 2))
            (import "b" "g" (global (mut f32)))
            (export "again" (func 0))
            (table (export "t") 3 externref)
            (tag (export "e") (param i32)))"#,
    );
    let module = module.unwrap();
    assert_eq!(module.name(), Some("sample"));
    let imports: Vec<_> = module.imports().map(|import| (import.module(), import.name())).collect();
    assert_eq!(imports, [("a", "f"), ("a", "m"), ("b", "g")]);
    let types: Vec<_> = module.imports().map(|import| import.ty()).collect();
    let ty = types[0].func().unwrap();
    assert_eq!((ty.param(0), ty.param(1), ty.result(0)), (Some(ValType::I32), None, Some(ValType::I64)));
    assert!(matches!(&types[1], ExternType::Memory(ty) if (ty.minimum(), ty.maximum()) == (1, Some(2))));
    assert!(matches!(&types[2], ExternType::Global(ty) if ty.mutability().is_var()));
    let exports: Vec<_> = module.exports().map(|export| export.name()).collect();
    assert_eq!(exports, ["again", "t", "e"]);
    assert_eq!(module.get_export("again"), Some(types[0].clone()));
    assert!(matches!(module.get_export("t"), Some(ExternType::Table(ty)) if ty.minimum() == 3));
    assert!(matches!(module.get_export("e"), Some(ExternType::Tag(ty)) if ty.ty().params().len() == 1));
    assert_eq!(module.get_export("nothing"), None);
}

#[test]
fn required_features_are_the_least() {
    let engine = crate::engine();
    let required = |wat: &str| Module::new(&engine, wat).unwrap().required_features();
    let plain = required("(module (func (param i32)))");
    for feature in [Feature::Simd, Feature::Gc, Feature::Threads, Feature::Memory64, Feature::Exceptions] {
        assert!(!plain.contains(feature), "{feature:?}");
    }
    assert!(required("(module (func (param v128)))").contains(Feature::Simd));
    assert!(required("(module (type (struct)))").contains(Feature::Gc));
    let both = required("(module (memory i64 1) (tag))");
    assert!(both.contains(Feature::Memory64) && both.contains(Feature::Exceptions));
    assert!(!both.contains(Feature::Gc));
}

fn required(wat: &str) -> ResourcesRequired {
    Module::new(&crate::engine(), wat).unwrap().resources_required()
}

#[test]
fn required_resources_are_what_is_defined() {
    assert_eq!(required("(module (func))"), ResourcesRequired::default());
    let plain = required(
        r#"(module (import "m" "m" (memory 9)) (import "m" "t" (table 99 funcref))
            (memory 2 10) (memory 0) (memory 70000 (pagesize 1))
            (table 3 funcref) (table 5 9 externref))"#,
    );
    assert_eq!((plain.num_memories, plain.num_tables), (3, 2));
    assert_eq!((plain.max_initial_memory_size, plain.max_initial_table_size), (Some(70_000), Some(5)));
    assert_eq!((plain.initial_memory_bytes, plain.initial_table_elements), (2 * 65536 + 70_000, 8));
    assert!(!plain.uses_gc_heap);
    // Too much to be counted in bytes.
    let most = "(memory i64 0x1000000000000)".repeat(2);
    assert_eq!(required(&format!("(module {most})")).initial_memory_bytes, u64::MAX);

    let both: ResourcesRequired = [plain, required("(module (memory 1) (tag))")].into_iter().sum();
    assert_eq!((both.num_memories, both.max_initial_memory_size), (4, Some(70_000)));
    assert_eq!(both.initial_memory_bytes, 3 * 65536 + 70_000);
    assert!(both.uses_gc_heap);
}

#[test]
fn modules_that_may_make_objects_say_so() {
    for wat in ["(module (type (struct)))", "(module (type (array i8)))", "(module (tag))"] {
        assert!(required(wat).uses_gc_heap, "{wat}");
    }
    for wat in ["(module (type (func)))", "(module (func (param i31ref externref)))"] {
        assert!(!required(wat).uses_gc_heap, "{wat}");
    }
}

#[test]
fn defined_functions_are_listed() {
    let wat = r#"(module (import "a" "f" (func $imported))
        (func $named (param i32) (result i64) (i64.const 1)) (func (export "e") (local i32)))"#;
    let module = Module::new(&crate::engine(), wat).unwrap();
    let functions: Vec<_> = module.functions().collect();
    let names: Vec<_> = functions.iter().map(|func| (func.index(), func.name())).collect();
    assert_eq!(names, [(1, Some("named")), (2, None)]);
    assert_eq!(
        (functions[0].ty().param(0), functions[0].ty().result(0)),
        (Some(ValType::I32), Some(ValType::I64))
    );
    // No local variables, `i64.const 1`, `end`.
    assert_eq!(module.wasm()[functions[0].body()], [0, 0x42, 1, 0x0b]);
    assert_eq!(module.wasm()[functions[1].body()], [1, 1, 0x7f, 0x0b]);
}

#[test]
fn custom_sections_are_kept() {
    let wat = r#"(module (@custom "first" "one") (func) (@custom "second" "\00\ff") (@custom "first" ""))"#;
    let module = Module::new(&crate::engine(), wat).unwrap();
    let sections: Vec<_> = module.custom_sections().filter(|(name, _)| *name != "name").collect();
    assert_eq!(sections, [("first", &b"one"[..]), ("second", &[0, 255]), ("first", &[])]);
}

#[test]
fn modules_come_from_files_and_owners() {
    let engine = crate::engine();
    let bytes: std::sync::Arc<[u8]> = b"\0asm\x01\0\0\0"[..].into();
    let module = Module::from_owner(&engine, bytes).unwrap();
    assert!(Engine::same(module.engine(), &engine));
    let error = Module::from_file(&engine, "/nowhere/at/all.wasm").unwrap_err();
    assert_says(&error, &["/nowhere/at/all.wasm"]);
    assert!(error.is::<std::io::Error>());
    let file = std::env::temp_dir().join(format!("sarsen-api-{}.wat", std::process::id()));
    std::fs::write(&file, "(module\n (bad))").unwrap();
    let error = Module::from_file(&engine, &file).unwrap_err();
    std::fs::remove_file(&file).unwrap();
    assert_says(&error, &[&file.display().to_string(), "2:3"]);
}

/// Gives other bytes every time.
struct Fickle(std::sync::atomic::AtomicUsize);

impl AsRef<[u8]> for Fickle {
    fn as_ref(&self) -> &[u8] {
        match self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            0 => b"\0asm\x01\0\0\0\x00\x05\x04note",
            _ => b"\0asm\x01\0\0\0\x00\x05\x04gone",
        }
    }
}

#[test]
fn owners_are_asked_for_their_bytes_once() {
    let module = Module::from_owner(&crate::engine(), Fickle(0.into())).unwrap();
    assert!(module.custom_sections().map(|(name, _)| name).eq(["note"]));
}
