/* Callbacks: with an environment that is finalized, with values, and back into the store that calls them. */

#include "check.h"

static int finalized = 0;

static void finalize(void *env) {
  CHECK(*(int *)env == 42);
  finalized++;
}

static wasm_trap_t *twice(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  CHECK(args->size == 1 && args->data[0].kind == WASM_I32);
  CHECK(results->size == 1);
  results->data[0] = val_i32(args->data[0].of.i32 * 2);
  return NULL;
}

static wasm_trap_t *plus(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  results->data[0] = val_i32(args->data[0].of.i32 + *(int *)env);
  return NULL;
}

/* What a callback needs that goes back into the store. */
static struct {
  wasm_store_t *store;
  wasm_func_t *down;
  wasm_memory_t *memory;
  int deepest;
} again;

/* Calls the guest that has called it, with one less, until there is nothing left. */
static wasm_trap_t *back(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)env;
  int32_t depth = args->data[0].of.i32;
  if (depth == 0) {
    results->data[0] = val_i32(0);
    return NULL;
  }
  if (depth > again.deepest) again.deepest = depth;
  wasm_memory_data(again.memory)[depth] = (byte_t)depth;
  wasm_val_t less[] = {val_i32(depth - 1)};
  wasm_val_t result[] = {val_i32(0)};
  wasm_val_vec_t given = WASM_ARRAY_VEC(less), got = WASM_ARRAY_VEC(result);
  wasm_trap_t *trap = wasm_func_call(again.down, &given, &got);
  if (trap != NULL) return trap;
  results->data[0] = val_i32(result[0].of.i32 + 1);
  return NULL;
}

/* Makes an instance while it is called. */
static wasm_trap_t *make(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)env;
  (void)args;
  wasm_instance_t *instance =
      new_instance(again.store, "(module (func (export \"seven\") (result i32) (i32.const 7)))");
  wasm_func_t *seven = new_func(instance, "seven");
  results->data[0] = val_i32(call_i32(seven, NULL, 0));
  wasm_func_delete(seven);
  wasm_instance_delete(instance);
  return NULL;
}

/* Deletes everything that it was called by. */
static wasm_trap_t *forget(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args;
  (void)results;
  void **held = (void **)env;
  wasm_func_delete((wasm_func_t *)held[0]);
  wasm_store_delete((wasm_store_t *)held[1]);
  return NULL;
}

static wasm_func_t *host(
    wasm_store_t *store, wasm_functype_t *type, wasm_func_callback_with_env_t callback, void *env,
    void (*finalizer)(void *)) {
  wasm_func_t *func = wasm_func_new_with_env(store, type, callback, env, finalizer);
  CHECK(func != NULL);
  wasm_functype_delete(type);
  return func;
}

static wasm_functype_t *i32_to_i32(void) {
  return wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
}

int main(void) {
  wasm_engine_t *engine = new_engine();
  wasm_store_t *store = new_store(engine);
  int answer = 42;

  wasm_functype_t *type = i32_to_i32();
  wasm_func_t *plain = wasm_func_new(store, type, twice);
  wasm_functype_delete(type);
  wasm_func_t *with_env = host(store, i32_to_i32(), plus, &answer, finalize);
  wasm_func_t *going_back = host(store, i32_to_i32(), back, NULL, NULL);
  wasm_func_t *making = host(store, wasm_functype_new_0_1(wasm_valtype_new_i32()), make, NULL, NULL);
  wasm_extern_t *imports[] = {
      wasm_func_as_extern(plain), wasm_func_as_extern(with_env), wasm_func_as_extern(going_back),
      wasm_func_as_extern(making)};
  wasm_instance_t *instance = new_instance_with(
      store,
      "(module"
      "  (import \"\" \"twice\" (func $twice (param i32) (result i32)))"
      "  (import \"\" \"plus\" (func $plus (param i32) (result i32)))"
      "  (import \"\" \"back\" (func $back (param i32) (result i32)))"
      "  (import \"\" \"make\" (func $make (result i32)))"
      "  (memory (export \"memory\") 1)"
      "  (func (export \"both\") (param i32) (result i32) (call $plus (call $twice (local.get 0))))"
      "  (func (export \"down\") (param i32) (result i32) (call $back (local.get 0)))"
      "  (func (export \"make\") (result i32) (call $make)))",
      imports, 4);

  wasm_func_t *both = new_func(instance, "both");
  int32_t args[] = {4};
  CHECK(call_i32(both, args, 1) == 50);
  /* The host's functions can be called without a guest. */
  CHECK(call_i32(plain, args, 1) == 8);

  again.store = store;
  again.down = new_func(instance, "down");
  again.memory = wasm_extern_as_memory(new_export(instance, "memory"));
  int32_t depth[] = {20};
  CHECK(call_i32(again.down, depth, 1) == 20);
  CHECK(again.deepest == 20);
  CHECK(wasm_memory_data(again.memory)[20] == 20 && wasm_memory_data(again.memory)[1] == 1);

  wasm_func_t *makes = new_func(instance, "make");
  CHECK(call_i32(makes, NULL, 0) == 7);

  wasm_func_delete(makes);
  wasm_func_delete(both);
  wasm_func_delete(again.down);
  wasm_memory_delete(again.memory);
  wasm_func_delete(plain);
  wasm_func_delete(with_env);
  wasm_func_delete(going_back);
  wasm_func_delete(making);
  wasm_instance_delete(instance);
  CHECK(finalized == 0);
  wasm_store_delete(store);
  CHECK(finalized == 1);

  /* A call keeps what it needs, whatever its callback deletes. */
  void *held[2];
  wasm_store_t *other = new_store(engine);
  held[0] = host(other, wasm_functype_new_0_0(), forget, held, NULL);
  held[1] = other;
  CHECK(wasm_func_call((wasm_func_t *)held[0], NULL, NULL) == NULL);

  wasm_engine_delete(engine);
  return 0;
}
