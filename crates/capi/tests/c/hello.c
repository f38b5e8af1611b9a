/* The smallest program: a guest calls the host, which notes it. */

#include "check.h"

static int greetings = 0;

static wasm_trap_t *greet(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  CHECK(args->size == 0 && results->size == 0);
  greetings++;
  return NULL;
}

int main(void) {
  wasm_engine_t *engine = new_engine();
  wasm_store_t *store = new_store(engine);
  wasm_module_t *module = new_module(
      store, "(module (import \"\" \"greet\" (func $greet)) (func (export \"run\") (call $greet)))");

  wasm_functype_t *type = wasm_functype_new_0_0();
  wasm_func_t *host = wasm_func_new(store, type, greet);
  wasm_functype_delete(type);
  CHECK(host != NULL);

  wasm_extern_t *externs[] = {wasm_func_as_extern(host)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  wasm_instance_t *instance = wasm_instance_new(store, module, &imports, NULL);
  CHECK(instance != NULL);
  wasm_func_delete(host);

  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  CHECK(exports.size == 1);
  wasm_func_t *run = wasm_extern_as_func(exports.data[0]);
  CHECK(run != NULL);
  wasm_module_delete(module);
  wasm_instance_delete(instance);

  wasm_val_vec_t none = WASM_EMPTY_VEC;
  CHECK(wasm_func_call(run, &none, &none) == NULL);
  CHECK(wasm_func_call(run, NULL, NULL) == NULL);
  CHECK(greetings == 2);

  wasm_extern_vec_delete(&exports);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
