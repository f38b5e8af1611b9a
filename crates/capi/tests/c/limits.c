/* What guests may have and for how long: limits of a store, fuel, interrupts, epochs, features, and the sizes of modules. */

#include <pthread.h>

#include "check.h"

static const char *text =
    "(module"
    "  (memory (export \"m\") 1)"
    "  (table (export \"t\") 1 funcref)"
    "  (func (export \"forever\") (loop (br 0)))"
    "  (func (export \"one\") (result i32) (i32.const 1)))";

static void *stop(void *argument) {
  sarsen_interrupt((const sarsen_interrupt_t *)argument);
  return NULL;
}

static wasm_engine_t *configured(wasm_config_t *config) {
  wasm_engine_t *engine;
  check_done(sarsen_engine_new(config, &engine), "engine");
  return engine;
}

static void check_fuel(void) {
  wasm_config_t *config = wasm_config_new();
  sarsen_config_set_fuel(config, true);
  wasm_engine_t *engine = configured(config);
  wasm_store_t *store = new_store(engine);
  check_done(sarsen_store_set_fuel(store, 1000), "fuel");
  wasm_instance_t *instance = new_instance(store, text);
  wasm_func_t *one = new_func(instance, "one"), *forever = new_func(instance, "forever");
  CHECK(call_i32(one, NULL, 0) == 1);
  uint64_t left;
  check_done(sarsen_store_fuel(store, &left), "fuel");
  CHECK(left < 1000 && left > 900);
  sarsen_error_t *error = sarsen_func_call(forever, NULL, 0, NULL, 0);
  sarsen_trap_code_t code;
  CHECK(error != NULL && sarsen_error_trap_code(error, &code) && code == SARSEN_TRAP_OUT_OF_FUEL);
  sarsen_error_delete(error);
  wasm_func_delete(one);
  wasm_func_delete(forever);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
}

static void check_interrupts(sarsen_strategy_t strategy) {
  wasm_config_t *config = wasm_config_new();
  CHECK(sarsen_config_set_strategy(config, strategy));
  CHECK(!sarsen_config_set_strategy(config, 77));
  sarsen_config_set_interruptible(config, true);
  wasm_engine_t *engine = configured(config);
  wasm_store_t *store = new_store(engine);
  sarsen_interrupt_t *interrupt = sarsen_interrupt_new(store);
  CHECK(interrupt != NULL);
  wasm_instance_t *instance = new_instance(store, text);
  wasm_func_t *forever = new_func(instance, "forever");
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, stop, interrupt) == 0);
  sarsen_error_t *error = sarsen_func_call(forever, NULL, 0, NULL, 0);
  sarsen_trap_code_t code;
  CHECK(error != NULL && sarsen_error_trap_code(error, &code) && code == SARSEN_TRAP_INTERRUPTED);
  sarsen_error_delete(error);
  CHECK(pthread_join(thread, NULL) == 0);
  wasm_func_delete(forever);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  /* It does not keep the store, and does no harm without. */
  sarsen_interrupt(interrupt);
  sarsen_interrupt_delete(interrupt);
  wasm_engine_delete(engine);
}

static int asked = 0, finalized = 0;

static void finalize(void *env) {
  CHECK(env == &asked);
  finalized++;
}

/* Gives more time, twice. */
static sarsen_error_t *ask(void *env, uint64_t *ticks) {
  CHECK(env == &asked);
  asked++;
  *ticks = asked < 3 ? 1 : 0;
  return NULL;
}

static int refuelled = 0;

/* Gives more fuel, twice, and then an error. */
static sarsen_error_t *refuel(void *env, uint64_t *fuel) {
  CHECK(env == &refuelled && *fuel == 0);
  refuelled++;
  *fuel = refuelled < 3 ? 1000 : 0;
  return NULL;
}

static void fuel_finalize(void *env) {
  CHECK(env == &refuelled);
  refuelled = -1;
}

static void check_refuelling(void) {
  wasm_config_t *config = wasm_config_new();
  sarsen_config_set_fuel(config, true);
  wasm_engine_t *engine = configured(config);
  wasm_store_t *store = new_store(engine);
  wasm_instance_t *instance = new_instance(store, text);
  wasm_func_t *forever = new_func(instance, "forever");
  check_done(sarsen_store_set_fuel(store, 1000), "fuel");
  check_done(sarsen_store_set_fuel_callback(store, refuel, &refuelled, fuel_finalize), "callback");
  sarsen_trap_code_t code;
  sarsen_error_t *error = sarsen_func_call(forever, NULL, 0, NULL, 0);
  CHECK(error != NULL && sarsen_error_trap_code(error, &code) && code == SARSEN_TRAP_OUT_OF_FUEL);
  sarsen_error_delete(error);
  CHECK(refuelled == 3);
  check_done(sarsen_store_set_fuel_callback(store, NULL, NULL, NULL), "callback");
  CHECK(refuelled == -1);
  error = sarsen_func_call(forever, NULL, 0, NULL, 0);
  CHECK(error != NULL && sarsen_error_trap_code(error, &code) && code == SARSEN_TRAP_OUT_OF_FUEL);
  sarsen_error_delete(error);
  wasm_func_delete(forever);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);

  engine = new_engine();
  store = new_store(engine);
  refuelled = 0;
  check_error(sarsen_store_set_fuel_callback(store, refuel, &refuelled, fuel_finalize), "does not count fuel");
  CHECK(refuelled == -1);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
}

static volatile bool ticking = true;

static void *tick(void *engine) {
  while (ticking) sarsen_engine_increment_epoch((const wasm_engine_t *)engine);
  return NULL;
}

static void check_epochs(void) {
  wasm_config_t *config = wasm_config_new();
  sarsen_config_set_epochs(config, true);
  wasm_engine_t *engine = configured(config);
  wasm_store_t *store = new_store(engine);
  wasm_instance_t *instance = new_instance(store, text);
  wasm_func_t *forever = new_func(instance, "forever"), *one = new_func(instance, "one");
  /* The deadline of a new store has passed. */
  sarsen_trap_code_t code;
  sarsen_error_t *error = sarsen_func_call(forever, NULL, 0, NULL, 0);
  CHECK(error != NULL && sarsen_error_trap_code(error, &code) && code == SARSEN_TRAP_INTERRUPTED);
  sarsen_error_delete(error);
  check_done(sarsen_store_set_epoch_deadline(store, 1000000), "deadline");
  CHECK(call_i32(one, NULL, 0) == 1);

  check_done(sarsen_store_set_epoch_callback(store, ask, &asked, finalize), "callback");
  check_done(sarsen_store_set_epoch_deadline(store, 1), "deadline");
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, tick, engine) == 0);
  error = sarsen_func_call(forever, NULL, 0, NULL, 0);
  CHECK(error != NULL && sarsen_error_trap_code(error, &code) && code == SARSEN_TRAP_INTERRUPTED);
  sarsen_error_delete(error);
  ticking = false;
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(asked == 3 && finalized == 0);
  check_done(sarsen_store_set_epoch_callback(store, NULL, NULL, NULL), "callback");
  CHECK(finalized == 1);
  check_done(sarsen_store_set_epoch_callback(store, ask, &asked, finalize), "callback");
  wasm_func_delete(one);
  wasm_func_delete(forever);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  CHECK(finalized == 2);
  wasm_engine_delete(engine);
}

static void check_limits(void) {
  wasm_engine_t *engine = new_engine();
  wasm_store_t *store = new_store(engine);
  sarsen_limits_t limits;
  sarsen_limits_init(&limits);
  limits.memory_bytes = 2 * MEMORY_PAGE_SIZE;
  limits.table_elements = 3;
  limits.instances = 1;
  check_done(sarsen_store_set_limits(store, &limits), "limits");
  wasm_instance_t *instance = new_instance(store, text);
  wasm_memory_t *memory = wasm_extern_as_memory(new_export(instance, "m"));
  wasm_table_t *table = wasm_extern_as_table(new_export(instance, "t"));
  CHECK(wasm_memory_grow(memory, 1) && !wasm_memory_grow(memory, 1));
  CHECK(wasm_table_grow(table, 2, NULL) && !wasm_table_grow(table, 1, NULL));
  wasm_module_t *module = new_module(store, "(module)");
  wasm_trap_t *trap;
  CHECK(wasm_instance_new(store, module, NULL, &trap) == NULL);
  sarsen_error_t *error = sarsen_error_of_trap(trap);
  CHECK(sarsen_error_kind(error) == SARSEN_ERROR_LIMIT);
  sarsen_error_delete(error);
  wasm_trap_delete(trap);
  limits.instances = 2;
  check_done(sarsen_store_set_limits(store, &limits), "limits");
  wasm_instance_t *second = wasm_instance_new(store, module, NULL, NULL);
  CHECK(second != NULL);
  /* This engine counts no fuel, and cannot stop what it has compiled. */
  check_error(sarsen_store_set_fuel(store, 1), "does not count fuel");
  CHECK(sarsen_interrupt_new(store) == NULL);
  check_error(sarsen_store_set_epoch_deadline(store, 1), "cannot be stopped");
  wasm_instance_delete(second);
  wasm_module_delete(module);
  wasm_memory_delete(memory);
  wasm_table_delete(table);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
}

static void check_modules(void) {
  wasm_config_t *config = wasm_config_new();
  CHECK(sarsen_config_set_feature(config, "threads", false));
  CHECK(!sarsen_config_set_feature(config, "no such feature", true));
  CHECK(!sarsen_config_set_feature(config, NULL, true));
  CHECK(sarsen_config_set_cache(config, "cache"));
  sarsen_config_set_strict_module_limits(config, true);
  sarsen_config_set_backtrace(config, false);
  sarsen_config_set_max_wasm_stack(config, 256 << 10);
  sarsen_config_set_max_gc_heap(config, 1 << 20);
  sarsen_config_set_memory_reservation(config, 1 << 20);
  sarsen_config_set_signals_based_traps(config, false);
  sarsen_config_set_pool_slots(config, 0);
  sarsen_config_set_compile_threads(config, 0);
  sarsen_config_set_parallel_compilation(config, false);
  wasm_engine_t *engine = configured(config);
  wasm_store_t *store = new_store(engine);
  wasm_module_t *module;
  const char *shared = "(module (memory 1 1 shared))";
  check_error(sarsen_module_new(store, (const uint8_t *)shared, strlen(shared), &module), "threads");
  const char *many = "(module (memory 1) (memory 1) (memory 1))";
  sarsen_error_t *error = sarsen_module_new(store, (const uint8_t *)many, strlen(many), &module);
  CHECK(error != NULL && sarsen_error_kind(error) == SARSEN_ERROR_LIMIT);
  sarsen_error_delete(error);
  wasm_instance_t *instance = new_instance(store, "(module (func (export \"f\") (unreachable)))");
  wasm_func_t *f = new_func(instance, "f");
  wasm_trap_t *trap = wasm_func_call(f, NULL, NULL);
  CHECK(wasm_trap_origin(trap) == NULL);
  check_trap(trap, "unreachable");
  wasm_func_delete(f);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  CHECK(strlen(sarsen_version()) >= 5);
}

/* Numbers that make no sense: whatever an engine makes of them, it is an answer. */
static void check_extremes(void) {
  const size_t extremes[] = {0, 1, SIZE_MAX / 2, SIZE_MAX};
  for (int which = 0; which < 5; which++) {
    for (size_t i = 0; i < sizeof extremes / sizeof *extremes; i++) {
      wasm_config_t *config = wasm_config_new();
      if (which == 0) sarsen_config_set_max_wasm_stack(config, extremes[i]);
      if (which == 1) sarsen_config_set_max_gc_heap(config, extremes[i]);
      if (which == 2) sarsen_config_set_memory_reservation(config, extremes[i]);
      if (which == 3) sarsen_config_set_pool_slots(config, extremes[i]);
      if (which == 4) sarsen_config_set_compile_threads(config, extremes[i]);
      wasm_engine_t *engine = wasm_engine_new_with_config(config);
      if (engine == NULL) continue;
      for (int round = 0; round < 2; round++) {
        wasm_store_t *store = wasm_store_new(engine);
        if (store == NULL) continue;
        wasm_module_t *module = new_module(store, text);
        wasm_instance_t *instance = wasm_instance_new(store, module, NULL, NULL);
        if (instance != NULL) {
          wasm_func_t *one = new_func(instance, "one");
          wasm_trap_t *trap = wasm_func_call(one, NULL, NULL);
          check_trap(trap, "expected room");
          wasm_val_t result;
          sarsen_error_delete(sarsen_func_call(one, NULL, 0, &result, 1));
          wasm_func_delete(one);
        }
        wasm_instance_delete(instance);
        wasm_module_delete(module);
        wasm_store_delete(store);
      }
      wasm_engine_delete(engine);
    }
  }
  sarsen_error_delete(sarsen_last_error());
  wasm_val_vec_t vector;
  wasm_val_vec_new_uninitialized(&vector, SIZE_MAX);
  CHECK(vector.size == 0);
  wasm_val_vec_delete(&vector);
}

int main(void) {
  check_fuel();
  check_refuelling();
  check_interrupts(SARSEN_STRATEGY_INTERPRETER);
  check_interrupts(SARSEN_STRATEGY_JIT);
  check_epochs();
  check_limits();
  check_modules();
  check_extremes();
  return 0;
}
