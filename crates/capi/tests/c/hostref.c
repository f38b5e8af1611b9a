/* References to things of the host's: through globals, tables, functions, and the collector. */

#include "check.h"

static int finalized = 0;

static void finalize(void *info) {
  (void)info;
  finalized++;
}

static wasm_trap_t *pass(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  wasm_val_copy(&results->data[0], &args->data[0]);
  return NULL;
}

/* Calls a function from reference to reference. */
static wasm_ref_t *call_ref(wasm_func_t *func, wasm_ref_t *ref) {
  wasm_val_t arg = val_ref(ref), result;
  check_done(sarsen_func_call(func, &arg, 1, &result, 1), "call");
  CHECK(wasm_valkind_is_ref(result.kind));
  return result.of.ref;
}

static void check_through(wasm_func_t *func, wasm_ref_t *ref) {
  wasm_ref_t *back = call_ref(func, ref);
  CHECK(wasm_ref_same(back, ref));
  CHECK(ref == NULL || wasm_ref_get_host_info(back) == wasm_ref_get_host_info(ref));
  wasm_ref_delete(back);
}

int main(void) {
  wasm_engine_t *engine = new_engine();
  wasm_store_t *store = new_store(engine);
  wasm_functype_t *type = wasm_functype_new_1_1(wasm_valtype_new_externref(), wasm_valtype_new_externref());
  wasm_func_t *host = wasm_func_new(store, type, pass);
  wasm_functype_delete(type);
  wasm_extern_t *imports[] = {wasm_func_as_extern(host)};
  wasm_instance_t *instance = new_instance_with(
      store,
      "(module"
      "  (import \"\" \"f\" (func $f (param externref) (result externref)))"
      "  (global $g (export \"global\") (mut externref) (ref.null extern))"
      "  (table $t (export \"table\") 10 externref)"
      "  (func (export \"set\") (param externref) (global.set $g (local.get 0)))"
      "  (func (export \"get\") (result externref) (global.get $g))"
      "  (func (export \"pass\") (param externref) (result externref) (call $f (local.get 0)))"
      "  (func (export \"through\") (param externref) (result externref)"
      "    (table.set $t (i32.const 3) (local.get 0)) (table.get $t (i32.const 3)))"
      "  (func (export \"inside\") (result anyref) (struct.new $s (i32.const 5)))"
      "  (func (export \"field\") (param anyref) (result i32)"
      "    (struct.get $s 0 (ref.cast (ref $s) (local.get 0))))"
      "  (func (export \"out\") (result externref) (extern.convert_any (ref.i31 (i32.const 1))))"
      "  (type $s (struct (field i32))))",
      imports, 1);
  wasm_func_t *set = new_func(instance, "set"), *get = new_func(instance, "get");
  wasm_func_t *passes = new_func(instance, "pass"), *through = new_func(instance, "through");

  int info = 1;
  wasm_foreign_t *first = wasm_foreign_new(store), *second = wasm_foreign_new(store);
  wasm_foreign_set_host_info_with_finalizer(first, &info, finalize);
  CHECK(!wasm_foreign_same(first, second));
  check_through(passes, NULL);
  check_through(passes, wasm_foreign_as_ref(first));
  check_through(passes, wasm_foreign_as_ref(second));
  check_through(through, wasm_foreign_as_ref(first));
  check_through(through, NULL);
  /* Any object can be one. */
  check_through(passes, wasm_func_as_ref(set));
  check_through(through, wasm_instance_as_ref(instance));

  wasm_ref_t *back = call_ref(passes, wasm_foreign_as_ref(first));
  CHECK(wasm_ref_as_foreign(back) != NULL && wasm_ref_as_func(back) == NULL);
  wasm_ref_delete(back);

  wasm_global_t *global = wasm_extern_as_global(new_export(instance, "global"));
  wasm_val_t value = val_ref(wasm_foreign_as_ref(first)), got;
  wasm_global_set(global, &value);
  check_done(sarsen_func_call(get, NULL, 0, &got, 1), "get");
  CHECK(wasm_ref_same(got.of.ref, wasm_foreign_as_ref(first)));
  wasm_val_t copy;
  wasm_val_copy(&copy, &got);
  wasm_val_delete(&got);
  CHECK(got.of.ref == NULL && wasm_ref_same(copy.of.ref, wasm_foreign_as_ref(first)));
  wasm_val_delete(&copy);

  wasm_table_t *table = wasm_extern_as_table(new_export(instance, "table"));
  CHECK(wasm_table_set(table, 5, wasm_foreign_as_ref(second)));
  back = wasm_table_get(table, 5);
  CHECK(wasm_ref_same(back, wasm_foreign_as_ref(second)));
  wasm_ref_delete(back);

  /* What a guest holds stays; what nobody holds goes when the collector runs, or the store. */
  wasm_foreign_delete(first);
  sarsen_store_gc(store);
  CHECK(finalized == 0);
  wasm_global_get(global, &got);
  CHECK(wasm_ref_get_host_info(got.of.ref) == &info);
  wasm_val_delete(&got);

  /* References into the guest's own heap. */
  wasm_func_t *inside = new_func(instance, "inside"), *field = new_func(instance, "field");
  check_done(sarsen_func_call(inside, NULL, 0, &got, 1), "inside");
  CHECK(got.kind == SARSEN_ANYREF && got.of.ref != NULL);
  sarsen_store_gc(store);
  wasm_val_copy(&copy, &got);
  CHECK(wasm_ref_same(copy.of.ref, got.of.ref));
  wasm_val_delete(&got);
  wasm_val_t number;
  check_done(sarsen_func_call(field, &copy, 1, &number, 1), "field");
  CHECK(number.of.i32 == 5);
  check_done(sarsen_func_call(inside, NULL, 0, &got, 1), "inside");
  CHECK(!wasm_ref_same(copy.of.ref, got.of.ref));
  int before = finalized;
  wasm_ref_set_host_info_with_finalizer(got.of.ref, &info, finalize);
  CHECK(finalized == before + 1 && wasm_ref_get_host_info(got.of.ref) == NULL);
  check_error(sarsen_func_call(set, &copy, 1, NULL, 0), "argument 0");
  wasm_val_delete(&got);
  wasm_val_delete(&copy);
  wasm_func_t *out = new_func(instance, "out");
  check_done(sarsen_func_call(out, NULL, 0, &got, 1), "out");
  check_through(passes, got.of.ref);
  wasm_val_delete(&got);

  wasm_func_delete(out);
  wasm_func_delete(inside);
  wasm_func_delete(field);
  wasm_table_delete(table);
  wasm_global_delete(global);
  wasm_foreign_delete(second);
  wasm_func_delete(set);
  wasm_func_delete(get);
  wasm_func_delete(passes);
  wasm_func_delete(through);
  wasm_func_delete(host);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  CHECK(finalized == before + 2);
  wasm_engine_delete(engine);
  return 0;
}
