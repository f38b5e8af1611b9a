/* Traps: of code and of callbacks, with messages, frames and codes, through several runs of code. */

#include "check.h"

static wasm_store_t *the_store;
static wasm_trap_t *returned;
static int info_finalized = 0;

static void finalize(void *info) { *(int *)info += 1; }

static wasm_trap_t *fail(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args;
  (void)results;
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, "the callback has had enough");
  wasm_trap_t *trap = wasm_trap_new(the_store, &message);
  wasm_byte_vec_delete(&message);
  CHECK(wasm_trap_origin(trap) == NULL);
  wasm_trap_set_host_info_with_finalizer(trap, &info_finalized, finalize);
  returned = wasm_trap_copy(trap);
  return trap;
}

static wasm_func_t *inner;

/* Passes on what a call of its own has failed with. */
static wasm_trap_t *pass(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args;
  (void)results;
  return wasm_func_call(inner, NULL, NULL);
}

/* A frame names the instance that ran or none, however many there are of its module, finished or not. */
static void check_instances(sarsen_strategy_t strategy) {
  wasm_config_t *config = wasm_config_new();
  CHECK(sarsen_config_set_strategy(config, strategy));
  /* Tools that watch memory do not see how a signal handler leaves compiled code. */
  sarsen_config_set_signals_based_traps(config, false);
  wasm_engine_t *engine = wasm_engine_new_with_config(config);
  wasm_store_t *store = new_store(engine);
  wasm_module_t *module = new_module(
      store,
      "(module (import \"\" \"fails\" (global $fails i32))"
      "  (func $f (export \"f\") (unreachable))"
      "  (func $start (if (global.get $fails) (then (call $f)))) (start $start))");
  wasm_instance_t *instances[3] = {NULL, NULL, NULL};
  wasm_trap_t *traps[3];
  for (int32_t i = 0; i < 3; i++) {
    wasm_globaltype_t *type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_CONST);
    wasm_val_t fails = val_i32(i == 1);
    wasm_global_t *global = wasm_global_new(store, type, &fails);
    wasm_globaltype_delete(type);
    wasm_extern_t *externs[] = {wasm_global_as_extern(global)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
    instances[i] = wasm_instance_new(store, module, &imports, &traps[i]);
    CHECK((instances[i] == NULL) == (i == 1));
    wasm_global_delete(global);
    if (i == 1) continue;
    wasm_func_t *f = new_func(instances[i], "f");
    traps[i] = wasm_func_call(f, NULL, NULL);
    wasm_func_delete(f);
  }
  for (int i = 0; i < 3; i++) {
    wasm_frame_t *origin = wasm_trap_origin(traps[i]);
    CHECK(origin != NULL);
    wasm_instance_t *found = wasm_frame_instance(origin);
    if (i == 1) CHECK(found == NULL || (!wasm_instance_same(found, instances[0]) && !wasm_instance_same(found, instances[2])));
    if (i != 1) CHECK(found == NULL || wasm_instance_same(found, instances[i]));
    if (i != 1 && strategy == SARSEN_STRATEGY_INTERPRETER) CHECK(found != NULL);
    wasm_frame_delete(origin);
  }
  for (int i = 0; i < 3; i++) {
    wasm_trap_delete(traps[i]);
    wasm_instance_delete(instances[i]);
  }
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
}

static wasm_trap_t *foreign_trap;

static wasm_trap_t *pass_foreign(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args;
  (void)results;
  return wasm_trap_copy(foreign_trap);
}

/* An exception of one store is a trap in another: it is not the other's own exception, of which there is one, too. */
static void check_exceptions(wasm_engine_t *engine) {
  wasm_store_t *stores[2];
  wasm_instance_t *instances[2];
  wasm_trap_t *thrown[2];
  for (int i = 0; i < 2; i++) {
    stores[i] = new_store(engine);
    wasm_functype_t *type = wasm_functype_new_0_0();
    wasm_func_t *func = wasm_func_new(stores[i], type, pass_foreign);
    wasm_functype_delete(type);
    wasm_extern_t *imports[] = {wasm_func_as_extern(func)};
    instances[i] = new_instance_with(
        stores[i],
        "(module (import \"\" \"pass\" (func $pass)) (tag $tag)"
        "  (func (export \"throw\") (throw $tag))"
        "  (func (export \"catch\") (result i32)"
        "    (block $caught (try_table (catch_all $caught) (call $pass)) (return (i32.const 0)))"
        "    (i32.const 1)))",
        imports, 1);
    wasm_func_delete(func);
    wasm_func_t *throws = new_func(instances[i], "throw");
    thrown[i] = wasm_func_call(throws, NULL, NULL);
    CHECK(thrown[i] != NULL);
    wasm_func_delete(throws);
  }
  wasm_func_t *catches = new_func(instances[1], "catch");
  foreign_trap = thrown[0];
  wasm_val_t result;
  check_error(sarsen_func_call(catches, NULL, 0, &result, 1), "uncaught exception");
  foreign_trap = thrown[1];
  CHECK(call_i32(catches, NULL, 0) == 1);
  wasm_func_delete(catches);
  for (int i = 0; i < 2; i++) {
    wasm_trap_delete(thrown[i]);
    wasm_instance_delete(instances[i]);
    wasm_store_delete(stores[i]);
  }
}

int main(void) {
  check_instances(SARSEN_STRATEGY_INTERPRETER);
  check_instances(SARSEN_STRATEGY_JIT);
  wasm_engine_t *engine = new_engine();
  check_exceptions(engine);
  wasm_store_t *store = the_store = new_store(engine);
  wasm_functype_t *type = wasm_functype_new_0_0();
  wasm_func_t *failing = wasm_func_new(store, type, fail);
  wasm_func_t *passing = wasm_func_new(store, type, pass);
  wasm_functype_delete(type);
  wasm_extern_t *imports[] = {wasm_func_as_extern(failing), wasm_func_as_extern(passing)};
  wasm_instance_t *instance = new_instance_with(
      store,
      "(module"
      "  (import \"\" \"fail\" (func $fail))"
      "  (import \"\" \"pass\" (func $pass))"
      "  (tag $tag)"
      "  (func (export \"callback\") (call $fail))"
      "  (func $stop (export \"unreachable\") (unreachable))"
      "  (func (export \"nested\") (call $pass))"
      "  (func (export \"divide\") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))"
      "  (func $deep (export \"deep\") (call $deep))"
      "  (func (export \"throw\") (throw $tag))"
      "  (func (export \"catch\") (result i32)"
      "    (block $caught (try_table (catch $tag $caught) (call $pass)) (return (i32.const 0)))"
      "    (i32.const 1)))",
      imports, 2);

  wasm_func_t *callback = new_func(instance, "callback");
  wasm_trap_t *trap = wasm_func_call(callback, NULL, NULL);
  CHECK(trap != NULL && wasm_trap_same(trap, returned));
  CHECK(wasm_trap_get_host_info(trap) == &info_finalized);
  wasm_frame_t *origin = wasm_trap_origin(trap);
  CHECK(origin != NULL && wasm_frame_func_index(origin) == 2);
  CHECK(wasm_frame_func_offset(origin) > 0);
  CHECK(wasm_frame_module_offset(origin) > wasm_frame_func_offset(origin));
  CHECK(wasm_instance_same(wasm_frame_instance(origin), instance));
  CHECK(sarsen_frame_func_name(origin) == NULL);
  wasm_frame_delete(origin);
  check_trap(trap, "the callback has had enough");
  CHECK(info_finalized == 0);
  wasm_trap_delete(returned);
  CHECK(info_finalized == 1);

  wasm_func_t *unreachable = inner = new_func(instance, "unreachable");
  trap = wasm_func_call(unreachable, NULL, NULL);
  sarsen_error_t *error = sarsen_error_of_trap(trap);
  sarsen_trap_code_t code;
  CHECK(sarsen_error_trap_code(error, &code) && code == SARSEN_TRAP_UNREACHABLE);
  CHECK(sarsen_error_kind(error) == SARSEN_ERROR_TRAP);
  uint32_t status;
  CHECK(!sarsen_error_exit_status(error, &status));
  sarsen_error_delete(error);
  wasm_frame_vec_t trace;
  wasm_trap_trace(trap, &trace);
  CHECK(trace.size == 1 && wasm_frame_func_index(trace.data[0]) == 3);
  CHECK(strcmp(sarsen_frame_func_name(trace.data[0]), "stop") == 0);
  wasm_frame_vec_t copies;
  wasm_frame_vec_copy(&copies, &trace);
  wasm_frame_vec_delete(&trace);
  CHECK(copies.size == 1 && wasm_frame_func_index(copies.data[0]) == 3);
  CHECK(wasm_instance_same(wasm_frame_instance(copies.data[0]), instance));
  wasm_frame_vec_delete(&copies);
  check_trap(trap, "unreachable");

  /* A trap that a callback passes on keeps what it is, and where it came from. */
  wasm_func_t *nested = new_func(instance, "nested");
  trap = wasm_func_call(nested, NULL, NULL);
  error = sarsen_error_of_trap(trap);
  CHECK(sarsen_error_trap_code(error, &code) && code == SARSEN_TRAP_UNREACHABLE);
  sarsen_error_trace(error, &trace);
  CHECK(trace.size >= 1 && wasm_frame_func_index(trace.data[0]) == 3);
  wasm_frame_vec_delete(&trace);
  sarsen_error_delete(error);
  check_trap(trap, "unreachable");

  wasm_func_t *divide = new_func(instance, "divide");
  wasm_val_t numbers[] = {val_i32(7), val_i32(0)};
  wasm_val_t quotient[] = {val_i32(0)};
  wasm_val_vec_t args = WASM_ARRAY_VEC(numbers), results = WASM_ARRAY_VEC(quotient);
  check_trap(wasm_func_call(divide, &args, &results), "integer divide by zero");
  numbers[1] = val_i32(2);
  CHECK(wasm_func_call(divide, &args, &results) == NULL && quotient[0].of.i32 == 3);

  wasm_func_t *deep = new_func(instance, "deep");
  error = sarsen_func_call(deep, NULL, 0, NULL, 0);
  CHECK(error != NULL && sarsen_error_kind(error) == SARSEN_ERROR_EXHAUSTION);
  check_error(error, "call stack exhausted");

  /* An exception of a guest goes through callbacks, and is caught by another. */
  wasm_func_t *throwing = new_func(instance, "throw");
  error = sarsen_func_call(throwing, NULL, 0, NULL, 0);
  CHECK(error != NULL && sarsen_error_kind(error) == SARSEN_ERROR_EXCEPTION);
  sarsen_error_delete(error);
  inner = throwing;
  wasm_func_t *catching = new_func(instance, "catch");
  CHECK(call_i32(catching, NULL, 0) == 1);
  inner = failing;
  check_trap(wasm_func_call(nested, NULL, NULL), "the callback has had enough");
  wasm_trap_delete(returned);

  wasm_func_delete(callback);
  wasm_func_delete(unreachable);
  wasm_func_delete(nested);
  wasm_func_delete(divide);
  wasm_func_delete(deep);
  wasm_func_delete(throwing);
  wasm_func_delete(catching);
  wasm_func_delete(failing);
  wasm_func_delete(passing);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
