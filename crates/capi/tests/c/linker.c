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

static sarsen_linker_t *busy;

/* Tries to define something while the linker makes an instance. */
static wasm_trap_t *define(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args;
  wasm_functype_t *type = wasm_functype_new_0_0();
  check_error(sarsen_linker_define_func(busy, "a", "b", type, define, NULL, NULL), "the linker is in use");
  wasm_functype_delete(type);
  return count(env, args, results);
}

/* Modules as definitions: a library has one instance, a program one for each call. */
static void check_modules(wasm_engine_t *engine) {
  int counted = 0;
  sarsen_linker_t *linker = busy = sarsen_linker_new(engine);
  wasm_store_t *store = new_store(engine);
  wasm_functype_t *type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  check_done(sarsen_linker_define_func(linker, "host", "count", type, define, &counted, NULL), "count");
  wasm_functype_delete(type);
  const char *counter =
      "(module (import \"host\" \"count\" (func $count (result i32)))"
      "  (global $calls (mut i32) (i32.const 0))"
      "  (func (export \"%s\") (drop (call $count)))"
      "  (func (export \"calls\") (result i32)"
      "    (global.set $calls (i32.add (global.get $calls) (i32.const 1))) (global.get $calls)))";
  char text[512];
  snprintf(text, sizeof text, counter, "_initialize");
  wasm_module_t *library = text_module(store, text);
  snprintf(text, sizeof text, counter, "_start");
  wasm_module_t *program = text_module(store, text);
  check_done(sarsen_linker_define_module(linker, store, "library", library), "library");
  CHECK(counted == 1);
  check_done(sarsen_linker_define_module(linker, store, "program", program), "program");
  CHECK(counted == 1);
  check_error(sarsen_linker_define_module(linker, store, "program", program), "defined twice");
  check_error(sarsen_linker_define_module(linker, store, NULL, program), "null");
  wasm_module_t *wants = text_module(store, "(module (import \"no\" \"where\" (func)))");
  check_error(sarsen_linker_define_module(linker, store, "wants", wants), "`no`.`where` has not been defined");
  wasm_module_t *fails = text_module(store, "(module (func $f (unreachable)) (start $f))");
  sarsen_error_t *error = sarsen_linker_define_module(linker, store, "fails", fails);
  CHECK(error != NULL && sarsen_error_kind(error) == SARSEN_ERROR_TRAP);
  sarsen_error_delete(error);
  check_done(sarsen_linker_alias_module(linker, "library", "other"), "alias");
  check_error(sarsen_linker_alias_module(linker, "nothing", "more"), "nothing is defined in `nothing`");

  wasm_module_t *user = text_module(
      store,
      "(module (import \"other\" \"calls\" (func $library (result i32)))"
      "  (import \"program\" \"calls\" (func $program (result i32)))"
      "  (func (export \"library\") (result i32) (drop (call $library)) (call $library))"
      "  (func (export \"program\") (result i32) (drop (call $program)) (call $program)))");
  wasm_instance_t *instance;
  check_done(sarsen_linker_instantiate(linker, store, user, &instance), "instance");
  wasm_func_t *of_library = new_func(instance, "library"), *of_program = new_func(instance, "program");
  CHECK(call_i32(of_library, NULL, 0) == 2 && call_i32(of_program, NULL, 0) == 1);
  wasm_func_delete(of_library);
  wasm_func_delete(of_program);
  wasm_instance_delete(instance);
  wasm_module_delete(user);
  wasm_module_delete(fails);
  wasm_module_delete(wants);
  wasm_module_delete(program);
  wasm_module_delete(library);
  sarsen_linker_delete(linker);
  wasm_store_delete(store);
}

int main(void) {
  wasm_engine_t *engine = new_engine();
  check_modules(engine);
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
