/* Components by what they import and export, and resources of the host's: made, looked at, lent, given and dropped. */

#include "check.h"

enum { THING = 7, OTHER = 8 };

/* Makes things by the host, looks at them, gives and takes them. */
static const char *text =
    "(component"
    "  (import \"host:things/all@1.2.0\" (instance $all"
    "    (export \"thing\" (type $thing (sub resource)))"
    "    (export \"[constructor]thing\" (func (param \"x\" u32) (result (own $thing))))"
    "    (export \"[method]thing.look\" (func (param \"self\" (borrow $thing)) (result u32)))))"
    "  (alias export $all \"thing\" (type $thing))"
    "  (type $point' (record (field \"x\" u8) (field \"y\" (option string))))"
    "  (import \"point\" (type $point (eq $point')))"
    "  (import \"log\" (func (param \"at\" $point) (param \"more\" (list (tuple s64 f32)))))"
    "  (core func $make (canon lower (func $all \"[constructor]thing\")))"
    "  (core func $look (canon lower (func $all \"[method]thing.look\")))"
    "  (core func $drop (canon resource.drop $thing))"
    "  (core module $M"
    "    (import \"\" \"make\" (func $make (param i32) (result i32)))"
    "    (import \"\" \"look\" (func $look (param i32) (result i32)))"
    "    (import \"\" \"drop\" (func $drop (param i32)))"
    "    (func (export \"make\") (param i32) (result i32) (call $make (local.get 0)))"
    "    (func (export \"look\") (param i32) (result i32) (local $seen i32)"
    "      (local.set $seen (call $look (local.get 0))) (call $drop (local.get 0)) (local.get $seen))"
    "    (func (export \"end\") (param i32) (call $drop (local.get 0))))"
    "  (core instance $m (instantiate $M (with \"\" (instance"
    "    (export \"make\" (func $make)) (export \"look\" (func $look)) (export \"drop\" (func $drop))))))"
    "  (func $make' (param \"x\" u32) (result (own $thing)) (canon lift (core func $m \"make\")))"
    "  (export \"make\" (func $make'))"
    "  (func $look' (param \"thing\" (borrow $thing)) (result u32) (canon lift (core func $m \"look\")))"
    "  (instance $looking (export \"look\" (func $look')))"
    "  (export \"guest:looking/at@0.1.0\" (instance $looking))"
    "  (func $end (param \"thing\" (own $thing)) (canon lift (core func $m \"end\")))"
    "  (export \"end\" (func $end)))";

static wasm_store_t *store;
static uint32_t destroyed[8];
static size_t destroyed_count = 0;
static int finalized = 0;

static sarsen_error_t *destroy(void *env, uint32_t rep) {
  CHECK(env == &finalized && destroyed_count < 8);
  destroyed[destroyed_count++] = rep;
  /* It may use the store. */
  uint64_t fuel;
  check_error(sarsen_store_fuel(store, &fuel), "does not count fuel");
  return NULL;
}

static void finalize(void *env) {
  CHECK(env == &finalized);
  finalized++;
}

static sarsen_error_t *make(
    void *env, const sarsen_component_val_t *args, size_t arg_count, sarsen_component_val_t *results,
    size_t result_count) {
  (void)env;
  CHECK(arg_count == 1 && result_count == 1);
  return sarsen_component_resource_new(store, THING, args[0].of.u32, &results[0]);
}

static sarsen_error_t *look(
    void *env, const sarsen_component_val_t *args, size_t arg_count, sarsen_component_val_t *results,
    size_t result_count) {
  (void)env;
  CHECK(arg_count == 1 && result_count == 1 && args[0].kind == SARSEN_COMPONENT_RESOURCE);
  CHECK(!sarsen_component_resource_is_owned(args[0].of.resource));
  results[0].kind = SARSEN_COMPONENT_U32;
  return sarsen_component_resource_rep(args[0].of.resource, THING, &results[0].of.u32);
}

static sarsen_error_t *log_nothing(
    void *env, const sarsen_component_val_t *args, size_t arg_count, sarsen_component_val_t *results,
    size_t result_count) {
  (void)env;
  (void)args;
  (void)arg_count;
  (void)results;
  (void)result_count;
  return NULL;
}

static void check_item(
    const sarsen_component_items_t *items, size_t number, const char *name, sarsen_component_item_kind_t kind,
    const char *type) {
  CHECK(sarsen_component_items_name(items, number) != NULL);
  if (strcmp(sarsen_component_items_name(items, number), name) != 0) {
    fprintf(stderr, "expected %s, found %s\n", name, sarsen_component_items_name(items, number));
    exit(1);
  }
  CHECK(sarsen_component_items_kind(items, number) == kind);
  wasm_byte_vec_t found;
  sarsen_component_items_type(items, number, &found);
  if (type == NULL) {
    CHECK(found.size == 0);
  } else if (found.size == 0 || strcmp(found.data, type) != 0) {
    fprintf(stderr, "expected %s, found %s\n", type, found.size == 0 ? "nothing" : found.data);
    exit(1);
  }
  wasm_byte_vec_delete(&found);
}

static void check_types(const sarsen_component_t *component) {
  sarsen_component_items_t *imports = sarsen_component_imports(component);
  CHECK(sarsen_component_items_count(imports) == 3);
  check_item(imports, 0, "host:things/all@1.2.0", SARSEN_COMPONENT_ITEM_INSTANCE, NULL);
  check_item(imports, 1, "point", SARSEN_COMPONENT_ITEM_TYPE, "record { x: u8, y: option<string> }");
  check_item(
      imports, 2, "log", SARSEN_COMPONENT_ITEM_FUNC,
      "func(at: record { x: u8, y: option<string> }, more: list<tuple<s64, f32>>)");
  CHECK(sarsen_component_items_of(imports, 1) == NULL && sarsen_component_items_of(imports, 99) == NULL);
  sarsen_component_items_t *all = sarsen_component_items_of(imports, 0);
  sarsen_component_items_delete(imports);
  CHECK(sarsen_component_items_count(all) == 3);
  check_item(all, 0, "thing", SARSEN_COMPONENT_ITEM_RESOURCE, NULL);
  CHECK(sarsen_component_items_kind(all, 1) == SARSEN_COMPONENT_ITEM_FUNC);
  CHECK(strcmp(sarsen_component_items_name(all, 2), "[method]thing.look") == 0);
  CHECK(sarsen_component_items_name(all, 3) == NULL);
  CHECK(sarsen_component_items_kind(all, SIZE_MAX) == SARSEN_COMPONENT_ITEM_NONE);
  sarsen_component_items_delete(all);

  sarsen_component_items_t *exports = sarsen_component_exports(component);
  CHECK(sarsen_component_items_count(exports) == 3);
  CHECK(strcmp(sarsen_component_items_name(exports, 0), "make") == 0);
  CHECK(strcmp(sarsen_component_items_name(exports, 2), "end") == 0);
  check_item(exports, 1, "guest:looking/at@0.1.0", SARSEN_COMPONENT_ITEM_INSTANCE, NULL);
  sarsen_component_items_t *looking = sarsen_component_items_of(exports, 1);
  CHECK(sarsen_component_items_count(looking) == 1);
  CHECK(strcmp(sarsen_component_items_name(looking, 0), "look") == 0);
  sarsen_component_items_delete(looking);
  sarsen_component_items_delete(exports);
  sarsen_component_items_delete(NULL);
}

static sarsen_component_linker_t *new_linker(wasm_engine_t *engine) {
  const char *all = "host:things/all@1.2.0";
  sarsen_component_linker_t *linker = sarsen_component_linker_new(engine);
  check_done(
      sarsen_component_linker_define_resource(linker, all, "thing", THING, destroy, &finalized, finalize), "thing");
  check_error(
      sarsen_component_linker_define_resource(linker, all, "thing", OTHER, NULL, &finalized, finalize), "defined twice");
  CHECK(finalized == 1);
  check_done(sarsen_component_linker_define_func(linker, all, "[constructor]thing", make, NULL, NULL), "make");
  check_done(sarsen_component_linker_define_func(linker, all, "[method]thing.look", look, NULL, NULL), "look");
  check_done(sarsen_component_linker_define_func(linker, NULL, "log", log_nothing, NULL, NULL), "log");
  /* A name can be defined again if that is said. */
  check_error(sarsen_component_linker_define_func(linker, NULL, "log", log_nothing, NULL, NULL), "defined twice");
  sarsen_component_linker_allow_shadowing(linker, true);
  check_done(sarsen_component_linker_define_func(linker, NULL, "log", log_nothing, NULL, NULL), "log");
  return linker;
}

static void call(
    sarsen_component_func_t *func, const sarsen_component_val_t *arg, sarsen_component_val_t *result, size_t count) {
  check_done(sarsen_component_func_call(func, arg, 1, result, count), "call");
}

int main(void) {
  wasm_engine_t *engine = new_engine();
  store = new_store(engine);
  sarsen_component_t *component;
  check_done(sarsen_component_new(engine, (const uint8_t *)text, strlen(text), &component), "component");
  check_types(component);
  sarsen_component_linker_t *linker = new_linker(engine);

  /* Before anything in the store knows the type, there is nothing of it. */
  sarsen_component_val_t thing, number, result;
  check_error(sarsen_component_resource_new(store, THING, 1, &thing), "no instance in the store knows");
  CHECK(thing.kind == SARSEN_COMPONENT_BOOL);
  sarsen_component_instance_t *instance;
  check_done(sarsen_component_linker_instantiate(linker, store, component, &instance), "instance");
  sarsen_component_func_t *makes = sarsen_component_instance_func(instance, NULL, "make");
  sarsen_component_func_t *looks = sarsen_component_instance_func(instance, "guest:looking/at@0.1.0", "look");
  sarsen_component_func_t *ends = sarsen_component_instance_func(instance, NULL, "end");
  CHECK(makes != NULL && looks != NULL && ends != NULL);
  wasm_byte_vec_t type;
  sarsen_component_func_type(makes, &type);
  CHECK(strncmp(type.data, "func(x: u32) -> own<", 20) == 0);
  wasm_byte_vec_delete(&type);

  /* From the host to the guest and back, whose it is now. */
  number.kind = SARSEN_COMPONENT_U32;
  number.of.u32 = 42;
  call(makes, &number, &thing, 1);
  CHECK(thing.kind == SARSEN_COMPONENT_RESOURCE && sarsen_component_resource_is_owned(thing.of.resource));
  uint32_t rep = 0;
  check_done(sarsen_component_resource_rep(thing.of.resource, THING, &rep), "rep");
  CHECK(rep == 42);
  check_error(sarsen_component_resource_rep(thing.of.resource, OTHER, &rep), "expected a resource");
  /* Lent for a call, it stays. */
  for (int i = 0; i < 2; i++) {
    call(looks, &thing, &result, 1);
    CHECK(result.of.u32 == 42);
  }
  CHECK(destroyed_count == 0);
  check_done(sarsen_component_resource_drop(thing.of.resource), "drop");
  CHECK(destroyed_count == 1 && destroyed[0] == 42);
  check_error(sarsen_component_resource_drop(thing.of.resource), "dropped or passed on before");
  check_error(sarsen_component_func_call(looks, &thing, 1, &result, 1), "dropped or passed on before");
  sarsen_component_val_delete(&thing);

  /* One that the host makes and a guest ends. */
  check_done(sarsen_component_resource_new(store, THING, 43, &thing), "new");
  sarsen_component_instance_delete(instance);
  sarsen_component_func_delete(makes);
  sarsen_component_func_delete(looks);
  check_done(sarsen_component_func_call(ends, &thing, 1, NULL, 0), "end");
  CHECK(destroyed_count == 2 && destroyed[1] == 43);
  check_error(sarsen_component_resource_rep(thing.of.resource, THING, &rep), "dropped or passed on before");
  sarsen_component_func_delete(ends);
  sarsen_component_val_delete(&thing);

  sarsen_component_linker_delete(linker);
  sarsen_component_delete(component);
  CHECK(finalized == 1);
  wasm_store_delete(store);
  CHECK(finalized == 2);
  wasm_engine_delete(engine);
  return 0;
}
