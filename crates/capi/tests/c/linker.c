/* Linking by name: functions of the host's for any store, definitions of a store, instances, and what is missing. */

#include "check.h"

static int finalized = 0;

static void finalize(void *env) {
  (void)env;
  finalized++;
}

static wasm_trap_t *count(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args;
  *(int *)env += 1;
  results->data[0] = val_i32(*(int *)env);
  return NULL;
}

static wasm_module_t *text_module(wasm_store_t *store, const char *text) {
  wasm_module_t *module;
  check_done(sarsen_module_new(store, (const uint8_t *)text, strlen(text), &module), "module");
  return module;
}

int main(void) {
  wasm_engine_t *engine = new_engine();
  sarsen_linker_t *linker = sarsen_linker_new(engine);
  int counted = 0;
  wasm_functype_t *type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  check_done(sarsen_linker_define_func(linker, "host", "count", type, count, &counted, finalize), "define");
  check_error(
      sarsen_linker_define_func(linker, "host", "count", type, count, &counted, finalize), "defined twice");
  CHECK(finalized == 1);
  check_error(sarsen_linker_define_func(linker, "host", NULL, type, count, &counted, finalize), "name is null");
  CHECK(finalized == 2);

  for (int round = 1; round <= 2; round++) {
    wasm_store_t *store;
    check_done(sarsen_store_new(engine, &counted, NULL, &store), "store");
    CHECK(sarsen_store_data(store) == &counted);
    wasm_module_t *module = text_module(
        store,
        "(module (import \"host\" \"count\" (func $count (result i32)))"
        "  (func (export \"run\") (result i32) (call $count)))");
    wasm_instance_t *instance;
    check_done(sarsen_linker_instantiate(linker, store, module, &instance), "instantiate");
    wasm_func_t *run = new_func(instance, "run");
    CHECK(call_i32(run, NULL, 0) == round);

    sarsen_linker_t *more = sarsen_linker_new(engine);
    sarsen_linker_allow_shadowing(more, true);
    check_done(sarsen_linker_define_instance(more, "first", instance), "instance");
    check_done(sarsen_linker_define(more, "first", "run", wasm_func_as_extern(run)), "define");
    wasm_module_t *second = text_module(
        store,
        "(module (import \"first\" \"run\" (func (result i32)))"
        "  (import \"no\" \"where\" (func $f)) (func (export \"f\") (call $f)))");
    wasm_instance_t *linked;
    sarsen_error_t *error = sarsen_linker_instantiate(more, store, second, &linked);
    CHECK(error != NULL && linked == NULL && sarsen_error_kind(error) == SARSEN_ERROR_UNLINKABLE);
    check_error(error, "`no`.`where` has not been defined");
    check_done(sarsen_linker_define_unknown_imports_as_traps(more, second), "traps");
    check_done(sarsen_linker_instantiate(more, store, second, &linked), "instantiate");
    wasm_func_t *f = new_func(linked, "f");
    check_error(sarsen_func_call(f, NULL, 0, NULL, 0), "unknown import `no`.`where` was called");

    /* What belongs to a store cannot be imported in another. */
    wasm_store_t *other = new_store(engine);
    wasm_instance_t *none;
    check_error(sarsen_linker_instantiate(more, other, second, &none), "another store");
    CHECK(none == NULL);
    wasm_store_delete(other);

    wasm_instance_delete(linked);
    wasm_func_delete(f);
    wasm_func_delete(run);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    wasm_module_delete(second);
    sarsen_linker_delete(more);
    wasm_store_delete(store);
  }
  wasm_functype_delete(type);
  CHECK(finalized == 2);
  sarsen_linker_delete(linker);
  CHECK(finalized == 3 && counted == 2);
  wasm_engine_delete(engine);
  return 0;
}
