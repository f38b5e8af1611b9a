/* Components: values of all kinds through a component and a function of the host's, and what can go wrong. */

#include "check.h"

/*
 * A component with a function from a record to the same record, by way of the host. The record has more in it than parameters
 * can have, so that it is passed in memory, as it comes back: what code does is to pass on where it is.
 */
static const char *text =
    "(component"
    "  (type $shape' (variant (case \"circle\" f64) (case \"point\")))"
    "  (import \"shape\" (type $shape (eq $shape')))"
    "  (type $color' (enum \"red\" \"green\"))"
    "  (import \"color\" (type $color (eq $color')))"
    "  (type $set' (flags \"a\" \"b\" \"c\"))"
    "  (import \"set\" (type $set (eq $set')))"
    "  (type $all' (record"
    "    (field \"yes\" bool) (field \"s8\" s8) (field \"u8\" u8) (field \"s16\" s16) (field \"u16\" u16)"
    "    (field \"s32\" s32) (field \"u32\" u32) (field \"s64\" s64) (field \"u64\" u64)"
    "    (field \"f32\" f32) (field \"f64\" f64) (field \"letter\" char) (field \"text\" string)"
    "    (field \"list\" (list u16)) (field \"pair\" (tuple u8 string))"
    "    (field \"shape\" $shape) (field \"color\" $color) (field \"maybe\" (option string))"
    "    (field \"outcome\" (result u32 (error string))) (field \"set\" $set)))"
    "  (import \"all\" (type $all (eq $all')))"
    "  (import \"host\" (func $host (param \"x\" $all) (result $all)))"
    "  (core module $Libc"
    "    (memory (export \"memory\") 1)"
    "    (global $end (mut i32) (i32.const 16))"
    "    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32)"
    "      (global.set $end (i32.and (i32.add (global.get $end) (i32.const 7)) (i32.const -8)))"
    "      (global.get $end)"
    "      (global.set $end (i32.add (global.get $end) (local.get 3)))))"
    "  (core instance $libc (instantiate $Libc))"
    "  (core func $host' (canon lower (func $host)"
    "    (memory (core memory $libc \"memory\")) (realloc (core func $libc \"realloc\"))))"
    "  (core module $M"
    "    (import \"\" \"host\" (func $host (param i32 i32)))"
    "    (import \"\" \"realloc\" (func $realloc (param i32 i32 i32 i32) (result i32)))"
    "    (func (export \"run\") (param i32) (result i32) (local $place i32)"
    "      (local.set $place (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 1024)))"
    "      (call $host (local.get 0) (local.get $place))"
    "      (local.get $place))"
    "    (func (export \"add\") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))"
    "    (func (export \"fail\") (unreachable)))"
    "  (core instance $m (instantiate $M (with \"\" (instance"
    "    (export \"host\" (func $host')) (export \"realloc\" (func $libc \"realloc\"))))))"
    "  (func (export \"run\") (param \"x\" $all) (result $all)"
    "    (canon lift (core func $m \"run\") (memory (core memory $libc \"memory\")) (realloc (core func $libc \"realloc\"))))"
    "  (func $add (param \"a\" u32) (param \"b\" u32) (result u32) (canon lift (core func $m \"add\")))"
    "  (instance $numbers (export \"add\" (func $add)))"
    "  (export \"math:numbers/ops@1.0.0\" (instance $numbers))"
    "  (func (export \"fail\") (canon lift (core func $m \"fail\"))))";

static int called = 0, finalized = 0;

static void finalize(void *env) {
  CHECK(env == &called);
  finalized++;
}

/* Passes on what it is given, by a copy; or says that it does not like it. */
static sarsen_error_t *host(
    void *env, const sarsen_component_val_t *args, size_t arg_count, sarsen_component_val_t *results,
    size_t result_count) {
  CHECK(env == &called && arg_count == 1 && result_count == 1);
  CHECK(args[0].kind == SARSEN_COMPONENT_RECORD && args[0].of.record.size == 20);
  called++;
  /* Not what the type says: an error that says so. */
  if (called == 2) return NULL;
  sarsen_component_val_copy(&results[0], &args[0]);
  return NULL;
}

static const char *const names[] = {"yes", "s8",     "u8",   "s16",  "u16",  "s32",   "u32",   "s64",   "u64",     "f32",
                                    "f64", "letter", "text", "list", "pair", "shape", "color", "maybe", "outcome", "set"};

/* A record with something in each field. */
static void make(sarsen_component_val_t *out) {
  sarsen_component_val_t fields[20], inner, items[3];
  const char *const set[] = {"a", "c"};
  fields[0].kind = SARSEN_COMPONENT_BOOL;
  fields[0].of.boolean = true;
  fields[1].kind = SARSEN_COMPONENT_S8;
  fields[1].of.s8 = -8;
  fields[2].kind = SARSEN_COMPONENT_U8;
  fields[2].of.u8 = 200;
  fields[3].kind = SARSEN_COMPONENT_S16;
  fields[3].of.s16 = -16000;
  fields[4].kind = SARSEN_COMPONENT_U16;
  fields[4].of.u16 = 65535;
  fields[5].kind = SARSEN_COMPONENT_S32;
  fields[5].of.s32 = INT32_MIN;
  fields[6].kind = SARSEN_COMPONENT_U32;
  fields[6].of.u32 = UINT32_MAX;
  fields[7].kind = SARSEN_COMPONENT_S64;
  fields[7].of.s64 = INT64_MIN;
  fields[8].kind = SARSEN_COMPONENT_U64;
  fields[8].of.u64 = UINT64_MAX;
  fields[9].kind = SARSEN_COMPONENT_F32;
  fields[9].of.f32 = 1.5f;
  fields[10].kind = SARSEN_COMPONENT_F64;
  fields[10].of.f64 = -0.25;
  fields[11].kind = SARSEN_COMPONENT_CHAR;
  fields[11].of.character = 0x1f600;
  sarsen_component_val_string(&fields[12], "gr\xc3\xbc\xc3\x9f dich");
  for (size_t i = 0; i < 3; i++) {
    items[i].kind = SARSEN_COMPONENT_U16;
    items[i].of.u16 = (uint16_t)(i * 1000);
  }
  sarsen_component_val_list(&fields[13], 3, items);
  items[0].kind = SARSEN_COMPONENT_U8;
  items[0].of.u8 = 1;
  sarsen_component_val_string(&items[1], "one");
  sarsen_component_val_tuple(&fields[14], 2, items);
  inner.kind = SARSEN_COMPONENT_F64;
  inner.of.f64 = 2.5;
  sarsen_component_val_variant(&fields[15], "circle", &inner);
  sarsen_component_val_enum(&fields[16], "green");
  sarsen_component_val_string(&inner, "something");
  sarsen_component_val_option(&fields[17], &inner);
  sarsen_component_val_string(&inner, "no luck");
  sarsen_component_val_result(&fields[18], false, &inner);
  sarsen_component_val_flags(&fields[19], 2, set);
  sarsen_component_val_record(out, 20, names, fields);
}

static bool is_text(wasm_name_t name, const char *text_) {
  return name.size == strlen(text_) && memcmp(name.data, text_, name.size) == 0;
}

static void check_record(const sarsen_component_val_t *value) {
  CHECK(value->kind == SARSEN_COMPONENT_RECORD && value->of.record.size == 20);
  for (size_t i = 0; i < 20; i++) CHECK(is_text(value->of.record.names[i], names[i]));
  const sarsen_component_val_t *fields = value->of.record.vals;
  CHECK(fields[0].of.boolean && fields[1].of.s8 == -8 && fields[2].of.u8 == 200);
  CHECK(fields[3].of.s16 == -16000 && fields[4].of.u16 == 65535 && fields[5].of.s32 == INT32_MIN);
  CHECK(fields[6].of.u32 == UINT32_MAX && fields[7].of.s64 == INT64_MIN && fields[8].of.u64 == UINT64_MAX);
  CHECK(fields[9].of.f32 == 1.5f && fields[10].of.f64 == -0.25 && fields[11].of.character == 0x1f600);
  CHECK(fields[12].kind == SARSEN_COMPONENT_STRING && is_text(fields[12].of.string, "gr\xc3\xbc\xc3\x9f dich"));
  CHECK(fields[13].kind == SARSEN_COMPONENT_LIST && fields[13].of.list.size == 3);
  CHECK(fields[13].of.list.data[2].of.u16 == 2000);
  CHECK(fields[14].kind == SARSEN_COMPONENT_TUPLE && is_text(fields[14].of.list.data[1].of.string, "one"));
  CHECK(fields[15].kind == SARSEN_COMPONENT_VARIANT && is_text(fields[15].of.variant.name, "circle"));
  CHECK(fields[15].of.variant.val->of.f64 == 2.5);
  CHECK(fields[16].kind == SARSEN_COMPONENT_ENUM && is_text(fields[16].of.string, "green"));
  CHECK(fields[17].kind == SARSEN_COMPONENT_OPTION && is_text(fields[17].of.option->of.string, "something"));
  CHECK(fields[18].kind == SARSEN_COMPONENT_RESULT && !fields[18].of.result.is_ok);
  CHECK(is_text(fields[18].of.result.val->of.string, "no luck"));
  CHECK(fields[19].kind == SARSEN_COMPONENT_FLAGS && fields[19].of.flags.size == 2);
  CHECK(is_text(fields[19].of.flags.data[1], "c"));
}

static sarsen_component_instance_t *instantiate(
    sarsen_component_linker_t *linker, wasm_store_t *store, sarsen_component_t *component) {
  sarsen_component_instance_t *instance;
  check_done(sarsen_component_linker_instantiate(linker, store, component, &instance), "instantiate");
  CHECK(instance != NULL);
  return instance;
}

static void check_numbers(sarsen_component_instance_t *instance) {
  sarsen_component_func_t *add = sarsen_component_instance_func(instance, "math:numbers/ops@1.0.0", "add");
  CHECK(add != NULL);
  CHECK(sarsen_component_func_param_count(add) == 2 && sarsen_component_func_result_count(add) == 1);
  sarsen_component_val_t args[2], result;
  for (size_t i = 0; i < 2; i++) {
    args[i].kind = SARSEN_COMPONENT_U32;
    args[i].of.u32 = 21;
  }
  check_done(sarsen_component_func_call(add, args, 2, &result, 1), "add");
  CHECK(result.kind == SARSEN_COMPONENT_U32 && result.of.u32 == 42);
  check_error(sarsen_component_func_call(add, args, 1, &result, 1), "expected 2 arguments, found 1");
  check_error(sarsen_component_func_call(add, args, 2, &result, 0), "expected room for 1 results");
  check_error(sarsen_component_func_call(add, args, 2, &result, SIZE_MAX), "expected room for 1 results");
  args[1].kind = SARSEN_COMPONENT_S32;
  check_error(sarsen_component_func_call(add, args, 2, &result, 1), "argument `b`");
  args[1].kind = 99;
  check_error(sarsen_component_func_call(add, args, 2, &result, 1), "no kind 99");
  args[1].kind = SARSEN_COMPONENT_CHAR;
  args[1].of.character = 0xd800;
  check_error(sarsen_component_func_call(add, args, 2, &result, 1), "not a Unicode scalar value");
  sarsen_component_func_delete(add);
  CHECK(sarsen_component_instance_func(instance, NULL, "add") == NULL);
  check_last("exports no function `add`");
  CHECK(sarsen_component_instance_func(instance, "math:numbers/none", "add") == NULL);
}

/* Values that are deeper than the stack, which no type is. */
static void check_depth(sarsen_component_instance_t *instance) {
  sarsen_component_val_t values[2], copy, result;
  for (int deep = 0; deep < 2; deep++) {
    values[deep].kind = SARSEN_COMPONENT_U32;
    values[deep].of.u32 = 7;
    for (int i = 0; i < (deep ? 1000000 : 50); i++) {
      if (i % 4 == 0) sarsen_component_val_option(&values[deep], &values[deep]);
      if (i % 4 == 1) sarsen_component_val_list(&values[deep], 1, &values[deep]);
      if (i % 4 == 2) sarsen_component_val_result(&values[deep], true, &values[deep]);
      if (i % 4 == 3) sarsen_component_val_variant(&values[deep], "a", &values[deep]);
    }
  }
  sarsen_component_func_t *add = sarsen_component_instance_func(instance, "math:numbers/ops@1.0.0", "add");
  check_error(sarsen_component_func_call(add, values, 2, &result, 1), "values deep");
  sarsen_component_val_copy(&copy, &values[1]);
  sarsen_component_val_delete(&values[1]);
  sarsen_component_val_delete(&copy);
  sarsen_component_val_copy(&copy, &values[0]);
  sarsen_component_val_delete(&values[0]);
  const sarsen_component_val_t *inner = &copy;
  for (int i = 49; i >= 0; i--) {
    if (i % 4 == 0) inner = inner->of.option;
    if (i % 4 == 1) inner = inner->of.list.data;
    if (i % 4 == 2) inner = inner->of.result.is_ok ? inner->of.result.val : NULL;
    if (i % 4 == 3) inner = is_text(inner->of.variant.name, "a") ? inner->of.variant.val : NULL;
    CHECK(inner != NULL);
  }
  CHECK(inner->kind == SARSEN_COMPONENT_U32 && inner->of.u32 == 7);
  sarsen_component_val_delete(&copy);
  sarsen_component_func_delete(add);
}

static void check_bytes(wasm_engine_t *engine) {
  sarsen_component_t *component;
  check_error(sarsen_component_new(engine, (const uint8_t *)"(module)", 8, &component), "");
  CHECK(component == NULL);
  check_error(sarsen_component_new(engine, (const uint8_t *)"\0asm\x0d\0\1\0\xff", 9, &component), "");
  check_error(sarsen_component_new_from_file(engine, "no such file", &component), "no such file");
  wasm_byte_vec_t bytes;
  assemble("(component)", &bytes);
  CHECK(sarsen_component_is_component((const uint8_t *)bytes.data, bytes.size));
  FILE *file = fopen("empty.wasm", "wb");
  CHECK(file != NULL && fwrite(bytes.data, 1, bytes.size, file) == bytes.size && fclose(file) == 0);
  check_done(sarsen_component_new_from_file(engine, "empty.wasm", &component), "file");
  sarsen_component_delete(component);
  wasm_byte_vec_delete(&bytes);
}

int main(void) {
  wasm_engine_t *engine = new_engine();
  check_bytes(engine);
  sarsen_component_t *component;
  check_done(sarsen_component_new(engine, (const uint8_t *)text, strlen(text), &component), "component");
  sarsen_component_linker_t *linker = sarsen_component_linker_new(engine);
  check_done(sarsen_component_linker_define_wasi(linker), "wasi");
  wasm_store_t *store = new_store(engine);

  sarsen_component_instance_t *instance;
  sarsen_error_t *error = sarsen_component_linker_instantiate(linker, store, component, &instance);
  CHECK(error != NULL && instance == NULL && sarsen_error_kind(error) == SARSEN_ERROR_UNLINKABLE);
  check_error(error, "host");
  check_done(sarsen_component_linker_define_func(linker, NULL, "host", host, &called, finalize), "define");
  check_error(sarsen_component_linker_define_func(linker, NULL, "host", host, &called, finalize), "defined twice");
  CHECK(finalized == 1);
  check_done(sarsen_component_linker_define_func(linker, "a:b/c", "host", host, &called, NULL), "define");
  instance = instantiate(linker, store, component);
  check_numbers(instance);
  check_depth(instance);

  sarsen_component_func_t *run = sarsen_component_instance_func(instance, NULL, "run");
  CHECK(run != NULL);
  sarsen_component_val_t value, result;
  make(&value);
  check_record(&value);
  check_done(sarsen_component_func_call(run, &value, 1, &result, 1), "run");
  CHECK(called == 1);
  check_record(&result);
  check_record(&value);
  sarsen_component_val_delete(&result);
  CHECK(result.kind == SARSEN_COMPONENT_BOOL);
  sarsen_component_val_delete(&result);
  error = sarsen_component_func_call(run, &value, 1, &result, 1);
  CHECK(called == 2 && error != NULL);
  sarsen_error_delete(error);
  /* After an error, the instance is not entered any more; another one is. */
  error = sarsen_component_func_call(run, &value, 1, &result, 1);
  CHECK(called == 2 && error != NULL);
  sarsen_error_delete(error);
  sarsen_component_func_delete(run);
  sarsen_component_instance_delete(instance);

  instance = instantiate(linker, store, component);
  run = sarsen_component_instance_func(instance, NULL, "run");
  check_done(sarsen_component_func_call(run, &value, 1, &result, 1), "run");
  sarsen_component_val_delete(&result);
  sarsen_component_val_delete(&value);
  sarsen_component_func_t *fail = sarsen_component_instance_func(instance, NULL, "fail");
  CHECK(sarsen_component_func_result_count(fail) == 0);
  error = sarsen_component_func_call(fail, NULL, 0, NULL, 0);
  sarsen_trap_code_t code;
  CHECK(error != NULL && sarsen_error_trap_code(error, &code) && code == SARSEN_TRAP_UNREACHABLE);
  sarsen_error_delete(error);

  sarsen_component_linker_t *traps = sarsen_component_linker_new(engine);
  check_done(sarsen_component_linker_define_unknown_imports_as_traps(traps, component), "traps");
  sarsen_component_instance_t *other = instantiate(traps, store, component);
  check_numbers(other);
  sarsen_component_instance_delete(other);
  sarsen_component_linker_delete(traps);

  sarsen_component_func_delete(fail);
  sarsen_component_func_delete(run);
  sarsen_component_instance_delete(instance);
  sarsen_component_delete(component);
  sarsen_component_linker_delete(linker);
  wasm_store_delete(store);
  CHECK(finalized == 2);
  wasm_engine_delete(engine);
  return 0;
}
