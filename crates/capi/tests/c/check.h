/* What all programs use: checks that end the program, and modules of text. */

#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sarsen.h"

#define CHECK(condition)                                                        \
  do {                                                                          \
    if (!(condition)) {                                                         \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);   \
      exit(1);                                                                  \
    }                                                                           \
  } while (0)

/* Ends the program if there is an error. */
static inline void check_done(sarsen_error_t *error, const char *what) {
  if (error != NULL) {
    fprintf(stderr, "%s: %s\n", what, sarsen_error_message(error));
    exit(1);
  }
}

/* Ends the program unless there is an error whose message has a part; deletes it. */
static inline void check_error(sarsen_error_t *error, const char *part) {
  CHECK(error != NULL);
  if (strstr(sarsen_error_message(error), part) == NULL) {
    fprintf(stderr, "expected '%s', found '%s'\n", part, sarsen_error_message(error));
    exit(1);
  }
  sarsen_error_delete(error);
}

/* The same for traps. */
static inline void check_trap(wasm_trap_t *trap, const char *part) {
  CHECK(trap != NULL);
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  CHECK(message.size > 0 && message.data[message.size - 1] == 0);
  if (strstr(message.data, part) == NULL) {
    fprintf(stderr, "expected '%s', found '%s'\n", part, message.data);
    exit(1);
  }
  wasm_byte_vec_delete(&message);
  wasm_trap_delete(trap);
}

/* Why the last function of wasm.h has failed. */
static inline void check_last(const char *part) { check_error(sarsen_last_error(), part); }

/* The binary format of text. */
static inline void assemble(const char *text, wasm_byte_vec_t *out) {
  check_done(sarsen_wat_to_wasm(text, strlen(text), out), "text");
}

/* An engine that programs share with valgrind. */
static inline wasm_engine_t *new_engine(void) {
  wasm_engine_t *engine = wasm_engine_new();
  CHECK(engine != NULL);
  return engine;
}

static inline wasm_store_t *new_store(wasm_engine_t *engine) {
  wasm_store_t *store = wasm_store_new(engine);
  CHECK(store != NULL);
  return store;
}

/* A module of text. */
static inline wasm_module_t *new_module(wasm_store_t *store, const char *text) {
  wasm_byte_vec_t binary;
  assemble(text, &binary);
  wasm_module_t *module = wasm_module_new(store, &binary);
  if (module == NULL) check_done(sarsen_last_error(), "module");
  CHECK(module != NULL);
  wasm_byte_vec_delete(&binary);
  return module;
}

/* An instance with imports, which are borrowed. */
static inline wasm_instance_t *new_instance_with(
    wasm_store_t *store, const char *text, wasm_extern_t **imports, size_t count) {
  wasm_module_t *module = new_module(store, text);
  wasm_extern_vec_t vector;
  vector.size = count;
  vector.data = imports;
  wasm_trap_t *trap = NULL;
  wasm_instance_t *instance = wasm_instance_new(store, module, &vector, &trap);
  if (trap != NULL) check_done(sarsen_error_of_trap(trap), "instance");
  CHECK(instance != NULL);
  wasm_module_delete(module);
  return instance;
}

static inline wasm_instance_t *new_instance(wasm_store_t *store, const char *text) {
  return new_instance_with(store, text, NULL, 0);
}

/* An export by its name: the caller's. */
static inline wasm_extern_t *new_export(wasm_instance_t *instance, const char *name) {
  wasm_extern_t *found = sarsen_instance_export(instance, name);
  if (found == NULL) fprintf(stderr, "no export %s\n", name);
  CHECK(found != NULL);
  return found;
}

static inline wasm_func_t *new_func(wasm_instance_t *instance, const char *name) {
  wasm_func_t *func = wasm_extern_as_func(new_export(instance, name));
  CHECK(func != NULL);
  return func;
}

static inline wasm_val_t val_i32(int32_t i32) {
  wasm_val_t value;
  value.kind = WASM_I32;
  value.of.i32 = i32;
  return value;
}

static inline wasm_val_t val_i64(int64_t i64) {
  wasm_val_t value;
  value.kind = WASM_I64;
  value.of.i64 = i64;
  return value;
}

static inline wasm_val_t val_ref(wasm_ref_t *ref) {
  wasm_val_t value;
  value.kind = WASM_EXTERNREF;
  value.of.ref = ref;
  return value;
}

/* Calls a function of integers with one result. */
static inline int32_t call_i32(wasm_func_t *func, const int32_t *args, size_t count) {
  wasm_val_t values[8], result;
  CHECK(count <= 8);
  for (size_t i = 0; i < count; i++) values[i] = val_i32(args[i]);
  check_done(sarsen_func_call(func, values, count, &result, 1), "call");
  CHECK(result.kind == WASM_I32);
  return result.of.i32;
}

#endif
