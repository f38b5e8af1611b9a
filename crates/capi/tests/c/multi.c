/* Functions of several results, and values of all kinds of numbers. */

#include "check.h"

/* Turns four values around. */
static wasm_trap_t *around(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  CHECK(args->size == 4 && results->size == 4);
  for (size_t i = 0; i < 4; i++) wasm_val_copy(&results->data[i], &args->data[3 - i]);
  return NULL;
}

int main(void) {
  wasm_engine_t *engine = new_engine();
  wasm_store_t *store = new_store(engine);

  wasm_valtype_t *kinds[] = {
      wasm_valtype_new_i32(), wasm_valtype_new_i64(), wasm_valtype_new_f32(), wasm_valtype_new_f64()};
  wasm_valtype_vec_t params, results, turned;
  wasm_valtype_vec_new(&params, 4, kinds);
  wasm_valtype_vec_copy(&turned, &params);
  wasm_valtype_vec_new_uninitialized(&results, 4);
  for (size_t i = 0; i < 4; i++) {
    results.data[i] = turned.data[3 - i];
    turned.data[3 - i] = NULL;
  }
  wasm_valtype_vec_delete(&turned);
  CHECK(turned.size == 0 && turned.data == NULL);
  wasm_functype_t *type = wasm_functype_new(&params, &results);
  CHECK(params.size == 0 && results.size == 0);
  wasm_func_t *host = wasm_func_new(store, type, around);
  wasm_functype_delete(type);
  CHECK(wasm_func_param_arity(host) == 4 && wasm_func_result_arity(host) == 4);

  wasm_extern_t *imports[] = {wasm_func_as_extern(host)};
  wasm_instance_t *instance = new_instance_with(
      store,
      "(module"
      "  (import \"\" \"f\" (func $f (param i32 i64 f32 f64) (result f64 f32 i64 i32)))"
      "  (func (export \"g\") (param i32 i64 f32 f64) (result f64 f32 i64 i32)"
      "    (call $f (local.get 0) (local.get 1) (local.get 2) (local.get 3))))",
      imports, 1);
  wasm_func_t *g = new_func(instance, "g");

  wasm_val_t args[] = {WASM_I32_VAL(-1), WASM_I64_VAL(INT64_MIN), WASM_F32_VAL(0.5f), WASM_F64_VAL(-2.25)};
  wasm_val_t out[] = {WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL};
  wasm_val_vec_t given = WASM_ARRAY_VEC(args), got = WASM_ARRAY_VEC(out);
  CHECK(wasm_func_call(g, &given, &got) == NULL);
  CHECK(out[0].kind == WASM_F64 && out[0].of.f64 == -2.25);
  CHECK(out[1].kind == WASM_F32 && out[1].of.f32 == 0.5f);
  CHECK(out[2].kind == WASM_I64 && out[2].of.i64 == INT64_MIN);
  CHECK(out[3].kind == WASM_I32 && out[3].of.i32 == -1);
  /* Room for more than there is stays as it was. */
  CHECK(out[4].kind == WASM_EXTERNREF && out[4].of.ref == NULL);

  wasm_val_t pointer;
  wasm_val_init_ptr(&pointer, &args);
  CHECK(wasm_val_ptr(&pointer) == &args);

  wasm_func_delete(host);
  wasm_func_delete(g);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
