/* Guests that wait, and interrupts that end their waits: whatever they were granted, and whenever. */

#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

/* Waits for ten minutes. */
static const char *module_text =
    "(module"
    "  (import \"wasi_snapshot_preview1\" \"poll_oneoff\" (func $poll (param i32 i32 i32 i32) (result i32)))"
    "  (memory (export \"memory\") 1)"
    "  (func (export \"wait\")"
    "    (i32.store (i32.const 16) (i32.const 1))"
    "    (i64.store (i32.const 24) (i64.const 600000000000))"
    "    (drop (call $poll (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 200)))))";

static const char *component_text =
    "(component"
    "  (import \"wasi:io/poll@0.2.0\" (instance $poll"
    "    (export \"pollable\" (type $pollable (sub resource)))"
    "    (export \"[method]pollable.block\" (func (param \"self\" (borrow $pollable))))))"
    "  (alias export $poll \"pollable\" (type $pollable))"
    "  (import \"wasi:clocks/monotonic-clock@0.2.0\" (instance $clock"
    "    (alias outer 1 $pollable (type $outer))"
    "    (export \"pollable\" (type $p (eq $outer)))"
    "    (export \"subscribe-duration\" (func (param \"when\" u64) (result (own $p))))))"
    "  (core func $block (canon lower (func $poll \"[method]pollable.block\")))"
    "  (core func $subscribe (canon lower (func $clock \"subscribe-duration\")))"
    "  (core module $M"
    "    (import \"\" \"block\" (func $block (param i32)))"
    "    (import \"\" \"subscribe\" (func $subscribe (param i64) (result i32)))"
    "    (func (export \"wait\") (call $block (call $subscribe (i64.const 600000000000)))))"
    "  (core instance $m (instantiate $M (with \"\" (instance"
    "    (export \"block\" (func $block)) (export \"subscribe\" (func $subscribe))))))"
    "  (func (export \"wait\") (canon lift (core func $m \"wait\"))))";

static wasm_engine_t *engine;
static sarsen_linker_t *linker;
static sarsen_component_linker_t *component_linker;

/* A guest in a store of its own. */
struct guest {
  wasm_store_t *store;
  sarsen_interrupt_t *interrupt;
  wasm_func_t *func;
  sarsen_component_func_t *component_func;
};

static struct guest new_guest(bool is_component) {
  struct guest guest = {NULL, NULL, NULL, NULL};
  guest.store = new_store(engine);
  guest.interrupt = sarsen_interrupt_new(guest.store);
  CHECK(guest.interrupt != NULL);
  if (is_component) {
    sarsen_component_t *component;
    check_done(
        sarsen_component_new(engine, (const uint8_t *)component_text, strlen(component_text), &component),
        "component");
    sarsen_component_instance_t *instance;
    check_done(
        sarsen_component_linker_instantiate(component_linker, guest.store, component, &instance), "instance");
    guest.component_func = sarsen_component_instance_func(instance, NULL, "wait");
    CHECK(guest.component_func != NULL);
    sarsen_component_instance_delete(instance);
    sarsen_component_delete(component);
  } else {
    wasm_module_t *module = new_module(guest.store, module_text);
    wasm_instance_t *instance;
    check_done(sarsen_linker_instantiate(linker, guest.store, module, &instance), "instance");
    guest.func = new_func(instance, "wait");
    wasm_instance_delete(instance);
    wasm_module_delete(module);
  }
  return guest;
}

static void delete_guest(struct guest guest) {
  wasm_func_delete(guest.func);
  sarsen_component_func_delete(guest.component_func);
  sarsen_interrupt_delete(guest.interrupt);
  wasm_store_delete(guest.store);
}

/* Runs a guest, which ends because it is interrupted. */
static void run(struct guest guest) {
  sarsen_error_t *error = guest.func != NULL
      ? sarsen_func_call(guest.func, NULL, 0, NULL, 0)
      : sarsen_component_func_call(guest.component_func, NULL, 0, NULL, 0);
  CHECK(error != NULL);
  sarsen_trap_code_t code;
  if (!sarsen_error_trap_code(error, &code) || code != SARSEN_TRAP_INTERRUPTED) check_done(error, "run");
  sarsen_error_delete(error);
}

static void pause_a_little(void) {
  struct timespec time = {0, 50000000};
  nanosleep(&time, NULL);
}

static void *interrupt_later(void *argument) {
  pause_a_little();
  sarsen_interrupt(((const struct guest *)argument)->interrupt);
  return NULL;
}

/* Grants something while the guest waits, in vain, and interrupts it. */
static void *grant_and_interrupt(void *argument) {
  const struct guest *guest = (const struct guest *)argument;
  pause_a_little();
  check_error(sarsen_store_set_wasi(guest->store, sarsen_wasi_new()), "the store is in use");
  sarsen_interrupt(guest->interrupt);
  return NULL;
}

static void run_while(struct guest *guest, void *(*code)(void *)) {
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, code, guest) == 0);
  run(*guest);
  CHECK(pthread_join(thread, NULL) == 0);
}

static void check(bool is_component) {
  /* Without any grants. */
  struct guest guest = new_guest(is_component);
  run_while(&guest, interrupt_later);
  delete_guest(guest);

  guest = new_guest(is_component);
  check_done(sarsen_store_set_wasi(guest.store, sarsen_wasi_new()), "grants");
  run_while(&guest, interrupt_later);
  delete_guest(guest);

  /* A grant that fails changes nothing. */
  guest = new_guest(is_component);
  run_while(&guest, grant_and_interrupt);
  delete_guest(guest);

  /* Grants that come after the interrupt: what is computed goes on after one trap, waits do not. */
  guest = new_guest(is_component);
  sarsen_interrupt(guest.interrupt);
  if (!is_component) run(guest);
  check_done(sarsen_store_set_wasi(guest.store, sarsen_wasi_new()), "grants");
  run(guest);
  delete_guest(guest);
}

int main(void) {
  /* A wait that nothing ends is a failure. */
  alarm(120);
  wasm_config_t *config = wasm_config_new();
  sarsen_config_set_interruptible(config, true);
  check_done(sarsen_engine_new(config, &engine), "engine");
  linker = sarsen_linker_new(engine);
  check_done(sarsen_linker_define_wasi(linker), "wasi");
  component_linker = sarsen_component_linker_new(engine);
  check_done(sarsen_component_linker_define_wasi(component_linker), "wasi");
  check(false);
  check(true);
  sarsen_component_linker_delete(component_linker);
  sarsen_linker_delete(linker);
  wasm_engine_delete(engine);
  return 0;
}
