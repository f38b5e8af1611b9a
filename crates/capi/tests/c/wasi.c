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

/* What a guest has read and written by functions of the host's. */
struct streams {
  size_t read, written;
  bool fails;
  char text[32];
  int finalized;
};

static struct streams no_streams(void) {
  struct streams streams;
  memset(&streams, 0, sizeof streams);
  return streams;
}

static size_t give(void *env, uint8_t *buffer, size_t size) {
  struct streams *streams = (struct streams *)env;
  const char *text_ = "abc";
  CHECK(size > 0);
  if (streams->fails) return SIZE_MAX;
  if (streams->read == strlen(text_)) return 0;
  buffer[0] = (uint8_t)text_[streams->read++];
  return 1;
}

static size_t take(void *env, const uint8_t *bytes, size_t size) {
  struct streams *streams = (struct streams *)env;
  CHECK(size > 0);
  if (streams->fails) return 0;
  size_t some = size < 3 ? size : 3;
  CHECK(streams->written + some < sizeof streams->text);
  memcpy(streams->text + streams->written, bytes, some);
  streams->written += some;
  return some;
}

static void end_stream(void *env) { ((struct streams *)env)->finalized++; }

/* A guest that copies what it reads, three times, and says how that went: 0 is success. */
static const char *copier =
    "(module"
    "  (import \"wasi_snapshot_preview1\" \"fd_read\" (func $fd_read (param i32 i32 i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"fd_write\" (func $fd_write (param i32 i32 i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"args_sizes_get\" (func $sizes (param i32 i32) (result i32)))"
    "  (memory (export \"memory\") 1)"
    "  (func (export \"args\") (result i32)"
    "    (drop (call $sizes (i32.const 0) (i32.const 4))) (i32.load (i32.const 0)))"
    "  (func (export \"copy\") (param $to i32) (result i32) (local $left i32) (local $errno i32)"
    "    (local.set $left (i32.const 3))"
    "    (loop $again"
    "      (i32.store (i32.const 0) (i32.const 100))"
    "      (i32.store (i32.const 4) (i32.const 8))"
    "      (local.set $errno (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))"
    "      (if (local.get $errno) (then (return (local.get $errno))))"
    "      (i32.store (i32.const 4) (i32.load (i32.const 8)))"
    "      (local.set $errno (call $fd_write (local.get $to) (i32.const 0) (i32.const 1) (i32.const 8)))"
    "      (if (local.get $errno) (then (return (local.get $errno))))"
    "      (local.set $left (i32.sub (local.get $left) (i32.const 1)))"
    "      (br_if $again (local.get $left)))"
    "    (i32.const 0)))";

static void check_streams(wasm_engine_t *engine, sarsen_linker_t *linker) {
  wasm_store_t *store = new_store(engine);
  struct streams in = no_streams(), out = no_streams(), err = no_streams(), unused = no_streams();
  sarsen_wasi_t *wasi = sarsen_wasi_new();
  sarsen_wasi_stdout_callback(wasi, take, &unused, end_stream);
  sarsen_wasi_stdin_callback(wasi, give, &in, end_stream);
  sarsen_wasi_stdout_callback(wasi, take, &out, end_stream);
  sarsen_wasi_stderr_callback(wasi, take, &err, end_stream);
  sarsen_wasi_inherit_args(wasi);
  check_done(sarsen_wasi_arg(wasi, "more"), "argument");
  CHECK(unused.finalized == 0);
  check_done(sarsen_store_set_wasi(store, wasi), "wasi");
  CHECK(unused.finalized == 1 && out.finalized == 0);
  wasm_module_t *module = new_module(store, copier);
  wasm_instance_t *instance;
  check_done(sarsen_linker_instantiate(linker, store, module, &instance), "instantiate");
  wasm_func_t *copy = new_func(instance, "copy"), *args = new_func(instance, "args");
  CHECK(call_i32(args, NULL, 0) == 2);
  const int32_t to[] = {1, 2};
  CHECK(call_i32(copy, &to[0], 1) == 0);
  CHECK(in.read == 3 && out.written == 3 && memcmp(out.text, "abc", 3) == 0 && err.written == 0);
  in.read = 0;
  CHECK(call_i32(copy, &to[1], 1) == 0);
  CHECK(err.written == 3 && memcmp(err.text, "abc", 3) == 0);
  /* What the host refuses is an error for the guest, who goes on. */
  in.read = 0;
  out.fails = true;
  CHECK(call_i32(copy, &to[0], 1) != 0 && in.read == 1);
  in.fails = true;
  CHECK(call_i32(copy, &to[1], 1) != 0);
  /* Other grants: these end. */
  check_done(sarsen_store_set_wasi(store, sarsen_wasi_new()), "wasi");
  CHECK(in.finalized == 1 && out.finalized == 1 && err.finalized == 1);
  wasm_func_delete(args);
  wasm_func_delete(copy);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
}

/* Grants that are only said, and mistakes. */
static void check_grants(void) {
  struct streams out = no_streams();
  sarsen_wasi_t *wasi = sarsen_wasi_new();
  check_done(sarsen_wasi_allow_listen(wasi, "127.0.0.1:*"), "pattern");
  check_error(sarsen_wasi_allow_listen(wasi, "nonsense"), "");
  check_error(sarsen_wasi_allow_listen(wasi, NULL), "the pattern is null");
  sarsen_wasi_allow_tcp(wasi, false);
  sarsen_wasi_allow_udp(wasi, false);
  sarsen_wasi_allow_name_lookup(wasi, true);
  check_done(sarsen_wasi_initial_dir(wasi, "/work"), "directory");
  check_error(sarsen_wasi_initial_dir(wasi, NULL), "null");
  sarsen_wasi_deterministic(wasi, 7);
  sarsen_wasi_stderr_callback(wasi, take, &out, end_stream);
  CHECK(out.finalized == 0);
  sarsen_wasi_delete(wasi);
  CHECK(out.finalized == 1);
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

  check_streams(engine, linker);
  check_grants();
  sarsen_linker_delete(linker);
  wasm_engine_delete(engine);
  return 0;
}
