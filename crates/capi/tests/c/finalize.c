/* Host info: kept with objects, found through any reference, finalized once when the object goes. */

#include "check.h"

enum { ROUNDS = 100 };

static int alive = 0;

static void finalize(void *info) {
  CHECK(info != NULL && *(int *)info == 7);
  *(int *)info = 0;
  free(info);
  alive--;
}

static void *new_info(void) {
  int *info = (int *)malloc(sizeof(int));
  CHECK(info != NULL);
  *info = 7;
  alive++;
  return info;
}

static wasm_store_t *asked_store;

/* Asks for something of a store, which it gets unless the store is in the middle of something. */
static void ask(void *info) {
  if (asked_store == NULL) return;
  wasm_limits_t limits = {1, 1};
  wasm_memorytype_t *type = wasm_memorytype_new(&limits);
  wasm_memory_t *memory = wasm_memory_new(asked_store, type);
  wasm_memorytype_delete(type);
  if (memory == NULL) check_last("the store is in use");
  ((int *)info)[memory == NULL ? 1 : 0] += 1;
  wasm_memory_delete(memory);
}

int main(void) {
  wasm_engine_t *engine = new_engine();
  wasm_store_t *store = asked_store = new_store(engine);
  wasm_module_t *module = new_module(store, "(module (func (export \"f\")) (memory (export \"m\") 1))");

  wasm_module_t *small = new_module(store, "(module (func (export \"f\")))");

  /* Many instances, each with info of its own, which stays as long as the store. */
  for (int i = 0; i < ROUNDS; i++) {
    wasm_instance_t *instance = wasm_instance_new(store, small, NULL, NULL);
    CHECK(instance != NULL);
    void *info = new_info();
    wasm_instance_set_host_info_with_finalizer(instance, info, finalize);
    CHECK(wasm_instance_get_host_info(instance) == info);
    wasm_instance_delete(instance);
  }
  wasm_module_delete(small);
  CHECK(alive == ROUNDS);

  /* Info belongs to the object, whichever reference it is asked through. */
  wasm_instance_t *instance = wasm_instance_new(store, module, NULL, NULL);
  wasm_extern_t *first = new_export(instance, "f"), *second = new_export(instance, "f");
  CHECK(first != second && wasm_extern_same(first, second));
  CHECK(wasm_extern_get_host_info(first) == NULL);
  void *info = new_info();
  wasm_extern_set_host_info_with_finalizer(first, info, finalize);
  CHECK(wasm_func_get_host_info(wasm_extern_as_func(second)) == info);
  CHECK(wasm_ref_get_host_info(wasm_extern_as_ref(second)) == info);
  /* What is replaced is finalized. */
  int before = alive;
  wasm_extern_set_host_info(second, &alive);
  CHECK(alive == before - 1);
  CHECK(wasm_extern_get_host_info(first) == &alive);
  wasm_extern_t *memory = new_export(instance, "m");
  CHECK(wasm_extern_get_host_info(memory) == NULL && !wasm_extern_same(first, memory));
  wasm_extern_delete(memory);
  wasm_extern_delete(first);
  wasm_extern_delete(second);
  wasm_instance_delete(instance);

  /* Modules and foreign objects go with the last that refers to them. */
  wasm_module_t *copy = wasm_module_copy(module);
  CHECK(wasm_module_same(module, copy));
  before = alive;
  wasm_module_set_host_info_with_finalizer(module, new_info(), finalize);
  wasm_module_delete(module);
  CHECK(alive == before + 1 && wasm_module_get_host_info(copy) != NULL);
  wasm_module_delete(copy);
  CHECK(alive == before);

  wasm_foreign_t *foreign = wasm_foreign_new(store);
  wasm_foreign_set_host_info_with_finalizer(foreign, new_info(), finalize);
  wasm_foreign_delete(foreign);
  CHECK(alive == before);

  int asked[2] = {0, 0};
  foreign = wasm_foreign_new(store);
  wasm_foreign_set_host_info_with_finalizer(foreign, asked, ask);
  wasm_foreign_delete(foreign);
  CHECK(asked[0] == 1 && asked[1] == 0);
  /* What the collector finds is finalized while the store collects. */
  instance = new_instance(store, "(module (func (export \"f\") (param externref)))");
  wasm_func_t *f = new_func(instance, "f");
  for (int i = 0; i < ROUNDS; i++) {
    foreign = wasm_foreign_new(store);
    wasm_foreign_set_host_info_with_finalizer(foreign, asked, ask);
    wasm_val_t value = val_ref(wasm_foreign_as_ref(foreign));
    check_done(sarsen_func_call(f, &value, 1, NULL, 0), "f");
    wasm_foreign_delete(foreign);
  }
  wasm_func_delete(f);
  wasm_instance_delete(instance);
  sarsen_store_gc(store);
  CHECK(asked[0] == 1 && asked[1] > 0);
  asked_store = NULL;

  /* Everything else goes with the store. */
  wasm_store_delete(store);
  CHECK(alive == 0);

  /* An object keeps its store. */
  store = new_store(engine);
  foreign = wasm_foreign_new(store);
  wasm_memorytype_t *type;
  wasm_limits_t limits = {1, wasm_limits_max_default};
  type = wasm_memorytype_new(&limits);
  wasm_memory_t *kept = wasm_memory_new(store, type);
  wasm_memorytype_delete(type);
  wasm_memory_set_host_info_with_finalizer(kept, new_info(), finalize);
  wasm_store_delete(store);
  wasm_foreign_delete(foreign);
  CHECK(wasm_memory_grow(kept, 1) && wasm_memory_size(kept) == 2);
  CHECK(alive == 1);
  wasm_memory_delete(kept);
  CHECK(alive == 0);

  wasm_engine_delete(engine);
  return 0;
}
