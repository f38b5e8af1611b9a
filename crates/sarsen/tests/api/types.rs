//! Types: equality, subtyping, and what they look like.

use crate::assert_says;
use sarsen::{
    AnyRef, ArrayType, ExternType, FieldType, Finality, FuncType, HeapType, I31, Instance, Linker, Module,
    Mutability, RefType, StorageType, Store, StructRef, StructRefPre, StructType, Val, ValType,
};

fn field(ty: ValType) -> FieldType {
    FieldType::new(Mutability::Const, StorageType::ValType(ty))
}

#[test]
fn equal_structure_is_the_same_type() {
    let engine = crate::engine();
    let a = FuncType::new(&engine, [ValType::I32], [ValType::V128]);
    assert_eq!(a, FuncType::new(&engine, [ValType::I32], [ValType::V128]));
    assert_ne!(a, FuncType::new(&engine, [ValType::V128], [ValType::I32]));
    assert_ne!(a, FuncType::new(&crate::engine(), [ValType::I32], [ValType::V128]));
    let module = Module::new(
        &engine,
        r#"(module (type $s (struct (field i32))) (global (export "g") (ref null $s) (ref.null $s)))"#,
    );
    let Some(ExternType::Global(global)) = module.unwrap().get_export("g") else { panic!("a global") };
    let host = StructType::new(&engine, [field(ValType::I32)]).unwrap();
    let expected = ValType::Ref(RefType::new(true, HeapType::ConcreteStruct(host)));
    assert_eq!(global.content(), &expected);
}

#[test]
fn heap_types_are_ordered() {
    let engine = crate::engine();
    let structure = HeapType::ConcreteStruct(StructType::new(&engine, []).unwrap());
    let array = HeapType::ConcreteArray(ArrayType::new(&engine, field(ValType::I32)));
    let func = HeapType::ConcreteFunc(FuncType::new(&engine, [], []));
    for (sub, sup) in [
        (&structure, HeapType::Struct),
        (&structure, HeapType::Eq),
        (&array, HeapType::Array),
        (&array, HeapType::Any),
        (&func, HeapType::Func),
        (&HeapType::I31, HeapType::Eq),
        (&HeapType::None, HeapType::I31),
        (&HeapType::NoFunc, HeapType::Func),
        (&HeapType::NoExtern, HeapType::Extern),
        (&HeapType::NoExn, HeapType::Exn),
    ] {
        assert!(sub.matches(&sup) && !sup.matches(sub), "{sub} {sup}");
    }
    assert!(HeapType::None.matches(&structure) && HeapType::NoFunc.matches(&func));
    for (a, b) in
        [(&structure, &array), (&HeapType::Func, &HeapType::Any), (&HeapType::Extern, &HeapType::Any)]
    {
        assert!(!a.matches(b) && !b.matches(a), "{a} {b}");
    }
    let (nullable, not) = (RefType::new(true, structure.clone()), RefType::new(false, structure));
    assert!(not.matches(&nullable) && !nullable.matches(&not));
}

#[test]
fn declared_subtypes_are_subtypes() {
    let engine = crate::engine();
    let define = |finality, supertype: Option<&StructType>, fields: &[ValType]| {
        let fields = fields.iter().cloned().map(field);
        StructType::with_finality_and_supertype(&engine, finality, supertype, fields)
    };
    let base = define(Finality::NonFinal, None, &[ValType::I32]).unwrap();
    let sub = define(Finality::Final, Some(&base), &[ValType::I32, ValType::I64]).unwrap();
    assert!(sub.matches(&base) && !base.matches(&sub));
    assert_eq!(sub.supertype(), Some(base.clone()));
    assert_eq!((base.finality(), sub.finality()), (Finality::NonFinal, Finality::Final));
    assert!(define(Finality::Final, Some(&sub), &[ValType::I32, ValType::I64]).is_err(), "it is final");
    assert!(define(Finality::Final, Some(&base), &[ValType::I64]).is_err(), "the field has another type");
    assert!(define(Finality::Final, Some(&base), &[]).is_err(), "the field is missing");
}

#[test]
fn values_of_a_subtype_are_arguments() {
    let engine = crate::engine();
    let wat = r#"(module
        (type $base (sub (struct (field i32))))
        (type $sub (sub final $base (struct (field i32) (field i64))))
        (func (export "first") (param (ref $base)) (result i32) (struct.get $base 0 (local.get 0)))
        (func (export "second") (param (ref $sub)) (result i64) (struct.get $sub 1 (local.get 0)))
        (func (export "same") (param eqref) (result anyref) (local.get 0)))"#;
    let (mut store, instance) = crate::load_in(&engine, wat);
    let base =
        StructType::with_finality_and_supertype(&engine, Finality::NonFinal, None, [field(ValType::I32)]);
    let base = base.unwrap();
    let fields = [field(ValType::I32), field(ValType::I64)];
    let sub = StructType::with_finality_and_supertype(&engine, Finality::Final, Some(&base), fields).unwrap();
    let pre = StructRefPre::new(&mut store, base.clone());
    let small = StructRef::new(&mut store, &pre, &[Val::I32(1)]).unwrap().to_anyref();
    let pre = StructRefPre::new(&mut store, sub.clone());
    let large = StructRef::new(&mut store, &pre, &[Val::I32(2), Val::I64(3)]).unwrap().to_anyref();
    let [first, second, same] =
        ["first", "second", "same"].map(|name| instance.get_func(&mut store, name).unwrap());
    let mut result = [Val::I32(0)];
    first.call(&mut store, &[small.into()], &mut result).unwrap();
    assert_eq!(result[0].unwrap_i32(), 1);
    first.call(&mut store, &[large.into()], &mut result).unwrap();
    assert_eq!(result[0].unwrap_i32(), 2);
    second.call(&mut store, &[large.into()], &mut result).unwrap();
    assert_eq!(result[0].unwrap_i64(), 3);
    assert_says(&second.call(&mut store, &[small.into()], &mut result).unwrap_err(), &["type mismatch"]);
    assert_says(
        &first.call(&mut store, &[Val::null_any_ref()], &mut result).unwrap_err(),
        &["type mismatch"],
    );
    same.call(&mut store, &[large.into()], &mut result).unwrap();
    let reference = |ty| ValType::Ref(RefType::new(false, HeapType::ConcreteStruct(ty)));
    assert_eq!(result[0].ty(&store).unwrap(), reference(sub));
    assert!(result[0].matches_ty(&store, &reference(base)).unwrap());
    let integer = AnyRef::from_i31(&mut store, I31::new_i32(5).unwrap());
    assert_says(&first.call(&mut store, &[integer.into()], &mut result).unwrap_err(), &["type mismatch"]);
    same.call(&mut store, &[integer.into()], &mut result).unwrap();
    assert_eq!(result[0].ty(&store).unwrap(), ValType::Ref(RefType::new(false, HeapType::I31)));
}

#[test]
fn functions_of_a_subtype_are_imports() {
    let engine = crate::engine();
    let types = r#"(type $base (sub (func (result anyref)))) (type $sub (sub $base (func (result i31ref))))"#;
    let provider = format!(
        r#"(module {types} (func (export "base") (type $base) (ref.null none))
            (func (export "sub") (type $sub) (ref.i31 (i32.const 1))))"#
    );
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &Module::new(&engine, provider).unwrap(), &[]).unwrap();
    let mut linker = Linker::new(&engine);
    linker.instance(&mut store, "p", instance).unwrap();
    let mut import = |name: &str, ty: &str| {
        let wat = format!(r#"(module {types} (import "p" "{name}" (func (type {ty}))))"#);
        linker.instantiate(&mut store, &Module::new(&engine, wat).unwrap())
    };
    import("sub", "$base").unwrap();
    import("sub", "$sub").unwrap();
    import("base", "$base").unwrap();
    assert_says(&import("base", "$sub").unwrap_err(), &["incompatible import type"]);
    let sub = instance.get_func(&mut store, "sub").unwrap().ty(&store);
    assert!(sub.matches(&sub.supertype().unwrap()));
}

#[test]
fn types_are_shown_as_text() {
    let engine = crate::engine();
    let func = FuncType::new(&engine, [ValType::I32, ValType::FUNCREF], [ValType::F64]);
    assert_eq!(func.to_string(), "(func (param i32) (param funcref) (result f64))");
    let packed = FieldType::new(Mutability::Var, StorageType::I8);
    let ty = StructType::new(&engine, [packed.clone(), field(ValType::EXTERNREF)]).unwrap();
    assert_eq!(ty.to_string(), "(struct (field (mut i8)) (field externref))");
    assert_eq!(ArrayType::new(&engine, packed).to_string(), "(array (mut i8))");
    assert_eq!(ValType::Ref(RefType::new(false, HeapType::I31)).to_string(), "(ref i31)");
}
