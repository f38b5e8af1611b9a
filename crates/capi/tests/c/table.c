/* Tables: function references from both sides, null, growth, and calls through them. */

#include "check.h"

static wasm_trap_t *negate(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  results->data[0] = val_i32(-args->data[0].of.i32);
  return NULL;
}

static wasm_trap_t *nothing(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args;
  (void)results;
  return NULL;
}

static sarsen_error_t *call_at(wasm_func_t *call, int32_t index, int32_t arg, int32_t *out) {
  wasm_val_t args[] = {val_i32(arg), val_i32(index)}, result;
  sarsen_error_t *error = sarsen_func_call(call, args, 2, &result, 1);
  if (error == NULL) *out = result.of.i32;
  return error;
}

int main(void) {
  wasm_engine_t *engine = new_engine();
  wasm_store_t *store = new_store(engine);
  wasm_instance_t *instance = new_instance(
      store,
      "(module"
      "  (type $unary (func (param i32) (result i32)))"
      "  (table (export \"table\") 2 6 funcref)"
      "  (func $f (export \"f\") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 10)))"
      "  (func (export \"call\") (param i32 i32) (result i32)"
      "    (call_indirect (type $unary) (local.get 0) (local.get 1)))"
      "  (elem (i32.const 1) $f))");
  wasm_table_t *table = wasm_extern_as_table(new_export(instance, "table"));
  CHECK(table != NULL);
  wasm_func_t *f = new_func(instance, "f"), *call = new_func(instance, "call");
  wasm_functype_t *unary = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_func_t *host = wasm_func_new(store, unary, negate);
  wasm_functype_delete(unary);
  wasm_functype_t *empty = wasm_functype_new_0_0();
  wasm_func_t *other = wasm_func_new(store, empty, nothing);
  wasm_functype_delete(empty);

  CHECK(wasm_table_size(table) == 2);
  CHECK(wasm_table_get(table, 0) == NULL);
  wasm_ref_t *element = wasm_table_get(table, 1);
  CHECK(element != NULL && wasm_ref_same(element, wasm_func_as_ref(f)));
  int32_t args[] = {4};
  CHECK(call_i32(wasm_ref_as_func(element), args, 1) == 40);
  wasm_ref_delete(element);

  int32_t result = 0;
  check_done(call_at(call, 1, 3, &result), "call");
  CHECK(result == 30);
  check_error(call_at(call, 0, 3, &result), "uninitialized element");
  check_error(call_at(call, 2, 3, &result), "undefined element");

  CHECK(wasm_table_set(table, 0, wasm_func_as_ref(host)));
  check_done(call_at(call, 0, 3, &result), "call");
  CHECK(result == -3);
  CHECK(wasm_table_set(table, 0, wasm_func_as_ref(other)));
  check_error(call_at(call, 0, 3, &result), "indirect call type mismatch");
  CHECK(wasm_table_set(table, 0, NULL));
  check_error(call_at(call, 0, 3, &result), "uninitialized element");
  CHECK(!wasm_table_set(table, 2, NULL));
  check_last("out of bounds table access");
  CHECK(wasm_table_get(table, 2) == NULL);
  check_last("no element 2");

  CHECK(wasm_table_grow(table, 3, wasm_func_as_ref(host)) && wasm_table_size(table) == 5);
  check_done(call_at(call, 4, 7, &result), "call");
  CHECK(result == -7);
  CHECK(wasm_table_grow(table, 1, NULL) && wasm_table_get(table, 5) == NULL);
  CHECK(!wasm_table_grow(table, 1, NULL));
  check_last("cannot grow");

  /* Tables of the host's, and what does not belong into them. */
  wasm_limits_t limits = {4, wasm_limits_max_default};
  wasm_tabletype_t *type = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
  wasm_table_t *own_table = wasm_table_new(store, type, wasm_func_as_ref(f));
  wasm_tabletype_delete(type);
  CHECK(own_table != NULL && wasm_table_size(own_table) == 4);
  element = wasm_table_get(own_table, 3);
  CHECK(wasm_ref_same(element, wasm_func_as_ref(f)));
  wasm_ref_delete(element);
  CHECK(!wasm_table_set(own_table, 0, wasm_table_as_ref(table)));
  check_last("expected a function, found a table");
  type = wasm_tabletype_new(wasm_valtype_new_i32(), &limits);
  CHECK(wasm_table_new(store, type, NULL) == NULL);
  check_last("expected a type of references");
  wasm_tabletype_delete(type);

  wasm_table_delete(own_table);
  wasm_table_delete(table);
  wasm_func_delete(f);
  wasm_func_delete(call);
  wasm_func_delete(host);
  wasm_func_delete(other);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
