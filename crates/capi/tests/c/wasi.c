/* WASI preview 1: arguments, variables, standard streams, directories, and the status that a program exits with. */

#include "check.h"

/* Writes its second argument, its first variable and what it reads from its input; makes a file; exits with 7. */
static const char *text =
    "(module"
    "  (import \"wasi_snapshot_preview1\" \"args_get\" (func $args_get (param i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"environ_get\" (func $environ_get (param i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"fd_read\" (func $fd_read (param i32 i32 i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"fd_write\" (func $fd_write (param i32 i32 i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"path_create_directory\""
    "    (func $mkdir (param i32 i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))"
    "  (memory (export \"memory\") 1)"
    "  (data (i32.const 900) \"made\")"
    "  (func $write (param $fd i32) (param $at i32) (param $len i32)"
    "    (i32.store (i32.const 0) (local.get $at))"
    "    (i32.store (i32.const 4) (local.get $len))"
    "    (drop (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))"
    "  (func (export \"mkdir\") (result i32) (call $mkdir (i32.const 3) (i32.const 900) (i32.const 4)))"
    "  (func (export \"_start\")"
    "    (drop (call $args_get (i32.const 16) (i32.const 100)))"
    "    (call $write (i32.const 1) (i32.load (i32.const 20)) (i32.const 5))"
    "    (drop (call $environ_get (i32.const 16) (i32.const 200)))"
    "    (call $write (i32.const 2) (i32.load (i32.const 16)) (i32.const 3))"
    "    (i32.store (i32.const 0) (i32.const 300))"
    "    (i32.store (i32.const 4) (i32.const 6))"
    "    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))"
    "    (call $write (i32.const 1) (i32.const 300) (i32.load (i32.const 8)))"
    "    (call $exit (i32.const 7))))";

static void check_output(sarsen_output_t *output, const char *expected) {
  wasm_byte_vec_t contents;
  sarsen_output_contents(output, &contents);
  CHECK(contents.size == strlen(expected) && memcmp(contents.data, expected, contents.size) == 0);
  wasm_byte_vec_delete(&contents);
  sarsen_output_delete(output);
}

/* What the guest is told that makes a directory: 0 is success. */
static int32_t make_directory(wasm_engine_t *engine, sarsen_linker_t *linker, sarsen_rights_t rights) {
  wasm_store_t *store = new_store(engine);
  sarsen_wasi_t *wasi = sarsen_wasi_new();
  check_done(sarsen_wasi_preopen_dir(wasi, ".", "/work", rights), "directory");
  check_done(sarsen_store_set_wasi(store, wasi), "wasi");
  wasm_module_t *module = new_module(store, text);
  wasm_instance_t *instance;
  check_done(sarsen_linker_instantiate(linker, store, module, &instance), "instantiate");
  wasm_func_t *mkdir = new_func(instance, "mkdir");
  int32_t told = call_i32(mkdir, NULL, 0);
  wasm_func_delete(mkdir);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  return told;
}

int main(void) {
  wasm_engine_t *engine = new_engine();
  sarsen_linker_t *linker = sarsen_linker_new(engine);
  check_done(sarsen_linker_define_wasi(linker), "wasi");

  wasm_store_t *store = new_store(engine);
  sarsen_wasi_t *wasi = sarsen_wasi_new();
  check_done(sarsen_wasi_arg(wasi, "program"), "argument");
  check_done(sarsen_wasi_arg(wasi, "hello"), "argument");
  check_error(sarsen_wasi_arg(wasi, NULL), "the argument is null");
  check_error(sarsen_wasi_arg(wasi, "\xff"), "not UTF-8");
  check_done(sarsen_wasi_env(wasi, "A", "b"), "variable");
  sarsen_wasi_stdin_bytes(wasi, (const uint8_t *)" input", 6);
  sarsen_output_t *out = sarsen_wasi_collect_stdout(wasi, 100);
  sarsen_output_t *err = sarsen_wasi_collect_stderr(wasi, 100);
  check_error(sarsen_wasi_preopen_dir(wasi, "no such folder", "/", SARSEN_RIGHTS_READ), "no such folder");
  check_error(sarsen_wasi_preopen_dir(wasi, ".", "/", 64), "there are no rights 0x40");
  check_error(sarsen_wasi_allow_connect(wasi, "nonsense:nonsense"), "");
  check_done(sarsen_wasi_allow_connect(wasi, "127.0.0.1:1"), "address");
  check_done(sarsen_store_set_wasi(store, wasi), "wasi");
  check_error(sarsen_store_set_wasi(store, NULL), "null");

  wasm_module_t *module = new_module(store, text);
  wasm_instance_t *instance;
  check_done(sarsen_linker_instantiate(linker, store, module, &instance), "instantiate");
  wasm_func_t *start = new_func(instance, "_start");
  sarsen_error_t *error = sarsen_func_call(start, NULL, 0, NULL, 0);
  uint32_t status = 0;
  CHECK(error != NULL && sarsen_error_kind(error) == SARSEN_ERROR_EXIT);
  CHECK(sarsen_error_exit_status(error, &status) && status == 7);
  sarsen_trap_code_t code;
  CHECK(!sarsen_error_trap_code(error, &code));
  sarsen_error_delete(error);
  check_done(sarsen_store_flush(store), "flush");
  check_output(out, "hello input");
  check_output(err, "A=b");
  wasm_func_delete(start);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);

  CHECK(make_directory(engine, linker, SARSEN_RIGHTS_READ) != 0);
  CHECK(make_directory(engine, linker, SARSEN_RIGHTS_ALL) == 0);
  CHECK(remove("made") == 0);

  /* What is not given to a store is deleted by who has made it. */
  wasi = sarsen_wasi_new();
  sarsen_wasi_inherit_env(wasi);
  sarsen_wasi_inherit_stdin(wasi);
  sarsen_wasi_inherit_stdout(wasi);
  sarsen_wasi_inherit_stderr(wasi);
  sarsen_wasi_inherit_network(wasi);
  sarsen_wasi_delete(wasi);

  sarsen_linker_delete(linker);
  wasm_engine_delete(engine);
  return 0;
}
