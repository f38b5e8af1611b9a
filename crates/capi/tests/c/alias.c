/* Pointers that are the same, or point into what a function changes; null where nothing is deleted; and numbers that are no kind. */

#include "check.h"

/* Copies inside of a memory, to both sides, are as if there had been something between. */
static void check_copies(wasm_memory_t *memory) {
  char expected[16], found[16];
  for (int to = 0; to < 8; to++) {
    for (int way = 0; way < 2; way++) {
      byte_t *bytes = wasm_memory_data(memory);
      for (int i = 0; i < 16; i++) expected[i] = (char)i;
      check_done(sarsen_memory_write(memory, 100, expected, 16), "write");
      memmove(expected + to, expected + 4, 8);
      if (way == 0) {
        check_done(sarsen_memory_write(memory, 100 + (uint64_t)to, bytes + 104, 8), "write");
      } else {
        check_done(sarsen_memory_read(memory, 104, bytes + 100 + to, 8), "read");
      }
      check_done(sarsen_memory_read(memory, 100, found, 16), "read");
      CHECK(memcmp(expected, found, 16) == 0);
    }
  }
}

static void check_memories(wasm_store_t *store) {
  wasm_instance_t *instance =
      new_instance(store, "(module (memory (export \"own\") 1) (memory (export \"shared\") 1 1 shared))");
  const char *const names[] = {"own", "shared"};
  for (int i = 0; i < 2; i++) {
    wasm_memory_t *memory = wasm_extern_as_memory(new_export(instance, names[i]));
    check_copies(memory);
    /* A copy of nothing needs no place. */
    check_done(sarsen_memory_read(memory, 0x10000, NULL, 0), "read");
    check_done(sarsen_memory_write(memory, 0x10000, NULL, 0), "write");
    check_error(sarsen_memory_write(memory, 0x10001, NULL, 0), "not inside the memory");
    wasm_memory_delete(memory);
  }
  wasm_instance_delete(instance);
}

static void check_outs(wasm_store_t *store) {
  wasm_foreign_t *foreign = wasm_foreign_new(store);
  wasm_val_t value = val_ref(wasm_foreign_as_ref(foreign));
  wasm_val_copy(&value, &value);
  CHECK(value.of.ref != NULL && value.of.ref != wasm_foreign_as_ref(foreign));
  CHECK(wasm_ref_same(value.of.ref, wasm_foreign_as_ref(foreign)));
  wasm_val_delete(&value);
  CHECK(value.of.ref == NULL);
  wasm_val_delete(&value);
  wasm_foreign_delete(foreign);

  wasm_valtype_vec_t empty = WASM_EMPTY_VEC;
  wasm_functype_t *type = wasm_functype_new(&empty, &empty);
  CHECK(wasm_functype_params(type)->size == 0 && wasm_functype_results(type)->size == 0);
  /* One vector cannot be taken twice. */
  wasm_valtype_t *types[] = {wasm_valtype_new_i32()};
  wasm_valtype_vec_t one;
  wasm_valtype_vec_new(&one, 1, types);
  wasm_functype_delete(type);
  type = wasm_functype_new(&one, &one);
  CHECK(wasm_functype_params(type)->size == 1 && wasm_functype_results(type)->size == 0);

  wasm_name_t name;
  wasm_name_new_from_string(&name, "name");
  wasm_importtype_t *import = wasm_importtype_new(&name, &name, wasm_functype_as_externtype(type));
  CHECK(wasm_importtype_module(import)->size == 4 && wasm_importtype_name(import)->size == 0);
  wasm_importtype_delete(import);

  wasm_byte_vec_t bytes;
  wasm_name_new_from_string(&bytes, "bytes");
  char *before = bytes.data;
  wasm_byte_vec_copy(&bytes, &bytes);
  CHECK(bytes.data != before && memcmp(bytes.data, "bytes", 5) == 0);
  wasm_byte_vec_t old = {5, before};
  wasm_byte_vec_delete(&old);
  wasm_byte_vec_delete(&bytes);
}

static void check_component_values(void) {
  sarsen_component_val_t value;
  value.kind = SARSEN_COMPONENT_U8;
  value.of.u8 = 7;
  sarsen_component_val_option(&value, &value);
  sarsen_component_val_variant(&value, "case", &value);
  sarsen_component_val_result(&value, true, &value);
  sarsen_component_val_list(&value, 1, &value);
  sarsen_component_val_tuple(&value, 1, &value);
  const char *const names[] = {"field"};
  sarsen_component_val_record(&value, 1, names, &value);
  const sarsen_component_val_t *inner = value.of.record.vals[0].of.list.data[0].of.list.data[0].of.result.val;
  CHECK(inner->kind == SARSEN_COMPONENT_VARIANT && inner->of.variant.val->of.option->of.u8 == 7);
  sarsen_component_val_t copy = value;
  sarsen_component_val_copy(&value, &value);
  sarsen_component_val_delete(&copy);
  sarsen_component_val_delete(&value);
  CHECK(value.kind == SARSEN_COMPONENT_BOOL && !value.of.boolean);
}

static void check_nulls(void) {
  wasm_val_delete(NULL);
  wasm_val_vec_delete(NULL);
  wasm_byte_vec_delete(NULL);
  wasm_extern_vec_delete(NULL);
  wasm_valtype_vec_delete(NULL);
  wasm_frame_vec_delete(NULL);
  wasm_frame_delete(NULL);
  wasm_ref_delete(NULL);
  wasm_store_delete(NULL);
  wasm_engine_delete(NULL);
  wasm_config_delete(NULL);
  wasm_functype_delete(NULL);
  wasm_importtype_delete(NULL);
  wasm_shared_module_delete(NULL);
  sarsen_component_val_delete(NULL);
  sarsen_error_delete(NULL);
  sarsen_linker_delete(NULL);
  sarsen_wasi_delete(NULL);
  sarsen_output_delete(NULL);
  sarsen_interrupt_delete(NULL);
  sarsen_component_delete(NULL);
  sarsen_component_linker_delete(NULL);
  sarsen_component_instance_delete(NULL);
  sarsen_component_func_delete(NULL);
}

/* Leaves its results as they are. */
static wasm_trap_t *leave(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args;
  const wasm_valkind_t kinds[] = {WASM_I32, WASM_I64, WASM_F32, WASM_F64, WASM_EXTERNREF, WASM_FUNCREF, SARSEN_ANYREF};
  CHECK(results->size == 7);
  for (size_t i = 0; i < 7; i++) CHECK(results->data[i].kind == kinds[i] && results->data[i].of.i64 == 0);
  return NULL;
}

static void check_kinds(wasm_store_t *store) {
  wasm_instance_t *instance = new_instance(store, "(module (func (export \"f\") (param externref)))");
  wasm_func_t *f = new_func(instance, "f");
  for (int kind = 132; kind < 256; kind++) {
    wasm_val_t value, copy;
    value.kind = (wasm_valkind_t)kind;
    value.of.i64 = 0x5555;
    check_error(sarsen_func_call(f, &value, 1, NULL, 0), "found a value of an unknown kind");
    wasm_val_copy(&copy, &value);
    CHECK(copy.kind == kind && copy.of.i64 == 0x5555);
    wasm_val_delete(&copy);
    wasm_val_delete(&value);
  }
  wasm_func_delete(f);
  wasm_instance_delete(instance);

  wasm_valtype_t *types[] = {
      wasm_valtype_new_i32(), wasm_valtype_new_i64(), wasm_valtype_new_f32(), wasm_valtype_new_f64(),
      wasm_valtype_new_externref(), wasm_valtype_new_funcref(), wasm_valtype_new(SARSEN_ANYREF)};
  wasm_valtype_vec_t params = WASM_EMPTY_VEC, results;
  wasm_valtype_vec_new(&results, 7, types);
  wasm_functype_t *type = wasm_functype_new(&params, &results);
  wasm_func_t *func = wasm_func_new(store, type, leave);
  wasm_functype_delete(type);
  wasm_val_t found[7];
  check_done(sarsen_func_call(func, NULL, 0, found, 7), "leave");
  CHECK(found[0].of.i32 == 0 && found[1].of.i64 == 0 && found[2].of.f32 == 0 && found[3].of.f64 == 0);
  for (size_t i = 4; i < 7; i++) CHECK(found[i].of.ref == NULL);
  wasm_func_delete(func);
}

static wasm_instance_t *the_out;

/* Looks at what is to be written at the end of the call that it is in. */
static wasm_trap_t *look(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args;
  (void)results;
  wasm_instance_t **out = (wasm_instance_t **)env;
  CHECK(*out == (wasm_instance_t *)env);
  *out = NULL;
  return NULL;
}

static void check_instantiation(wasm_engine_t *engine, wasm_store_t *store) {
  sarsen_linker_t *linker = sarsen_linker_new(engine);
  wasm_functype_t *type = wasm_functype_new_0_0();
  check_done(sarsen_linker_define_func(linker, "", "f", type, look, &the_out, NULL), "f");
  wasm_functype_delete(type);
  wasm_module_t *module = new_module(store, "(module (import \"\" \"f\" (func $f)) (start $f))");
  the_out = (wasm_instance_t *)&the_out;
  check_done(sarsen_linker_instantiate(linker, store, module, &the_out), "instance");
  CHECK(the_out != NULL && the_out != (wasm_instance_t *)&the_out);
  wasm_instance_delete(the_out);
  wasm_module_delete(module);
  sarsen_linker_delete(linker);
}

int main(void) {
  wasm_engine_t *engine = new_engine();
  wasm_store_t *store = new_store(engine);
  check_memories(store);
  check_outs(store);
  check_component_values();
  check_nulls();
  check_kinds(store);
  check_instantiation(engine, store);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
