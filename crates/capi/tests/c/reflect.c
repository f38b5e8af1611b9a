/* What a module imports and exports, by names and types, and types by themselves. */

#include "check.h"

static bool is_name(const wasm_name_t *name, const char *text) {
  return name->size == strlen(text) && memcmp(name->data, text, name->size) == 0;
}

static void check_limits(const wasm_limits_t *limits, uint32_t min, uint32_t max) {
  CHECK(limits->min == min && limits->max == max);
}

static wasm_trap_t *seven(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args;
  results->data[0] = val_i32(7);
  return NULL;
}

/* A function of exactly the type that a module imports, which is more than its parameters and results. */
static void check_exact_types(wasm_store_t *store) {
  wasm_module_t *module = new_module(
      store,
      "(module (rec (type $a (sub (func (result i32)))) (type (struct)))"
      "  (import \"\" \"f\" (func $f (type $a))) (export \"f\" (func $f)))");
  wasm_importtype_vec_t imports;
  wasm_module_imports(module, &imports);
  wasm_functype_t *type =
      wasm_functype_copy(wasm_externtype_as_functype_const(wasm_importtype_type(imports.data[0])));
  wasm_importtype_vec_delete(&imports);
  wasm_func_t *func = wasm_func_new(store, type, seven);
  wasm_functype_delete(type);
  wasm_extern_t *externs[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t given = WASM_ARRAY_VEC(externs);
  wasm_trap_t *trap;
  wasm_instance_t *instance = wasm_instance_new(store, module, &given, &trap);
  if (trap != NULL) check_done(sarsen_error_of_trap(trap), "instance");
  wasm_func_t *f = new_func(instance, "f");
  CHECK(call_i32(f, NULL, 0) == 7);
  /* What a function says of its type is that type, too. */
  type = wasm_func_type(f);
  wasm_func_t *another = wasm_func_new(store, type, seven);
  wasm_functype_delete(type);
  externs[0] = wasm_func_as_extern(another);
  wasm_instance_t *second = wasm_instance_new(store, module, &given, &trap);
  CHECK(second != NULL);
  wasm_instance_delete(second);
  wasm_func_delete(another);
  wasm_func_delete(f);
  wasm_func_delete(func);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
}

int main(void) {
  wasm_engine_t *engine = new_engine();
  wasm_store_t *store = new_store(engine);
  wasm_module_t *module = new_module(
      store,
      "(module"
      "  (import \"env\" \"log\" (func (param i32 f64)))"
      "  (import \"env\" \"\" (global (mut externref)))"
      "  (import \"t\" \"table\" (table 3 funcref))"
      "  (import \"m\" \"memory\" (memory 1 9))"
      "  (tag (export \"tag\") (param i32))"
      "  (func (export \"f\") (param i64 v128 anyref) (result i32 i32) (unreachable))"
      "  (global (export \"g\") f32 (f32.const 1))"
      "  (table (export \"tab\") 2 5 externref)"
      "  (memory (export \"mem\") i64 7))");

  wasm_importtype_vec_t imports;
  wasm_module_imports(module, &imports);
  CHECK(imports.size == 4);
  CHECK(is_name(wasm_importtype_module(imports.data[0]), "env"));
  CHECK(is_name(wasm_importtype_name(imports.data[0]), "log"));
  CHECK(wasm_importtype_name(imports.data[1])->size == 0);
  const wasm_externtype_t *type = wasm_importtype_type(imports.data[0]);
  CHECK(wasm_externtype_kind(type) == WASM_EXTERN_FUNC);
  const wasm_functype_t *log = wasm_externtype_as_functype_const(type);
  CHECK(log != NULL && wasm_externtype_as_globaltype_const(type) == NULL);
  CHECK(wasm_functype_params(log)->size == 2 && wasm_functype_results(log)->size == 0);
  CHECK(wasm_valtype_is_num(wasm_functype_params(log)->data[1]));

  const wasm_globaltype_t *global = wasm_externtype_as_globaltype_const(wasm_importtype_type(imports.data[1]));
  CHECK(global != NULL && wasm_globaltype_mutability(global) == WASM_VAR);
  CHECK(wasm_valtype_is_ref(wasm_globaltype_content(global)));
  CHECK(wasm_valtype_kind(wasm_globaltype_content(global)) == WASM_EXTERNREF);
  const wasm_tabletype_t *table = wasm_externtype_as_tabletype_const(wasm_importtype_type(imports.data[2]));
  CHECK(table != NULL && wasm_valtype_kind(wasm_tabletype_element(table)) == WASM_FUNCREF);
  check_limits(wasm_tabletype_limits(table), 3, wasm_limits_max_default);
  const wasm_memorytype_t *memory = wasm_externtype_as_memorytype_const(wasm_importtype_type(imports.data[3]));
  CHECK(memory != NULL);
  check_limits(wasm_memorytype_limits(memory), 1, 9);

  wasm_exporttype_vec_t exports;
  wasm_module_exports(module, &exports);
  CHECK(exports.size == 5);
  CHECK(is_name(wasm_exporttype_name(exports.data[0]), "tag"));
  CHECK(wasm_externtype_kind(wasm_exporttype_type(exports.data[0])) == SARSEN_EXTERN_TAG);
  CHECK(wasm_externtype_as_functype_const(wasm_exporttype_type(exports.data[0])) == NULL);
  const wasm_functype_t *f = wasm_externtype_as_functype_const(wasm_exporttype_type(exports.data[1]));
  CHECK(f != NULL && wasm_functype_params(f)->size == 3 && wasm_functype_results(f)->size == 2);
  CHECK(wasm_valtype_kind(wasm_functype_params(f)->data[1]) == SARSEN_V128);
  CHECK(wasm_valtype_kind(wasm_functype_params(f)->data[2]) == SARSEN_ANYREF);
  check_limits(
      wasm_memorytype_limits(wasm_externtype_as_memorytype_const(wasm_exporttype_type(exports.data[4]))), 7,
      wasm_limits_max_default);

  /* Copies live by themselves. */
  wasm_exporttype_vec_t copies;
  wasm_exporttype_vec_copy(&copies, &exports);
  wasm_exporttype_vec_delete(&exports);
  wasm_importtype_t *import = wasm_importtype_copy(imports.data[0]);
  wasm_importtype_vec_delete(&imports);
  wasm_module_delete(module);
  CHECK(is_name(wasm_exporttype_name(copies.data[3]), "tab"));
  CHECK(is_name(wasm_importtype_module(import), "env"));
  wasm_externtype_t *table_copy = wasm_externtype_copy(wasm_exporttype_type(copies.data[3]));
  wasm_exporttype_vec_delete(&copies);
  check_limits(wasm_tabletype_limits(wasm_externtype_as_tabletype(table_copy)), 2, 5);
  wasm_externtype_delete(table_copy);
  wasm_importtype_delete(import);

  /* Types that nothing has. */
  wasm_name_t module_name, name;
  wasm_name_new_from_string(&module_name, "a");
  wasm_name_new_from_string(&name, "b");
  wasm_functype_t *made = wasm_functype_new_3_2(
      wasm_valtype_new_i32(), wasm_valtype_new_funcref(), wasm_valtype_new_externref(), wasm_valtype_new_f32(),
      wasm_valtype_new_i64());
  wasm_functype_t *made_copy = wasm_functype_copy(made);
  import = wasm_importtype_new(&module_name, &name, wasm_functype_as_externtype(made));
  CHECK(is_name(wasm_importtype_name(import), "b") && name.size == 0);
  made = wasm_externtype_as_functype((wasm_externtype_t *)wasm_importtype_type(import));
  CHECK(wasm_valtype_kind(wasm_functype_params(made)->data[1]) == WASM_FUNCREF);
  wasm_importtype_delete(import);
  CHECK(wasm_valtype_kind(wasm_functype_results(made_copy)->data[1]) == WASM_I64);
  wasm_functype_delete(made_copy);
  CHECK(wasm_valtype_new(77) == NULL);
  check_last("there is no kind 77 of values");
  CHECK(wasm_valtype_new(200) == NULL);
  check_last("there is no kind 200 of values");

  /* Types of nothing: what comes with them is deleted. */
  wasm_name_new_from_string(&module_name, "a");
  wasm_name_new_from_string(&name, "b");
  CHECK(wasm_importtype_new(&module_name, &name, NULL) == NULL && name.data == NULL);
  check_last("the type of the import is null");
  wasm_name_new_from_string(&name, "b");
  CHECK(wasm_exporttype_new(&name, NULL) == NULL && name.data == NULL);
  check_last("the type of the export is null");
  CHECK(wasm_globaltype_new(NULL, WASM_VAR) == NULL);
  check_last("the type of the content is null");
  wasm_limits_t limits = {1, 1};
  CHECK(wasm_tabletype_new(NULL, &limits) == NULL);
  check_last("the type of the elements is null");
  check_exact_types(store);

  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
