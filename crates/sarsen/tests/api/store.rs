//! Handles mean something only in their own store.

use crate::assert_says;
use sarsen::{
    AnyRef, ArrayRef, ArrayRefPre, ArrayType, AsContextMut, ExnRef, ExnRefPre, ExternRef, FieldType, Func,
    FuncType, Global, GlobalType, HeapType, I31, Instance, Linker, Memory, MemoryType, Module, Mutability,
    Ref, RefType, Rooted, StorageType, Store, StructRef, StructRefPre, StructType, Table, TableType, Tag,
    TagType, Val, ValType,
};
use std::panic::{AssertUnwindSafe, catch_unwind};

#[test]
fn handles_of_another_store_are_errors() {
    let engine = crate::engine();
    let (mut mine, mut other) = (Store::new(&engine, ()), Store::new(&engine, ()));
    let func = Func::wrap(&mut other, || 1);
    let memory = Memory::new(&mut other, MemoryType::new(1, None)).unwrap();
    let global_type = GlobalType::new(ValType::FUNCREF, Mutability::Var);
    let global = Global::new(&mut other, global_type.clone(), func.into()).unwrap();
    let table_type = TableType::new(RefType::FUNCREF, 1, None);
    let table = Table::new(&mut other, table_type.clone(), Ref::Func(Some(func))).unwrap();
    let tag_type = TagType::new(FuncType::new(&engine, [], []));
    let tag = Tag::new(&mut other, &tag_type).unwrap();
    let own_table = Table::new(&mut mine, table_type.clone(), Ref::Func(None)).unwrap();
    let own_global = Global::new(&mut mine, global_type.clone(), Val::null_func_ref()).unwrap();
    let typed = func.typed::<(), i32>(&other).unwrap();
    let pre = ExnRefPre::new(&mut mine, tag);
    for error in [
        func.call(&mut mine, &[], &mut [Val::I32(0)]).unwrap_err(),
        func.typed::<(), i32>(&mine).unwrap_err(),
        typed.call(&mut mine, ()).unwrap_err(),
        memory.grow(&mut mine, 1).unwrap_err(),
        global.set(&mut mine, Val::null_func_ref()).unwrap_err(),
        own_global.set(&mut mine, func.into()).unwrap_err(),
        Global::new(&mut mine, global_type, func.into()).unwrap_err(),
        table.set(&mut mine, 0, Ref::Func(None)).unwrap_err(),
        table.fill(&mut mine, 0, Ref::Func(None), 1).unwrap_err(),
        table.grow(&mut mine, 1, Ref::Func(None)).unwrap_err(),
        own_table.set(&mut mine, 0, Ref::Func(Some(func))).unwrap_err(),
        own_table.fill(&mut mine, 0, Ref::Func(Some(func)), 1).unwrap_err(),
        own_table.grow(&mut mine, 1, Ref::Func(Some(func))).unwrap_err(),
        Table::new(&mut mine, table_type, Ref::Func(Some(func))).unwrap_err(),
        Table::copy(&mut mine, &own_table, 0, &table, 0, 1).unwrap_err(),
        Table::copy(&mut mine, &table, 0, &own_table, 0, 1).unwrap_err(),
        ExnRef::new(&mut mine, &pre, &[]).unwrap_err(),
        Val::from(func).ty(&mine).unwrap_err(),
    ] {
        assert_says(&error, &["belongs to another store"]);
    }
}

#[test]
fn handles_of_another_store_panic_where_there_is_no_error() {
    let engine = crate::engine();
    let (mut mine, mut other) = (Store::new(&engine, ()), Store::new(&engine, ()));
    let wat = r#"(module (func (export "f")) (memory (export "m") 1) (table (export "t") 1 funcref)
        (global (export "g") i32 (i32.const 1)) (tag (export "e")))"#;
    let module = Module::new(&engine, wat).unwrap();
    let instance = Instance::new(&mut other, &module, &[]).unwrap();
    let func = instance.get_func(&mut other, "f").unwrap();
    let memory = instance.get_memory(&mut other, "m").unwrap();
    let table = instance.get_table(&mut other, "t").unwrap();
    let global = instance.get_global(&mut other, "g").unwrap();
    let tag = instance.get_tag(&mut other, "e").unwrap();
    let index = module.get_export_index("f").unwrap();
    let exports: Vec<_> = instance.exports(&mut other).map(|export| export.into_extern()).collect();
    let mut refused = |action: &dyn Fn(&mut Store<()>)| {
        let payload = catch_unwind(AssertUnwindSafe(|| action(&mut mine))).unwrap_err();
        let message = payload.downcast_ref::<String>().unwrap();
        assert!(message.contains("belongs to another store"), "{message}");
    };
    refused(&|store| drop(instance.get_export(store, "f")));
    refused(&|store| _ = instance.exports(store).len());
    refused(&|store| drop(instance.get_module_export(store, &index)));
    refused(&|store| _ = instance.get_func(store, "f"));
    refused(&|store| drop(instance.get_typed_func::<(), ()>(store, "f")));
    refused(&|store| _ = instance.get_memory(store, "m"));
    refused(&|store| drop(instance.get_shared_memory(store, "m")));
    refused(&|store| _ = instance.get_table(store, "t"));
    refused(&|store| _ = instance.get_global(store, "g"));
    refused(&|store| _ = instance.get_tag(store, "e"));
    for export in &exports {
        refused(&|store| drop(export.ty(store)));
    }
    refused(&|store| drop(func.ty(store)));
    refused(&|store| drop(global.ty(store)));
    refused(&|store| _ = global.get(store));
    refused(&|store| drop(table.ty(store)));
    refused(&|store| _ = table.size(store));
    refused(&|store| _ = table.get(store, 0));
    refused(&|store| drop(tag.ty(store)));
    refused(&|store| _ = memory.ty(store));
    refused(&|store| _ = memory.size(store));
    refused(&|store| _ = memory.data_size(store));
    refused(&|store| _ = memory.data_and_store_mut(store).0.len());
    refused(&|store| _ = memory.data(store).len());
    refused(&|store| memory.data_mut(store)[0] = 1);
    refused(&|store| _ = memory.read(store, 0, &mut [0]));
    refused(&|store| _ = memory.write(store, 0, &[0]));
}

#[test]
fn imports_of_another_store_are_refused() {
    let engine = crate::engine();
    let (mut mine, mut other) = (Store::new(&engine, ()), Store::new(&engine, ()));
    let module = Module::new(&engine, r#"(module (import "env" "f" (func)))"#).unwrap();
    let func = Func::wrap(&mut other, || {});
    assert_says(&Instance::new(&mut mine, &module, &[func.into()]).unwrap_err(), &["another store"]);
    let mut linker = Linker::new(&engine);
    linker.define(&other, "env", "f", func).unwrap();
    assert_says(&linker.instantiate(&mut mine, &module).unwrap_err(), &["another store"]);
    let instance = linker.instantiate(&mut other, &module).unwrap();
    assert_says(&linker.instance(&mut mine, "x", instance).unwrap_err(), &["another store"]);
}

#[test]
fn references_of_another_store_are_errors() {
    let engine = crate::engine();
    let (mut mine, mut other) = (Store::new(&engine, ()), Store::new(&engine, ()));
    let data = ExternRef::new(&mut other, 1).unwrap();
    let field = FieldType::new(Mutability::Var, StorageType::ValType(ValType::EXTERNREF));
    let ty = StructType::new(&engine, [field.clone()]).unwrap();
    let pre = StructRefPre::new(&mut other, ty);
    let object = StructRef::new(&mut other, &pre, &[data.into()]).unwrap();
    let array = ArrayRefPre::new(&mut other, ArrayType::new(&engine, field));
    let list = ArrayRef::new(&mut other, &array, &data.into(), 3).unwrap();
    let tag = Tag::new(&mut other, &TagType::new(FuncType::new(&engine, [], []))).unwrap();
    let exception = ExnRefPre::new(&mut other, tag);
    let exception = ExnRef::new(&mut other, &exception, &[]).unwrap();
    let global = GlobalType::new(ValType::EXTERNREF, Mutability::Var);
    for error in [
        exception.tag(&mut mine).unwrap_err(),
        exception.fields(&mut mine).unwrap_err(),
        exception.field(&mut mine, 0).unwrap_err(),
        mine.as_context_mut().throw::<()>(exception).unwrap_err(),
        list.ty(&mine).unwrap_err(),
        list.len(&mine).unwrap_err(),
        list.get(&mut mine, 0).unwrap_err(),
        list.set(&mut mine, 0, Val::null_extern_ref()).unwrap_err(),
        object.ty(&mine).unwrap_err(),
        data.data(&mine).unwrap_err(),
        data.to_owned_rooted(&mut mine).unwrap_err(),
        AnyRef::convert_extern(&mut mine, data).unwrap_err(),
        Val::from(data).ty(&mine).unwrap_err(),
        Val::from(data).matches_ty(&mine, &ValType::EXTERNREF).unwrap_err(),
        Global::new(&mut mine, global, data.into()).unwrap_err(),
        object.field(&mut mine, 0).unwrap_err(),
        object.set_field(&mut mine, 0, Val::null_extern_ref()).unwrap_err(),
        object.to_anyref().is_struct(&mine).unwrap_err(),
        StructRef::new(&mut mine, &pre, &[data.into()]).unwrap_err(),
        ArrayRef::new(&mut mine, &array, &data.into(), 3).unwrap_err(),
        ArrayRef::new_fixed(&mut mine, &array, &[data.into()]).unwrap_err(),
        Rooted::ref_eq(&mine, &data, &data).unwrap_err(),
    ] {
        assert_says(&error, &["belongs to another store"]);
    }
    let integer = AnyRef::from_i31(&mut other, I31::new_i32(3).unwrap());
    assert_says(&integer.as_i31(&mine).unwrap_err(), &["another store"]);
    let owned = data.to_owned_rooted(&mut other).unwrap();
    catch_unwind(AssertUnwindSafe(|| owned.to_rooted(&mut mine))).unwrap_err();
}

#[test]
fn types_of_another_engine_are_refused() {
    let (engine, foreign) = (crate::engine(), crate::engine());
    let mut store = Store::new(&engine, ());
    // Types have numbers in their engine; the same number means something else here.
    StructType::new(&engine, []).unwrap();
    let field = |ty| FieldType::new(Mutability::Var, StorageType::ValType(ty));
    let ty = StructType::new(&foreign, [field(ValType::I64)]).unwrap();
    let array = ArrayType::new(&foreign, field(ValType::I32));
    let reference = ValType::Ref(RefType::new(true, HeapType::ConcreteStruct(ty.clone())));
    let func = FuncType::new(&foreign, [ValType::I32], []);
    let pre = StructRefPre::new(&mut store, ty.clone());
    let array = ArrayRefPre::new(&mut store, array);
    let global = GlobalType::new(reference.clone(), Mutability::Var);
    let table = TableType::new(RefType::new(true, HeapType::ConcreteFunc(func.clone())), 1, None);
    let mut linker = Linker::<()>::new(&engine);
    for error in [
        StructRef::new(&mut store, &pre, &[Val::I64(1)]).unwrap_err(),
        ArrayRef::new(&mut store, &array, &Val::I32(1), 2).unwrap_err(),
        Global::new(&mut store, global, Val::null_any_ref()).unwrap_err(),
        Table::new(&mut store, table, Ref::Func(None)).unwrap_err(),
        Tag::new(&mut store, &TagType::new(func.clone())).unwrap_err(),
        StructType::new(&engine, [field(reference.clone())]).unwrap_err(),
        StructType::with_finality_and_supertype(&engine, sarsen::Finality::Final, Some(&ty), []).unwrap_err(),
        linker.func_new("env", "f", func.clone(), |_, _, _| Ok(())).unwrap_err(),
    ] {
        assert_says(&error, &["type belongs to another engine"]);
    }
    assert!(!Val::null_any_ref().matches_ty(&store, &reference).unwrap());
    catch_unwind(|| FuncType::new(&engine, [reference.clone()], [])).unwrap_err();
    catch_unwind(|| ArrayType::new(&engine, field(reference.clone()))).unwrap_err();
    catch_unwind(AssertUnwindSafe(|| Func::new(&mut store, func, |_, _, _| Ok(())))).unwrap_err();
}

#[test]
fn data_comes_back_when_the_store_ends() {
    let mut store = Store::new(&crate::engine(), vec![1]);
    store.data_mut().push(2);
    assert_eq!(format!("{store:?}"), "Store { data: [1, 2], .. }");
    assert_eq!(store.into_data(), [1, 2]);
}
