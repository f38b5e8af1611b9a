//! Globals: mutability and types.

use crate::{assert_says, load};
use sarsen::{Func, Global, GlobalType, HeapType, Mutability, RefType, Store, V128, Val, ValType};

#[test]
fn only_mutable_globals_change() {
    let mut store = Store::new(&crate::engine(), ());
    let constant = GlobalType::new(ValType::I32, Mutability::Const);
    let constant = Global::new(&mut store, constant, Val::I32(1)).unwrap();
    assert_says(&constant.set(&mut store, Val::I32(2)).unwrap_err(), &["cannot change"]);
    assert_eq!(constant.get(&mut store).unwrap_i32(), 1);
    let variable = GlobalType::new(ValType::I32, Mutability::Var);
    let variable = Global::new(&mut store, variable, Val::I32(1)).unwrap();
    variable.set(&mut store, Val::I32(2)).unwrap();
    assert_eq!(variable.get(&mut store).unwrap_i32(), 2);
}

#[test]
fn values_have_the_global_s_type() {
    let mut store = Store::new(&crate::engine(), ());
    let ty = GlobalType::new(ValType::I32, Mutability::Var);
    let error = Global::new(&mut store, ty.clone(), Val::I64(1)).unwrap_err();
    assert_says(&error, &["expected i32, found i64"]);
    let global = Global::new(&mut store, ty.clone(), Val::I32(1)).unwrap();
    let error = global.set(&mut store, Val::null_func_ref()).unwrap_err();
    assert_says(&error, &["expected i32"]);
    assert_eq!(global.get(&mut store).unwrap_i32(), 1);
    assert_eq!(global.ty(&store), ty);

    let never_null = ValType::Ref(RefType::new(false, HeapType::Func));
    let ty = GlobalType::new(never_null, Mutability::Var);
    Global::new(&mut store, ty.clone(), Val::null_func_ref()).unwrap_err();
    let func = Func::wrap(&mut store, || {});
    let global = Global::new(&mut store, ty, func.into()).unwrap();
    global.set(&mut store, Val::null_func_ref()).unwrap_err();
    assert_eq!(global.get(&mut store).unwrap_func_ref(), Some(func));
}

#[test]
fn guests_and_the_host_see_the_same_value() {
    let wat = r#"(module
        (global $a (export "a") (mut i64) (i64.const 3))
        (global $v (export "v") (mut v128) (v128.const i64x2 1 2))
        (func (export "twice") (global.set $a (i64.mul (global.get $a) (i64.const 2)))))"#;
    let (mut store, instance) = load(wat);
    let twice = instance.get_typed_func::<(), ()>(&mut store, "twice").unwrap();
    let a = instance.get_global(&mut store, "a").unwrap();
    twice.call(&mut store, ()).unwrap();
    assert_eq!(a.get(&mut store).unwrap_i64(), 6);
    a.set(&mut store, Val::I64(i64::MIN + 1)).unwrap();
    twice.call(&mut store, ()).unwrap();
    assert_eq!(a.get(&mut store).unwrap_i64(), 2);
    let v = instance.get_global(&mut store, "v").unwrap();
    assert_eq!(v.get(&mut store).unwrap_v128(), V128::from(2 << 64 | 1));
    v.set(&mut store, Val::V128(V128::from(u128::MAX))).unwrap();
    assert_eq!(v.get(&mut store).unwrap_v128(), V128::from(u128::MAX));
}
