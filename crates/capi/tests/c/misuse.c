/* Mistakes: each is an error with a message, null or without effect, and everything goes on afterwards. */

#include "check.h"

static wasm_trap_t *wrong_kind(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args;
  results->data[0] = val_i64(1);
  return NULL;
}

static wasm_trap_t *no_result(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args;
  wasm_val_vec_delete(results);
  return NULL;
}

static wasm_trap_t *another_result(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args;
  wasm_val_t value[] = {val_i32(3)};
  wasm_val_vec_delete(results);
  wasm_val_vec_new(results, 1, value);
  return NULL;
}

static wasm_ref_t *strange;

static wasm_trap_t *no_trap(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args;
  (void)results;
  return (wasm_trap_t *)wasm_ref_copy(strange);
}

static wasm_store_t *the_store;
static bool finalizer_failed = false;

static void use_store(void *info) {
  (void)info;
  if (the_store == NULL) return;
  wasm_limits_t limits = {1, 1};
  wasm_memorytype_t *type = wasm_memorytype_new(&limits);
  wasm_memory_t *memory = wasm_memory_new(the_store, type);
  finalizer_failed = memory == NULL;
  wasm_memory_delete(memory);
  wasm_memorytype_delete(type);
}

static wasm_func_t *host(wasm_store_t *store, wasm_func_callback_t callback) {
  wasm_functype_t *type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  wasm_func_t *func = wasm_func_new(store, type, callback);
  wasm_functype_delete(type);
  CHECK(func != NULL);
  return func;
}

static void check_bytes(wasm_engine_t *engine, wasm_store_t *store) {
  char garbage[] = "no module at all";
  wasm_byte_vec_t bytes = WASM_ARRAY_VEC(garbage), none = WASM_EMPTY_VEC;
  CHECK(wasm_module_new(store, &bytes) == NULL);
  check_last("magic header not detected");
  CHECK(!wasm_module_validate(store, &bytes));
  CHECK(wasm_module_new(store, &none) == NULL);
  CHECK(!wasm_module_validate(store, &none));
  wasm_byte_vec_t wasm;
  assemble("(module (func (result i32) (i32.const 1)))", &wasm);
  CHECK(wasm_module_validate(store, &wasm));
  /* Each byte in turn is another: whatever that means, it is an answer. */
  for (size_t i = 0; i < wasm.size; i++) {
    wasm.data[i] = (char)(wasm.data[i] ^ 0x55);
    wasm_module_t *module = wasm_module_new(store, &wasm);
    CHECK((module != NULL) == wasm_module_validate(store, &wasm));
    wasm_module_delete(module);
    wasm.data[i] = (char)(wasm.data[i] ^ 0x55);
  }
  wasm_byte_vec_delete(&wasm);
  wasm_module_t *module;
  check_error(sarsen_module_new(store, (const uint8_t *)"(module (func (result i32)))", 28, &module), "type mismatch");
  CHECK(module == NULL);
  check_error(sarsen_module_validate(engine, (const uint8_t *)garbage, sizeof garbage), "");
  check_error(sarsen_module_new_from_file(store, "no such file", &module), "no such file");
  check_error(sarsen_module_new_from_file(store, NULL, &module), "the path is null");
}

static void check_calls(wasm_store_t *store, wasm_func_t *add) {
  wasm_val_t args[3] = {val_i32(1), val_i32(2), val_i32(3)}, results[1];
  results[0] = val_i32(0);
  wasm_val_vec_t given = {1, args}, got = WASM_ARRAY_VEC(results), none = WASM_EMPTY_VEC;
  check_trap(wasm_func_call(add, &given, &got), "expected 2 arguments, found 1");
  check_trap(wasm_func_call(add, NULL, &got), "expected 2 arguments, found 0");
  given.size = 3;
  check_trap(wasm_func_call(add, &given, &got), "expected 2 arguments, found 3");
  given.size = 2;
  check_trap(wasm_func_call(add, &given, &none), "expected room for 1 results, found 0");
  check_trap(wasm_func_call(add, &given, NULL), "expected room for 1 results, found 0");
  args[1] = val_i64(2);
  check_trap(wasm_func_call(add, &given, &got), "argument 1: expected i32, found i64");
  args[1] = val_ref(wasm_func_as_ref(add));
  check_trap(wasm_func_call(add, &given, &got), "argument 1: expected i32, found a reference");
  args[1].kind = 99;
  check_trap(wasm_func_call(add, &given, &got), "a value of an unknown kind");
  args[1] = val_i32(2);
  CHECK(wasm_func_call(add, &given, &got) == NULL && results[0].of.i32 == 3);
  /* Results may be where the arguments are. */
  CHECK(wasm_func_call(add, &given, &given) == NULL && args[0].of.i32 == 3);

  wasm_func_t *func = host(store, wrong_kind);
  check_trap(wasm_func_call(func, NULL, &got), "result 0 of the callback: expected i32, found i64");
  wasm_func_delete(func);
  func = host(store, no_result);
  check_trap(wasm_func_call(func, NULL, &got), "has to return 1 values, and returned 0");
  wasm_func_delete(func);
  func = host(store, another_result);
  CHECK(wasm_func_call(func, NULL, &got) == NULL && results[0].of.i32 == 3);
  wasm_func_delete(func);
  strange = wasm_func_as_ref(add);
  func = host(store, no_trap);
  check_trap(wasm_func_call(func, NULL, &got), "expected a trap, found a function");
  wasm_func_delete(func);
}

/* Objects of one store in another. */
static void check_stores(wasm_engine_t *engine, wasm_store_t *store, wasm_func_t *add) {
  wasm_store_t *other = new_store(engine);
  wasm_module_t *module = new_module(other, "(module (import \"\" \"f\" (func (param i32 i32) (result i32))))");
  wasm_extern_t *externs[] = {wasm_func_as_extern(add)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  wasm_trap_t *trap;
  CHECK(wasm_instance_new(other, module, &imports, &trap) == NULL);
  check_trap(trap, "import 0: a function belongs to another store");
  externs[0] = NULL;
  CHECK(wasm_instance_new(other, module, &imports, &trap) == NULL);
  check_trap(trap, "import 0 is null");
  wasm_foreign_t *foreign = wasm_foreign_new(store);
  externs[0] = (wasm_extern_t *)wasm_foreign_as_ref(foreign);
  CHECK(wasm_instance_new(other, module, &imports, &trap) == NULL);
  check_trap(trap, "expected something that can be imported, found a foreign object");

  wasm_limits_t limits = {1, 1};
  wasm_tabletype_t *type = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
  wasm_table_t *table = wasm_table_new(other, type, NULL);
  wasm_tabletype_delete(type);
  CHECK(table != NULL && !wasm_table_set(table, 0, wasm_func_as_ref(add)));
  check_last("belongs to another store");
  CHECK(!wasm_table_grow(table, 1, NULL));
  wasm_table_delete(table);

  wasm_instance_t *takes = new_instance(other, "(module (func (export \"f\") (param externref)))");
  wasm_func_t *f = new_func(takes, "f");
  wasm_val_t value = val_ref(wasm_foreign_as_ref(foreign));
  check_error(sarsen_func_call(f, &value, 1, NULL, 0), "a foreign object belongs to another store");
  wasm_func_delete(f);
  wasm_instance_delete(takes);
  wasm_foreign_delete(foreign);

  /* A module of another engine. */
  wasm_engine_t *far = new_engine();
  wasm_store_t *far_store = new_store(far);
  CHECK(wasm_instance_new(far_store, module, NULL, &trap) == NULL);
  CHECK(trap != NULL);
  wasm_trap_delete(trap);
  wasm_store_delete(far_store);
  wasm_engine_delete(far);
  wasm_module_delete(module);
  wasm_store_delete(other);
}

int main(void) {
  wasm_engine_t *engine = new_engine();
  wasm_store_t *store = the_store = new_store(engine);
  CHECK(sarsen_last_error() == NULL);
  wasm_instance_t *instance = new_instance(
      store,
      "(module"
      "  (memory (export \"m\") 1)"
      "  (func (export \"vector\") (param v128) (result v128) (local.get 0))"
      "  (func (export \"trap\") (unreachable))"
      "  (func (export \"add\") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))");
  wasm_func_t *add = new_func(instance, "add");
  check_bytes(engine, store);
  check_calls(store, add);
  check_stores(engine, store, add);

  /* After a trap, everything can be used. */
  wasm_func_t *traps = new_func(instance, "trap");
  check_trap(wasm_func_call(traps, NULL, NULL), "unreachable");
  int32_t args[] = {20, 22};
  CHECK(call_i32(add, args, 2) == 42);
  wasm_func_delete(traps);

  wasm_func_t *vector = new_func(instance, "vector");
  wasm_val_t number = val_i32(1), result;
  check_error(sarsen_func_call(vector, &number, 1, &result, 1), "v128");
  wasm_func_delete(vector);

  /* Pointers to objects of another kind. */
  wasm_extern_t *memory = new_export(instance, "m");
  CHECK(wasm_extern_as_func(memory) == NULL && wasm_ref_as_trap(wasm_extern_as_ref(memory)) == NULL);
  check_trap(wasm_func_call((wasm_func_t *)memory, NULL, NULL), "expected a function, found a memory");
  CHECK(wasm_global_type((wasm_global_t *)memory) == NULL);
  wasm_extern_delete(memory);
  CHECK(sarsen_instance_export(instance, "no such export") == NULL);
  CHECK(sarsen_instance_export(instance, "\xff") == NULL);
  sarsen_error_delete(sarsen_last_error());

  /* A finalizer that the collector calls finds the store in use. */
  wasm_instance_t *drops = new_instance(store, "(module (func (export \"f\") (param externref)))");
  wasm_func_t *drop_it = new_func(drops, "f");
  for (int i = 0; i < 100; i++) {
    wasm_foreign_t *foreign = wasm_foreign_new(store);
    wasm_foreign_set_host_info_with_finalizer(foreign, &args, use_store);
    wasm_val_t value = val_ref(wasm_foreign_as_ref(foreign));
    check_done(sarsen_func_call(drop_it, &value, 1, NULL, 0), "f");
    wasm_foreign_delete(foreign);
  }
  sarsen_store_gc(store);
  CHECK(finalizer_failed);
  check_last("the store is in use");
  the_store = NULL;
  wasm_func_delete(drop_it);
  wasm_instance_delete(drops);

  wasm_func_delete(add);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
