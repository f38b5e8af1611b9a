/* Where members are, in bytes: the tests beside the library's own types have the same numbers. */

#include "check.h"

#define AT(type, member, offset) CHECK(offsetof(type, member) == (offset))
#define SIZE(type, size) CHECK(sizeof(type) == (size))

enum { WORD = sizeof(void *) };

/* All vectors have this form. */
static void check_vectors(void) {
  SIZE(wasm_byte_vec_t, 2 * WORD);
  AT(wasm_byte_vec_t, size, 0);
  AT(wasm_byte_vec_t, data, WORD);
  SIZE(wasm_val_vec_t, 2 * WORD);
  AT(wasm_val_vec_t, data, WORD);
  SIZE(wasm_extern_vec_t, 2 * WORD);
  AT(wasm_extern_vec_t, data, WORD);
}

static void check_values(void) {
  SIZE(wasm_val_t, 16);
  AT(wasm_val_t, kind, 0);
  AT(wasm_val_t, of, 8);
  SIZE(wasm_limits_t, 8);
  AT(wasm_limits_t, min, 0);
  AT(wasm_limits_t, max, 4);
  SIZE(sarsen_limits_t, 8 * WORD);
  AT(sarsen_limits_t, memory_bytes, 0);
  AT(sarsen_limits_t, total_memory_bytes, WORD);
  AT(sarsen_limits_t, table_elements, 2 * WORD);
  AT(sarsen_limits_t, total_table_elements, 3 * WORD);
  AT(sarsen_limits_t, gc_heap_bytes, 4 * WORD);
  AT(sarsen_limits_t, instances, 5 * WORD);
  AT(sarsen_limits_t, tables, 6 * WORD);
  AT(sarsen_limits_t, memories, 7 * WORD);
}

static void check_component_values(void) {
  AT(sarsen_component_val_t, kind, 0);
  AT(sarsen_component_val_t, of, 8);
  SIZE(sarsen_component_val_t, 8 + sizeof(sarsen_component_of_t));
  SIZE(sarsen_component_of_t, 3 * WORD > 8 ? (3 * WORD + 7) / 8 * 8 : 8);
  AT(sarsen_component_vals_t, size, 0);
  AT(sarsen_component_vals_t, data, WORD);
  AT(sarsen_component_names_t, data, WORD);
  SIZE(sarsen_component_record_t, 3 * WORD);
  AT(sarsen_component_record_t, size, 0);
  AT(sarsen_component_record_t, names, WORD);
  AT(sarsen_component_record_t, vals, 2 * WORD);
  SIZE(sarsen_component_variant_t, 3 * WORD);
  AT(sarsen_component_variant_t, name, 0);
  AT(sarsen_component_variant_t, val, 2 * WORD);
  SIZE(sarsen_component_result_t, 2 * WORD);
  AT(sarsen_component_result_t, is_ok, 0);
  AT(sarsen_component_result_t, val, WORD);
  SIZE(bool, 1);
}

int main(void) {
  check_vectors();
  check_values();
  check_component_values();
  return 0;
}
