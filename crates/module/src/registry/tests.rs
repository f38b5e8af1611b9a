//! Identity and subtyping of defined types.

use super::*;
use crate::types::{ExternType, FieldType, GlobalType, MemoryType, RefType, StorageType, TableType};

fn structure(supertype: Option<TypeId>, fields: &[ValType]) -> SubType {
    let field = |&ty: &ValType| FieldType { storage: StorageType::Val(ty), mutable: false };
    let fields = fields.iter().map(field).collect();
    SubType { is_final: false, supertype, composite: CompositeType::Struct(StructType { fields }) }
}

fn to(id: TypeId) -> ValType {
    ValType::Ref(RefType::nullable(HeapType::Concrete(id)))
}

#[test]
fn equal_function_types_have_one_id() {
    let registry = TypeRegistry::new();
    let first = registry.define_func(FuncType::new([ValType::I32], [])).unwrap();
    let second = registry.define_func(FuncType::new([ValType::I64], [])).unwrap();
    assert_ne!(first, second);
    assert_eq!(registry.define_func(FuncType::new([ValType::I32], [])).unwrap(), first);
    assert_eq!(registry.func_type(second), Some(&FuncType::new([ValType::I64], [])));
}

#[test]
fn recursion_groups_are_equal_as_a_whole() {
    let registry = TypeRegistry::new();
    let this = structure(None, &[to(TypeId::in_group(0))]);
    let other = structure(None, &[to(TypeId::in_group(1))]);
    let alone = registry.define_group(std::slice::from_ref(&this)).unwrap();
    let pair = registry.define_group(&[this.clone(), other.clone()]).unwrap();
    assert_ne!(alone, pair, "a type in a larger group is another type");
    assert_eq!(registry.define_group(&[this.clone(), other.clone()]).unwrap(), pair);
    assert_ne!(registry.define_group(&[other, this]).unwrap(), pair);
    // A group that refers to an earlier type is not the group that refers to itself.
    let outside = registry.define_group(&[structure(None, &[to(alone)])]).unwrap();
    assert_ne!(outside, alone);
    assert_eq!(registry.define_group(&[structure(None, &[to(alone)])]).unwrap(), outside);
}

#[test]
fn subtypes_are_found_at_every_depth() {
    let registry = TypeRegistry::new();
    let mut chain = vec![registry.define_group(&[structure(None, &[])]).unwrap()];
    for depth in 1..20 {
        let fields = vec![ValType::I32; depth];
        chain.push(registry.define_group(&[structure(chain.last().copied(), &fields)]).unwrap());
    }
    let cousin = registry.define_group(&[structure(Some(chain[0]), &[ValType::F64])]).unwrap();
    for (depth, &sub) in chain.iter().enumerate() {
        for (other_depth, &sup) in chain.iter().enumerate() {
            assert_eq!(registry.is_subtype(sub, sup), depth >= other_depth);
        }
        assert!(!registry.is_subtype(cousin, sub) || depth == 0);
        assert!(!registry.is_subtype(sub, cousin));
    }
}

#[test]
fn abstract_types_form_four_hierarchies() {
    use HeapType::*;
    let registry = TypeRegistry::new();
    let func = Concrete(registry.define_func(FuncType::default()).unwrap());
    let object = Concrete(registry.define_group(&[structure(Option::None, &[])]).unwrap());
    let all = [Func, NoFunc, Extern, NoExtern, Any, Eq, I31, Struct, Array, None, Exn, NoExn, func, object];
    let below: &[(HeapType, &[HeapType])] = &[
        (Func, &[Func, NoFunc, func]),
        (func, &[func, NoFunc]),
        (Extern, &[Extern, NoExtern]),
        (Exn, &[Exn, NoExn]),
        (Any, &[Any, Eq, I31, Struct, Array, None, object]),
        (Eq, &[Eq, I31, Struct, Array, None, object]),
        (I31, &[I31, None]),
        (Struct, &[Struct, None, object]),
        (Array, &[Array, None]),
        (object, &[object, None]),
    ];
    for (sup, subs) in below {
        for sub in all {
            assert_eq!(registry.heap_matches(sub, *sup), subs.contains(&sub), "{sub} <: {sup}");
        }
    }
    assert!(registry.ref_matches(RefType::non_null(Eq), RefType::nullable(Any)));
    assert!(!registry.ref_matches(RefType::nullable(Eq), RefType::non_null(Any)));
}

#[test]
fn imports_match_by_subtyping() {
    let registry = TypeRegistry::new();
    let global = |mutable, val| ExternType::Global(GlobalType { val, mutable });
    let anyref = ValType::Ref(RefType::ANYREF);
    let i31ref = ValType::Ref(RefType::nullable(HeapType::I31));
    assert!(registry.extern_matches(&global(false, i31ref), &global(false, anyref)));
    assert!(!registry.extern_matches(&global(true, i31ref), &global(true, anyref)));
    assert!(!registry.extern_matches(&global(true, anyref), &global(false, anyref)));

    let memory = |min, max| {
        ExternType::Memory(MemoryType { min, max, memory64: false, shared: false, page_size_log2: 16 })
    };
    assert!(registry.extern_matches(&memory(2, Some(3)), &memory(1, Some(4))));
    assert!(registry.extern_matches(&memory(2, Some(3)), &memory(2, None)));
    assert!(!registry.extern_matches(&memory(2, None), &memory(2, Some(3))));
    assert!(!registry.extern_matches(&memory(1, None), &memory(2, None)));

    let table = |element, table64| ExternType::Table(TableType { element, min: 1, max: None, table64 });
    assert!(registry.extern_matches(&table(RefType::FUNCREF, true), &table(RefType::FUNCREF, true)));
    assert!(!registry.extern_matches(&table(RefType::FUNCREF, true), &table(RefType::FUNCREF, false)));
    let nofunc = RefType::nullable(HeapType::NoFunc);
    assert!(!registry.extern_matches(&table(nofunc, true), &table(RefType::FUNCREF, true)));
}

#[test]
fn types_of_the_host_are_checked() {
    let registry = TypeRegistry::new();
    let field = |ty, mutable| FieldType { storage: StorageType::Val(ty), mutable };
    let extends = |supertype, fields: &[FieldType]| {
        let composite = CompositeType::Struct(StructType { fields: fields.into() });
        registry.define(SubType { is_final: false, supertype, composite })
    };
    let (any, i31) = (ValType::Ref(RefType::ANYREF), ValType::Ref(RefType::nullable(HeapType::I31)));
    let base = Some(extends(None, &[field(any, false), field(any, true)]).unwrap());
    assert!(extends(base, &[field(i31, false), field(any, true), field(ValType::I32, true)]).is_ok());
    assert!(extends(base, &[field(i31, false)]).is_err(), "a field is missing");
    assert!(
        extends(base, &[field(i31, false), field(i31, true)]).is_err(),
        "what can be written is invariant"
    );
    assert!(extends(base, &[field(any, true), field(any, true)]).is_err(), "mutability differs");
    assert!(extends(None, &vec![field(any, true); 10_001]).is_err());
    assert!(extends(Some(TypeId::from_u32(99)), &[]).is_err());
    assert!(extends(None, &[field(to(TypeId::in_group(0)), true)]).is_err());

    let func = |supertype, params: ValType, result, is_final| {
        let composite = CompositeType::Func(FuncType::new([params], [result]));
        registry.define(SubType { is_final, supertype, composite })
    };
    let wide = Some(func(None, i31, any, false).unwrap());
    assert!(func(wide, any, i31, false).is_ok());
    assert!(func(wide, i31, any, true).is_ok());
    assert!(
        func(Some(func(wide, i31, any, true).unwrap()), i31, any, true).is_err(),
        "the supertype is final"
    );
    assert!(func(base, i31, any, false).is_err(), "a function is no structure");
}

#[test]
fn references_inside_a_group_get_the_right_representation() {
    let registry = TypeRegistry::new();
    let func = SubType::plain(CompositeType::Func(FuncType::default()));
    let object = structure(None, &[to(TypeId::in_group(0)), to(TypeId::in_group(1)), ValType::I32]);
    let first = registry.define_group(&[func, object]).unwrap().as_u32();
    let layout = registry.struct_layout(TypeId::from_u32(first + 1)).unwrap();
    let offsets: Vec<u32> = layout.fields.iter().map(|field| field.offset).collect();
    assert_eq!((offsets, &layout.refs[..], layout.size), (vec![8, 16, 20], &[16][..], 24));
}

#[test]
fn threads_agree_on_ids() {
    let registry = TypeRegistry::new();
    let ids = |_| {
        let params = (0..200).map(|len| FuncType::new(vec![ValType::I32; len], []));
        params.map(|ty| registry.define_func(ty).unwrap()).collect::<Vec<_>>()
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|thread| scope.spawn(move || ids(thread))).collect();
        let results: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert!(results.iter().all(|result| *result == results[0]));
    });
}
