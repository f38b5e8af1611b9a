/* Modules to bytes and back, with each strategy; and bytes that are none. */

#include "check.h"

static const char *text =
    "(module"
    "  (import \"\" \"plus\" (func $plus (param i32) (result i32)))"
    "  (func (export \"run\") (param i32) (result i32) (call $plus (i32.mul (local.get 0) (i32.const 3)))))";

static wasm_trap_t *plus(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  results->data[0] = val_i32(args->data[0].of.i32 + 1);
  return NULL;
}

static void run(wasm_store_t *store, wasm_module_t *module) {
  wasm_functype_t *type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_func_t *func = wasm_func_new(store, type, plus);
  wasm_functype_delete(type);
  wasm_extern_t *externs[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  wasm_instance_t *instance = wasm_instance_new(store, module, &imports, NULL);
  CHECK(instance != NULL);
  wasm_func_t *runs = new_func(instance, "run");
  int32_t args[] = {5};
  CHECK(call_i32(runs, args, 1) == 16);
  wasm_func_delete(runs);
  wasm_func_delete(func);
  wasm_instance_delete(instance);
}

static void with_strategy(sarsen_strategy_t strategy) {
  wasm_config_t *config = wasm_config_new();
  CHECK(sarsen_config_set_strategy(config, strategy));
  wasm_engine_t *engine;
  check_done(sarsen_engine_new(config, &engine), "engine");
  wasm_store_t *store = new_store(engine);
  wasm_module_t *module = new_module(store, text);
  wasm_byte_vec_t bytes;
  wasm_module_serialize(module, &bytes);
  CHECK(bytes.size > 0);
  run(store, module);
  wasm_module_delete(module);
  wasm_store_delete(store);

  store = new_store(engine);
  module = wasm_module_deserialize(store, &bytes);
  CHECK(module != NULL);
  run(store, module);
  wasm_module_delete(module);

  FILE *file = fopen("module.sarsen", "wb");
  CHECK(file != NULL && fwrite(bytes.data, 1, bytes.size, file) == bytes.size && fclose(file) == 0);
  if (strategy == SARSEN_STRATEGY_JIT) {
    check_done(sarsen_module_deserialize_file(store, "module.sarsen", &module), "file");
    run(store, module);
    wasm_module_delete(module);
  }

  /* Too short, for something else, or nothing at all. */
  wasm_byte_vec_t part = {bytes.size / 2, bytes.data};
  CHECK(wasm_module_deserialize(store, &part) == NULL);
  sarsen_error_delete(sarsen_last_error());
  wasm_byte_vec_t nothing = WASM_EMPTY_VEC;
  CHECK(wasm_module_deserialize(store, &nothing) == NULL);
  sarsen_error_delete(sarsen_last_error());
  char garbage[256];
  for (size_t i = 0; i < sizeof garbage; i++) garbage[i] = (char)(i * 37 + 11);
  wasm_byte_vec_t noise = WASM_ARRAY_VEC(garbage);
  CHECK(wasm_module_deserialize(store, &noise) == NULL);
  sarsen_error_t *error = sarsen_last_error();
  CHECK(error != NULL && strlen(sarsen_error_message(error)) > 0);
  sarsen_error_delete(error);
  check_error(sarsen_module_deserialize_file(store, "no such file", &module), "no such file");
  CHECK(module == NULL);

  wasm_byte_vec_delete(&bytes);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
}

int main(void) {
  with_strategy(SARSEN_STRATEGY_TIERED);
  with_strategy(SARSEN_STRATEGY_INTERPRETER);
  with_strategy(SARSEN_STRATEGY_JIT);
  return 0;
}
