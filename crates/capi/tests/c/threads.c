/* Threads: one module in a store for each, a store that goes from one to another, and one that two want at once. */

#include <pthread.h>
#include <sched.h>

#include "check.h"

enum { THREADS = 4, CALLS = 20 };

static wasm_engine_t *engine;
static wasm_shared_module_t *shared;

static wasm_trap_t *note(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)results;
  *(int *)env += args->data[0].of.i32;
  return NULL;
}

static void *run(void *argument) {
  int *sum = (int *)argument;
  wasm_store_t *store = new_store(engine);
  wasm_module_t *module = wasm_module_obtain(store, shared);
  CHECK(module != NULL);
  wasm_functype_t *type = wasm_functype_new_1_0(wasm_valtype_new_i32());
  wasm_func_t *func = wasm_func_new_with_env(store, type, note, sum, NULL);
  wasm_functype_delete(type);
  wasm_extern_t *externs[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  wasm_instance_t *instance = wasm_instance_new(store, module, &imports, NULL);
  CHECK(instance != NULL);
  wasm_func_t *runs = new_func(instance, "run");
  for (int i = 0; i < CALLS; i++) {
    wasm_val_t arg = val_i32(i);
    check_done(sarsen_func_call(runs, &arg, 1, NULL, 0), "run");
  }
  wasm_func_delete(runs);
  wasm_func_delete(func);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  return NULL;
}

/* A store and its memory, which another thread wants. */
struct wanted {
  wasm_memory_t *memory;
  bool got;
};

static void *want(void *argument) {
  struct wanted *wanted = (struct wanted *)argument;
  wanted->got = wasm_memory_grow(wanted->memory, 1);
  if (!wanted->got) check_last("the store is in use");
  return NULL;
}

static wasm_trap_t *share(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args;
  (void)results;
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, want, env) == 0 && pthread_join(thread, NULL) == 0);
  return NULL;
}

/* What two threads see of a guest that runs: at 0 whether it is to end, at 4 whether it has started. */
struct running {
  byte_t *flags;
  struct wanted wanted;
};

static void *want_while_running(void *argument) {
  struct running *running = (struct running *)argument;
  while (__atomic_load_n(&running->flags[4], __ATOMIC_SEQ_CST) == 0) sched_yield();
  want(&running->wanted);
  __atomic_store_n(&running->flags[0], 1, __ATOMIC_SEQ_CST);
  return NULL;
}

/* While a guest runs, nobody else has its store. */
static void check_running(void) {
  wasm_store_t *store = new_store(engine);
  wasm_instance_t *instance = new_instance(
      store,
      "(module (memory (export \"flags\") 1 1 shared) (memory (export \"m\") 1)"
      "  (func (export \"run\") (i32.atomic.store8 (i32.const 4) (i32.const 1))"
      "    (loop (br_if 0 (i32.eqz (i32.atomic.load8_u (i32.const 0)))))))");
  wasm_memory_t *flags = wasm_extern_as_memory(new_export(instance, "flags"));
  wasm_func_t *runs = new_func(instance, "run");
  struct running running;
  running.flags = wasm_memory_data(flags);
  running.wanted.memory = wasm_extern_as_memory(new_export(instance, "m"));
  running.wanted.got = true;
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, want_while_running, &running) == 0);
  check_done(sarsen_func_call(runs, NULL, 0, NULL, 0), "run");
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(!running.wanted.got && wasm_memory_size(running.wanted.memory) == 1);
  wasm_memory_delete(running.wanted.memory);
  wasm_memory_delete(flags);
  wasm_func_delete(runs);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
}

int main(void) {
  engine = new_engine();
  check_running();
  wasm_store_t *store = new_store(engine);
  wasm_module_t *module = new_module(
      store,
      "(module (import \"\" \"note\" (func $note (param i32)))"
      "  (func (export \"run\") (param i32) (call $note (i32.mul (local.get 0) (i32.const 2)))))");
  shared = wasm_module_share(module);
  CHECK(shared != NULL);
  wasm_module_delete(module);

  pthread_t threads[THREADS];
  int sums[THREADS] = {0};
  for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, run, &sums[i]) == 0);
  for (int i = 0; i < THREADS; i++) {
    CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(sums[i] == CALLS * (CALLS - 1));
  }

  /* While a callback runs, its thread has the store, and nobody else. */
  wasm_limits_t limits = {1, 3};
  wasm_memorytype_t *memory_type = wasm_memorytype_new(&limits);
  struct wanted wanted = {wasm_memory_new(store, memory_type), true};
  wasm_memorytype_delete(memory_type);
  wasm_functype_t *type = wasm_functype_new_0_0();
  wasm_func_t *func = wasm_func_new_with_env(store, type, share, &wanted, NULL);
  wasm_functype_delete(type);
  CHECK(wasm_func_call(func, NULL, NULL) == NULL);
  CHECK(!wanted.got && wasm_memory_size(wanted.memory) == 1);

  /* A store that nobody uses can be used by any thread. */
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, want, &wanted) == 0 && pthread_join(thread, NULL) == 0);
  CHECK(wanted.got && wasm_memory_size(wanted.memory) == 2);

  /* A module of one engine is not one of another. */
  wasm_engine_t *other = new_engine();
  wasm_store_t *foreign = new_store(other);
  CHECK(wasm_module_obtain(foreign, shared) == NULL);
  check_last("belongs to another engine");
  wasm_store_delete(foreign);
  wasm_engine_delete(other);

  wasm_func_delete(func);
  wasm_memory_delete(wanted.memory);
  wasm_shared_module_delete(shared);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
