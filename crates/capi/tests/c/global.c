/* Globals of the host's and of guests: one cell, whoever looks. */

#include "check.h"

static wasm_global_t *new_global(wasm_store_t *store, wasm_valkind_t kind, wasm_mutability_t mutability, wasm_val_t value) {
  wasm_globaltype_t *type = wasm_globaltype_new(wasm_valtype_new(kind), mutability);
  wasm_global_t *global = wasm_global_new(store, type, &value);
  wasm_globaltype_delete(type);
  return global;
}

static int64_t get_i64(const wasm_global_t *global) {
  wasm_val_t value;
  wasm_global_get(global, &value);
  CHECK(value.kind == WASM_I64);
  return value.of.i64;
}

int main(void) {
  wasm_engine_t *engine = new_engine();
  wasm_store_t *store = new_store(engine);

  wasm_val_t pi;
  pi.kind = WASM_F32;
  pi.of.f32 = 3.5f;
  wasm_global_t *constant = new_global(store, WASM_F32, WASM_CONST, pi);
  wasm_global_t *counter = new_global(store, WASM_I64, WASM_VAR, val_i64(5));
  CHECK(constant != NULL && counter != NULL);
  CHECK(new_global(store, WASM_I64, WASM_VAR, val_i32(5)) == NULL);
  check_last("expected i64, found i32");

  wasm_extern_t *imports[] = {wasm_global_as_extern(constant), wasm_global_as_extern(counter)};
  wasm_instance_t *instance = new_instance_with(
      store,
      "(module"
      "  (global $c (import \"\" \"c\") f32)"
      "  (global $v (import \"\" \"v\") (mut i64))"
      "  (global $own (export \"own\") (mut i32) (i32.const 11))"
      "  (export \"v\" (global $v))"
      "  (func (export \"get_c\") (result f32) (global.get $c))"
      "  (func (export \"add\") (param i64) (global.set $v (i64.add (global.get $v) (local.get 0))))"
      "  (func (export \"get_own\") (result i32) (global.get $own)))",
      imports, 2);

  wasm_func_t *get_c = new_func(instance, "get_c"), *add = new_func(instance, "add");
  wasm_func_t *get_own = new_func(instance, "get_own");
  wasm_val_t result;
  check_done(sarsen_func_call(get_c, NULL, 0, &result, 1), "get_c");
  CHECK(result.kind == WASM_F32 && result.of.f32 == 3.5f);

  wasm_val_t seven = val_i64(7);
  check_done(sarsen_func_call(add, &seven, 1, NULL, 0), "add");
  CHECK(get_i64(counter) == 12);
  wasm_val_t next = val_i64(-1);
  wasm_global_set(counter, &next);
  check_done(sarsen_func_call(add, &seven, 1, NULL, 0), "add");
  CHECK(get_i64(counter) == 6);

  /* What is exported again is the same. */
  wasm_extern_t *exported = new_export(instance, "v");
  CHECK(wasm_global_same(wasm_extern_as_global(exported), counter));
  CHECK(!wasm_global_same(constant, counter));
  wasm_global_t *copy = wasm_global_copy(counter);
  CHECK(get_i64(copy) == 6);

  wasm_global_t *own_global = wasm_extern_as_global(new_export(instance, "own"));
  wasm_val_t twelve = val_i32(12);
  wasm_global_set(own_global, &twelve);
  CHECK(call_i32(get_own, NULL, 0) == 12);

  wasm_globaltype_t *type = wasm_global_type(counter);
  CHECK(wasm_globaltype_mutability(type) == WASM_VAR);
  CHECK(wasm_valtype_kind(wasm_globaltype_content(type)) == WASM_I64);
  wasm_globaltype_delete(type);

  /* Wrong values are not set. */
  wasm_global_set(counter, &twelve);
  check_last("expected i64, found i32");
  CHECK(get_i64(counter) == 6);
  wasm_global_set(constant, &pi);
  check_last("cannot change");

  wasm_extern_delete(exported);
  wasm_global_delete(copy);
  wasm_global_delete(own_global);
  wasm_global_delete(constant);
  wasm_global_delete(counter);
  wasm_func_delete(get_c);
  wasm_func_delete(add);
  wasm_func_delete(get_own);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
