/* Finalizers and callbacks that delete what a call was made with: the call goes on with what it needs, and nothing else stays. */

#include "check.h"

enum { ROUNDS = 100 };

static wasm_store_t *the_store;
static int finalized = 0;

/* Deletes the last handle of the store that is in the middle of something. */
static void delete_store(void *info) {
  CHECK(info == &finalized);
  finalized++;
  wasm_store_delete(the_store);
  the_store = NULL;
}

/* The collector finds foreign objects, and the first finalizer deletes the store. */
static void check_collector(wasm_engine_t *engine) {
  wasm_store_t *store = the_store = new_store(engine);
  wasm_instance_t *instance = new_instance(store, "(module (func (export \"f\") (param externref)))");
  wasm_func_t *f = new_func(instance, "f");
  finalized = 0;
  for (int i = 0; i < ROUNDS; i++) {
    wasm_foreign_t *foreign = wasm_foreign_new(store);
    wasm_foreign_set_host_info_with_finalizer(foreign, &finalized, delete_store);
    wasm_val_t value = val_ref(wasm_foreign_as_ref(foreign));
    check_done(sarsen_func_call(f, &value, 1, NULL, 0), "f");
    wasm_foreign_delete(foreign);
  }
  wasm_func_delete(f);
  wasm_instance_delete(instance);
  CHECK(the_store == store && finalized == 0);
  sarsen_store_gc(store);
  /* What the collector has not found went with the store. */
  CHECK(the_store == NULL && finalized == ROUNDS);
}

/* What a deadline's callback was given goes when there is another one. */
static void check_epochs(wasm_engine_t *engine) {
  wasm_store_t *store = the_store = new_store(engine);
  finalized = 0;
  check_done(sarsen_store_set_epoch_callback(store, NULL, &finalized, NULL), "callback");
  CHECK(finalized == 0);
  wasm_memory_t *memory;
  wasm_limits_t limits = {1, 1};
  wasm_memorytype_t *type = wasm_memorytype_new(&limits);
  memory = wasm_memory_new(store, type);
  wasm_memorytype_delete(type);
  wasm_memory_set_host_info_with_finalizer(memory, &finalized, delete_store);
  /* Replaced: the finalizer deletes the store, and the memory is the last that keeps it. */
  wasm_memory_set_host_info(memory, NULL);
  CHECK(finalized == 1 && the_store == NULL);
  CHECK(wasm_memory_size(memory) == 1);
  wasm_memory_delete(memory);
}

static wasm_foreign_t *the_foreign;

static void delete_foreign(void *info) {
  (void)info;
  wasm_foreign_delete(the_foreign);
  the_foreign = NULL;
}

/* Host info whose finalizer deletes the object that has it. */
static void check_info(wasm_engine_t *engine) {
  wasm_store_t *store = new_store(engine);
  the_foreign = wasm_foreign_new(store);
  wasm_store_delete(store);
  wasm_foreign_set_host_info_with_finalizer(the_foreign, &finalized, delete_foreign);
  wasm_foreign_set_host_info(the_foreign, NULL);
  CHECK(the_foreign == NULL);
}

static wasm_table_t *the_table;

static void delete_table(void *info) {
  (void)info;
  wasm_table_delete(the_table);
  the_table = NULL;
}

static wasm_trap_t *fail(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args;
  (void)results;
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, "no start");
  wasm_trap_t *trap = wasm_trap_new((wasm_store_t *)env, &message);
  wasm_byte_vec_delete(&message);
  wasm_trap_set_host_info_with_finalizer(trap, env, delete_table);
  return trap;
}

/* Why the last function has failed is forgotten when another fails, with the trap's host info. */
static void check_last_error(wasm_engine_t *engine) {
  wasm_store_t *store = new_store(engine);
  wasm_functype_t *type = wasm_functype_new_0_0();
  wasm_func_t *func = wasm_func_new_with_env(store, type, fail, store, NULL);
  wasm_functype_delete(type);
  wasm_module_t *module = new_module(store, "(module (import \"\" \"f\" (func $f)) (start $f))");
  wasm_extern_t *externs[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  CHECK(wasm_instance_new(store, module, &imports, NULL) == NULL);
  wasm_module_delete(module);
  wasm_func_delete(func);
  wasm_limits_t limits = {1, 1};
  wasm_tabletype_t *table = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
  the_table = wasm_table_new(store, table, NULL);
  wasm_tabletype_delete(table);
  wasm_store_delete(store);
  CHECK(wasm_table_get(the_table, 7) == NULL);
  CHECK(the_table == NULL);
  check_last("the table has no element 7");
}

static sarsen_linker_t *the_linker;
static wasm_functype_t *nothing;

static wasm_trap_t *none(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)env;
  (void)args;
  (void)results;
  return NULL;
}

/* Tries to define something while the linker is in the middle of that, and deletes it. */
static void delete_linker(void *env) {
  CHECK(env == &finalized);
  finalized++;
  check_error(sarsen_linker_define_func(the_linker, "a", "g", nothing, none, NULL, NULL), "the linker is in use");
  sarsen_linker_delete(the_linker);
  the_linker = NULL;
}

static void check_shadowing(wasm_engine_t *engine) {
  finalized = 0;
  nothing = wasm_functype_new_0_0();
  the_linker = sarsen_linker_new(engine);
  check_done(sarsen_linker_define_func(the_linker, "a", "f", nothing, none, &finalized, delete_linker), "f");
  check_error(sarsen_linker_define_func(the_linker, "a", "f", nothing, none, NULL, NULL), "defined twice");
  CHECK(finalized == 0);
  sarsen_linker_allow_shadowing(the_linker, true);
  check_done(sarsen_linker_define_func(the_linker, "a", "f", nothing, none, NULL, NULL), "f");
  CHECK(finalized == 1 && the_linker == NULL);
  wasm_functype_delete(nothing);
}

static int others = 0;

static void count(void *info) {
  (void)info;
  others++;
}

/* The info of a shared memory that nobody has any more is not that of the next one, wherever that is. */
static void check_shared_memories(wasm_engine_t *engine) {
  wasm_store_t *store = new_store(engine);
  wasm_instance_t *instance = new_instance(store, "(module (memory (export \"m\") 1 2 shared))");
  wasm_memory_t *example = wasm_extern_as_memory(new_export(instance, "m"));
  wasm_memorytype_t *type = wasm_memory_type(example);
  for (int i = 0; i < 10; i++) {
    wasm_memory_t *memory = wasm_memory_new(store, type);
    CHECK(memory != NULL && wasm_memory_get_host_info(memory) == NULL);
    wasm_memory_set_host_info_with_finalizer(memory, &others, count);
    wasm_memory_t *copy = wasm_memory_copy(memory);
    CHECK(wasm_memory_get_host_info(copy) == &others);
    wasm_memory_delete(copy);
    wasm_memory_delete(memory);
  }
  wasm_memorytype_delete(type);
  wasm_memory_delete(example);
  wasm_instance_delete(instance);
  CHECK(others == 0);
  wasm_store_delete(store);
  CHECK(others == 10);
}

int main(void) {
  wasm_engine_t *engine = new_engine();
  check_collector(engine);
  check_epochs(engine);
  check_info(engine);
  check_last_error(engine);
  check_shadowing(engine);
  check_shared_memories(engine);
  wasm_engine_delete(engine);
  return 0;
}
