/* Memories: bytes that host and guest share, growth, bounds, and memories that threads share. */

#include "check.h"

int main(void) {
  wasm_engine_t *engine = new_engine();
  wasm_store_t *store = new_store(engine);
  wasm_instance_t *instance = new_instance(
      store,
      "(module"
      "  (memory (export \"memory\") 2 4)"
      "  (func (export \"load\") (param i32) (result i32) (i32.load8_u (local.get 0)))"
      "  (func (export \"store\") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))"
      "  (data (i32.const 0x1000) \"\\01\\02\\03\\04\"))");
  wasm_memory_t *memory = wasm_extern_as_memory(new_export(instance, "memory"));
  CHECK(memory != NULL);
  wasm_func_t *load = new_func(instance, "load"), *stores = new_func(instance, "store");

  CHECK(wasm_memory_size(memory) == 2);
  CHECK(wasm_memory_data_size(memory) == 2 * MEMORY_PAGE_SIZE);
  CHECK(memcmp(wasm_memory_data(memory) + 0x1000, "\1\2\3\4", 4) == 0);
  wasm_memory_data(memory)[0x1003] = 9;
  int32_t at[] = {0x1003};
  CHECK(call_i32(load, at, 1) == 9);
  wasm_val_t both[] = {val_i32(0x1002), val_i32(8)};
  check_done(sarsen_func_call(stores, both, 2, NULL, 0), "store");
  CHECK(wasm_memory_data(memory)[0x1002] == 8);

  wasm_val_t end = val_i32(2 * 0x10000), result;
  check_error(sarsen_func_call(load, &end, 1, &result, 1), "out of bounds memory access");

  CHECK(wasm_memory_grow(memory, 1) && wasm_memory_size(memory) == 3);
  check_done(sarsen_func_call(load, &end, 1, &result, 1), "load");
  CHECK(result.of.i32 == 0);
  CHECK(!wasm_memory_grow(memory, 2) && wasm_memory_size(memory) == 3);
  check_last("cannot grow by 2 pages");
  CHECK(!wasm_memory_grow(memory, 0xffffffff));
  CHECK(wasm_memory_grow(memory, 0));

  /* Copies whose bounds are checked. */
  char buffer[4] = {0};
  check_done(sarsen_memory_read(memory, 0x1000, buffer, sizeof buffer), "read");
  CHECK(memcmp(buffer, "\1\2\10\11", 4) == 0);
  check_done(sarsen_memory_write(memory, 3 * 0x10000 - 4, buffer, sizeof buffer), "write");
  check_error(sarsen_memory_write(memory, 3 * 0x10000 - 3, buffer, sizeof buffer), "not inside the memory");
  check_error(sarsen_memory_read(memory, 3 * 0x10000 - 3, buffer, sizeof buffer), "not inside the memory");
  check_error(sarsen_memory_read(memory, UINT64_MAX, buffer, sizeof buffer), "not inside the memory");
  check_error(sarsen_memory_read(memory, 0, buffer, SIZE_MAX), "not inside the memory");
  CHECK(memcmp(buffer, "\1\2\10\11", 4) == 0);

  wasm_memorytype_t *type = wasm_memory_type(memory);
  CHECK(wasm_memorytype_limits(type)->min == 2 && wasm_memorytype_limits(type)->max == 4);
  wasm_memorytype_delete(type);

  wasm_limits_t limits = {5, 5};
  type = wasm_memorytype_new(&limits);
  wasm_memory_t *host = wasm_memory_new(store, type);
  CHECK(host != NULL && wasm_memory_size(host) == 5 && !wasm_memory_grow(host, 1));
  CHECK(wasm_memory_grow(host, 0) && !wasm_memory_same(host, memory));
  wasm_memorytype_delete(type);
  wasm_limits_t impossible = {6, 5};
  type = wasm_memorytype_new(&impossible);
  CHECK(wasm_memory_new(store, type) == NULL);
  check_last("minimum");
  wasm_memorytype_delete(type);

  /* A memory that threads share has the type that its module gives it. */
  wasm_instance_t *sharing = new_instance(store, "(module (memory (export \"memory\") 1 2 shared))");
  wasm_memory_t *shared = wasm_extern_as_memory(new_export(sharing, "memory"));
  CHECK(shared != NULL && wasm_memory_size(shared) == 1);
  wasm_memory_data(shared)[1] = 3;
  check_done(sarsen_memory_read(shared, 0, buffer, sizeof buffer), "read");
  CHECK(buffer[1] == 3);
  type = wasm_memory_type(shared);
  wasm_memory_t *another = wasm_memory_new(store, type);
  wasm_memorytype_delete(type);
  CHECK(another != NULL && !wasm_memory_same(shared, another));
  CHECK(wasm_memory_grow(another, 1) && !wasm_memory_grow(another, 1));

  wasm_memory_delete(another);
  wasm_memory_delete(shared);
  wasm_instance_delete(sharing);
  wasm_memory_delete(host);
  wasm_memory_delete(memory);
  wasm_func_delete(load);
  wasm_func_delete(stores);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
