/* Start functions: what they do is done, and what they fail with is the instance's trap. */

#include "check.h"

int main(void) {
  wasm_engine_t *engine = new_engine();
  wasm_store_t *store = new_store(engine);

  wasm_instance_t *instance = new_instance(
      store,
      "(module"
      "  (global $g (mut i32) (i32.const 0))"
      "  (func $start (global.set $g (i32.const 8)))"
      "  (func (export \"get\") (result i32) (global.get $g))"
      "  (start $start))");
  wasm_func_t *get = new_func(instance, "get");
  CHECK(call_i32(get, NULL, 0) == 8);
  wasm_func_delete(get);
  wasm_instance_delete(instance);

  wasm_module_t *module = new_module(store, "(module (func $nop) (func $bad (unreachable)) (start $bad))");
  wasm_trap_t *trap = NULL;
  CHECK(wasm_instance_new(store, module, NULL, &trap) == NULL);
  CHECK(trap != NULL);
  wasm_frame_t *origin = wasm_trap_origin(trap);
  CHECK(origin != NULL && wasm_frame_func_index(origin) == 1);
  CHECK(strcmp(sarsen_frame_func_name(origin), "bad") == 0);
  wasm_frame_delete(origin);
  check_trap(trap, "unreachable");
  /* Nobody has to ask. */
  CHECK(wasm_instance_new(store, module, NULL, NULL) == NULL);
  wasm_module_delete(module);

  module = new_module(store, "(module (memory 1) (data (i32.const 0xffff) \"too long\"))");
  CHECK(wasm_instance_new(store, module, NULL, &trap) == NULL);
  check_trap(trap, "out of bounds memory access");
  wasm_module_delete(module);

  module = new_module(store, "(module (import \"a\" \"b\" (func)))");
  CHECK(wasm_instance_new(store, module, NULL, &trap) == NULL);
  check_trap(trap, "expected 1 imports, found 0");
  wasm_module_delete(module);

  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
