/*
 * sarsen.h: what Sarsen adds to wasm.h: configurations, errors, linking by name, WASI, limits, fuel, components.
 *
 * What wasm.h says of ownership, null, checks and threads holds here. Functions that can fail return an error, which is the
 * caller's, or null if they have not failed. What they make is written to `out`, and is the caller's; it is null if
 * there is an error. Text is UTF-8 with a NUL at the end. Configurations and what WASI grants are used by one thread at a time;
 * with a linker, any number of threads can make instances at once, or one can define.
 *
 * This file is made from the sources by `cargo xtask capi --header`.
 */

#ifndef SARSEN_H
#define SARSEN_H


#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "wasm.h"

/* Called once with a pointer of the host's that is not needed any more; can be null. */
typedef void (*sarsen_finalizer_t)(void *);


// Wrong use of a function, or an error of the host's.
#define SARSEN_ERROR_OTHER 0

// Bytes or text that are not a module.
#define SARSEN_ERROR_MALFORMED 1

// A module that breaks a rule.
#define SARSEN_ERROR_INVALID 2

// A limit of the engine's or the host's.
#define SARSEN_ERROR_LIMIT 3

// Imports that do not fit.
#define SARSEN_ERROR_UNLINKABLE 4

// Code has trapped: see `sarsen_error_trap_code`.
#define SARSEN_ERROR_TRAP 5

// The stack is exhausted.
#define SARSEN_ERROR_EXHAUSTION 6

// An exception that nothing has caught.
#define SARSEN_ERROR_EXCEPTION 7

// The engine is wrong: please report it.
#define SARSEN_ERROR_BUG 8

// The program has ended itself: see `sarsen_error_exit_status`.
#define SARSEN_ERROR_EXIT 9

// `unreachable` was executed.
#define SARSEN_TRAP_UNREACHABLE 0

// A memory access was out of bounds.
#define SARSEN_TRAP_MEMORY_OUT_OF_BOUNDS 1

// A table access was out of bounds.
#define SARSEN_TRAP_TABLE_OUT_OF_BOUNDS 2

// A call went past the end of the table.
#define SARSEN_TRAP_UNDEFINED_ELEMENT 3

// A call hit a null element.
#define SARSEN_TRAP_UNINITIALIZED_ELEMENT 4

// A call hit a function of another type.
#define SARSEN_TRAP_INDIRECT_CALL_TYPE_MISMATCH 5

// An integer was divided by zero.
#define SARSEN_TRAP_INTEGER_DIVIDE_BY_ZERO 6

// An integer has no room for a result.
#define SARSEN_TRAP_INTEGER_OVERFLOW 7

// What is not a number was converted to an integer.
#define SARSEN_TRAP_INVALID_CONVERSION_TO_INTEGER 8

// The stack is exhausted.
#define SARSEN_TRAP_STACK_OVERFLOW 9

// A null reference was used.
#define SARSEN_TRAP_NULL_REFERENCE 10

// A null function reference was called.
#define SARSEN_TRAP_NULL_FUNCTION_REFERENCE 11

// A null structure reference was accessed.
#define SARSEN_TRAP_NULL_STRUCTURE_REFERENCE 12

// A null array reference was accessed.
#define SARSEN_TRAP_NULL_ARRAY_REFERENCE 13

// A null `i31` reference was unpacked.
#define SARSEN_TRAP_NULL_I31_REFERENCE 14

// A null exception reference was thrown.
#define SARSEN_TRAP_NULL_EXCEPTION_REFERENCE 15

// An array access was out of bounds.
#define SARSEN_TRAP_ARRAY_OUT_OF_BOUNDS 16

// A reference was cast to a type that it has not.
#define SARSEN_TRAP_CAST_FAILURE 17

// An atomic access was not aligned.
#define SARSEN_TRAP_UNALIGNED_ATOMIC 18

// Code waited on a memory that is not shared.
#define SARSEN_TRAP_EXPECTED_SHARED_MEMORY 19

// The heap of the garbage collector cannot hold another object.
#define SARSEN_TRAP_HEAP_EXHAUSTED 20

// Fuel ran out.
#define SARSEN_TRAP_OUT_OF_FUEL 21

// The host asked the code to stop.
#define SARSEN_TRAP_INTERRUPTED 22

// Kinds of values that wasm.h does not name. A vector has no form in a `wasm_val_t`: functions with them cannot be called.
#define SARSEN_V128 4

// A reference into the guest's heap.
#define SARSEN_ANYREF 130

// A reference to an exception.
#define SARSEN_EXNREF 131

// A kind of what can be imported that wasm.h does not name: a tag of exceptions.
#define SARSEN_EXTERN_TAG 4

// In the interpreter first, compiled when they are hot. This is the default.
#define SARSEN_STRATEGY_TIERED 0

// In the interpreter.
#define SARSEN_STRATEGY_INTERPRETER 1

// Compiled before the first call.
#define SARSEN_STRATEGY_JIT 2

// Read directories and files.
#define SARSEN_RIGHTS_READ 1

// Write files that are there.
#define SARSEN_RIGHTS_WRITE 2

// Make, rename and remove files and directories.
#define SARSEN_RIGHTS_CHANGE 4

// Everything.
#define SARSEN_RIGHTS_ALL 7

// A function: see `sarsen_component_items_type`.
#define SARSEN_COMPONENT_ITEM_FUNC 0

// An instance, an interface for example: see `sarsen_component_items_of`.
#define SARSEN_COMPONENT_ITEM_INSTANCE 1

// A type of resources.
#define SARSEN_COMPONENT_ITEM_RESOURCE 2

// A type of values: see `sarsen_component_items_type`.
#define SARSEN_COMPONENT_ITEM_TYPE 3

// A core module.
#define SARSEN_COMPONENT_ITEM_MODULE 4

// A component.
#define SARSEN_COMPONENT_ITEM_COMPONENT 5

// A type of something else.
#define SARSEN_COMPONENT_ITEM_OTHER 6

// There is nothing of this number.
#define SARSEN_COMPONENT_ITEM_NONE 255

// `of.boolean`
#define SARSEN_COMPONENT_BOOL 0

// `of.s8`
#define SARSEN_COMPONENT_S8 1

// `of.u8`
#define SARSEN_COMPONENT_U8 2

// `of.s16`
#define SARSEN_COMPONENT_S16 3

// `of.u16`
#define SARSEN_COMPONENT_U16 4

// `of.s32`
#define SARSEN_COMPONENT_S32 5

// `of.u32`
#define SARSEN_COMPONENT_U32 6

// `of.s64`
#define SARSEN_COMPONENT_S64 7

// `of.u64`
#define SARSEN_COMPONENT_U64 8

// `of.f32`
#define SARSEN_COMPONENT_F32 9

// `of.f64`
#define SARSEN_COMPONENT_F64 10

// `of.character`: a Unicode scalar value
#define SARSEN_COMPONENT_CHAR 11

// `of.string`
#define SARSEN_COMPONENT_STRING 12

// `of.list`
#define SARSEN_COMPONENT_LIST 13

// `of.list`, whose items are tuples of a key and a value
#define SARSEN_COMPONENT_MAP 14

// `of.record`
#define SARSEN_COMPONENT_RECORD 15

// `of.list`
#define SARSEN_COMPONENT_TUPLE 16

// `of.variant`
#define SARSEN_COMPONENT_VARIANT 17

// `of.string`
#define SARSEN_COMPONENT_ENUM 18

// `of.option`
#define SARSEN_COMPONENT_OPTION 19

// `of.result`
#define SARSEN_COMPONENT_RESULT 20

// `of.flags`: those that are set
#define SARSEN_COMPONENT_FLAGS 21

// `of.resource`
#define SARSEN_COMPONENT_RESOURCE 22

// A function of an instance. It keeps its store.
typedef struct sarsen_component_func_t sarsen_component_func_t;

// An instance of a component. It keeps its store.
typedef struct sarsen_component_instance_t sarsen_component_instance_t;

// What a component or an instance imports or exports, in its order.
typedef struct sarsen_component_items_t sarsen_component_items_t;

// Definitions by name, from which the imports of components are taken. Any number of instances can be made with it, in any
// stores of its engine.
typedef struct sarsen_component_linker_t sarsen_component_linker_t;

// A resource: a handle of its own, or one that was lent for a call.
typedef struct sarsen_component_resource_t sarsen_component_resource_t;

// A component. Any number of threads can use it at once.
typedef struct sarsen_component_t sarsen_component_t;

// An error.
typedef struct sarsen_error_t sarsen_error_t;

// What stops code in a store, from any thread.
typedef struct sarsen_interrupt_t sarsen_interrupt_t;

// Definitions by name, from which the imports of modules are taken. Any number of instances can be made with it, in any
// stores of its engine.
typedef struct sarsen_linker_t sarsen_linker_t;

// What a guest has written.
typedef struct sarsen_output_t sarsen_output_t;

// What a guest is granted: for modules and for components.
typedef struct sarsen_wasi_t sarsen_wasi_t;

// What kind of error it is.
typedef uint8_t sarsen_error_kind_t;

// Why code has trapped: one of `SARSEN_TRAP_*`.
typedef uint32_t sarsen_trap_code_t;

// How functions are executed.
typedef uint8_t sarsen_strategy_t;

// How much guests may have. `SIZE_MAX` is as much as there is.
typedef struct sarsen_limits_t {
  // Bytes of each memory.
  size_t memory_bytes;
  // Bytes of all memories together.
  size_t total_memory_bytes;
  // Elements of each table.
  size_t table_elements;
  // Elements of all tables together.
  size_t total_table_elements;
  // Bytes of the heap of the garbage collector.
  size_t gc_heap_bytes;
  // Instances.
  size_t instances;
  // Tables.
  size_t tables;
  // Memories.
  size_t memories;
} sarsen_limits_t;

// What is asked when fuel has run out. It sets `fuel` to how much code gets, and code goes on where it was, as if it had had it
// before; if it leaves 0 there, code traps. It returns null, or an error, which ends the code's call. It may use the store.
typedef struct sarsen_error_t *(*sarsen_fuel_callback_t)(void *env, uint64_t *fuel);

// What is asked when a deadline has passed. It sets `ticks` to the epochs from now until the next deadline, and code goes on; if
// it leaves 0 there, code traps. It returns null, or an error, which ends the code's call. It may use the store.
typedef struct sarsen_error_t *(*sarsen_epoch_callback_t)(void *env, uint64_t *ticks);

// What a guest may do with a directory that it is granted, and everything in it.
typedef uint32_t sarsen_rights_t;

// Where a guest reads from: fills the buffer with up to `size` bytes, which is not 0, and returns how many; 0 is the end, and more
// than `size` a failure. It may wait. The store is in use meanwhile, and it may be called on any thread.
typedef size_t (*sarsen_read_callback_t)(void *env, uint8_t *buffer, size_t size);

// Where a guest writes to: takes up to `size` bytes, which is not 0, and returns how many; none or more than `size` is a failure.
// The store is in use meanwhile, and it may be called on any thread.
typedef size_t (*sarsen_write_callback_t)(void *env, const uint8_t *bytes, size_t size);

// What kind of value it is, in the words of WIT.
typedef uint8_t sarsen_component_kind_t;

// Several values.
typedef struct sarsen_component_vals_t {
  // How many.
  size_t size;
  // The first of them; null if there are none.
  struct sarsen_component_val_t *data;
} sarsen_component_vals_t;

// The fields of a record, in the order of its type.
typedef struct sarsen_component_record_t {
  // How many.
  size_t size;
  // The name of the first of them; null if there are none.
  wasm_name_t *names;
  // The value of the first of them; null if there are none.
  struct sarsen_component_val_t *vals;
} sarsen_component_record_t;

// A case of a variant.
typedef struct sarsen_component_variant_t {
  // Its name.
  wasm_name_t name;
  // What comes with it; null if nothing does.
  struct sarsen_component_val_t *val;
} sarsen_component_variant_t;

// Success or failure.
typedef struct sarsen_component_result_t {
  // Whether it is success.
  bool is_ok;
  // What comes with it; null if nothing does.
  struct sarsen_component_val_t *val;
} sarsen_component_result_t;

// Names.
typedef struct sarsen_component_names_t {
  // How many.
  size_t size;
  // The first of them; null if there are none.
  wasm_name_t *data;
} sarsen_component_names_t;

// What a value is, by its kind.
typedef union sarsen_component_of_t {
  bool boolean;
  int8_t s8;
  uint8_t u8;
  int16_t s16;
  uint16_t u16;
  int32_t s32;
  uint32_t u32;
  int64_t s64;
  uint64_t u64;
  float f32;
  double f64;
  uint32_t character;
  wasm_name_t string;
  struct sarsen_component_vals_t list;
  struct sarsen_component_record_t record;
  struct sarsen_component_variant_t variant;
  // Null is none.
  struct sarsen_component_val_t *option;
  struct sarsen_component_result_t result;
  struct sarsen_component_names_t flags;
  struct sarsen_component_resource_t *resource;
} sarsen_component_of_t;

// A value.
typedef struct sarsen_component_val_t {
  // Which member of `of` it is.
  sarsen_component_kind_t kind;
  // What it is.
  union sarsen_component_of_t of;
} sarsen_component_val_t;

// What kind of thing a component imports or exports.
typedef uint8_t sarsen_component_item_kind_t;

// A function of the host's for components. It borrows its arguments, and writes `result_count` results, which it gives away;
// they are all false before. It returns null or an error, which ends the component's call.
typedef struct sarsen_error_t *(*sarsen_component_callback_t)(void *env,
                                                              const struct sarsen_component_val_t *args,
                                                              size_t arg_count,
                                                              struct sarsen_component_val_t *results,
                                                              size_t result_count);

// What is done when an owned resource of the host's is dropped: its number is given. It may use the store. It returns null, or an
// error, which ends the component's call.
typedef struct sarsen_error_t *(*sarsen_component_destructor_t)(void *env, uint32_t rep);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Deletes an error; null is no error.
WASM_API_EXTERN void sarsen_error_delete(struct sarsen_error_t *error);

// What kind of error it is.
WASM_API_EXTERN sarsen_error_kind_t sarsen_error_kind(const struct sarsen_error_t *error);

// What went wrong, in words. The text lives as long as the error.
WASM_API_EXTERN const char *sarsen_error_message(const struct sarsen_error_t *error);

// Whether code has trapped, and why.
WASM_API_EXTERN bool sarsen_error_trap_code(const struct sarsen_error_t *error, sarsen_trap_code_t *out);

// Whether the program has ended itself, and with which status.
WASM_API_EXTERN bool sarsen_error_exit_status(const struct sarsen_error_t *error, uint32_t *out);

// The frames of the code that was running, innermost first. They name no instances: a trap's do.
WASM_API_EXTERN void sarsen_error_trace(const struct sarsen_error_t *error, wasm_frame_vec_t *out);

// The error that a trap of wasm.h stands for: the caller's. The trap stays.
WASM_API_EXTERN struct sarsen_error_t *sarsen_error_of_trap(const wasm_trap_t *trap);

// The trap that a callback returns to fail with an error: the caller's. The error stays.
WASM_API_EXTERN
wasm_trap_t *sarsen_error_to_trap(const struct sarsen_error_t *error,
                                  const wasm_store_t *store);

// Why the last function of wasm.h has failed on this thread that could only return null or false; null if none has since
// this was asked the last time.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_last_error(void);

// The name of a frame's function, from its module; null if it has none. The text lives as long as the frame.
WASM_API_EXTERN const char *sarsen_frame_func_name(const wasm_frame_t *frame);

// The version of the library.
WASM_API_EXTERN const char *sarsen_version(void);

// Sets how functions are executed; false if there is no such strategy.
WASM_API_EXTERN bool sarsen_config_set_strategy(wasm_config_t *config, sarsen_strategy_t strategy);

// Whether code pays fuel: see `sarsen_store_set_fuel`. Off by default.
WASM_API_EXTERN void sarsen_config_set_fuel(wasm_config_t *config, bool enable);

// Whether compiled code can be stopped by other threads: see `sarsen_interrupt_new`. Off by default, as it takes time.
WASM_API_EXTERN
void sarsen_config_set_interruptible(wasm_config_t *config,
                                     bool enable);

// Whether stores begin with a deadline that has passed: see `sarsen_store_set_epoch_deadline`. Code can be stopped then. Off by
// default.
WASM_API_EXTERN
void sarsen_config_set_epochs(wasm_config_t *config,
                              bool enable);

// Switches a feature on or off by its name, `"threads"` or `"gc"` for example, with what depends on it; false if there is
// no feature of this name. All are on by default.
WASM_API_EXTERN
bool sarsen_config_set_feature(wasm_config_t *config,
                               const char *name,
                               bool enable);

// Bytes of the stack that each store has for code.
WASM_API_EXTERN void sarsen_config_set_max_wasm_stack(wasm_config_t *config, size_t bytes);

// Bytes that the heap of the garbage collector of each store may have.
WASM_API_EXTERN void sarsen_config_set_max_gc_heap(wasm_config_t *config, size_t bytes);

// Bytes of addresses that are reserved for each memory. Below 4 GiB, compiled code checks each access.
WASM_API_EXTERN void sarsen_config_set_memory_reservation(wasm_config_t *config, size_t bytes);

// Whether compiled code traps by faults, for which the library has signal handlers, instead of checking everything itself. On by
// default.
WASM_API_EXTERN
void sarsen_config_set_signals_based_traps(wasm_config_t *config,
                                           bool enable);

// How many memories and stacks of deleted stores an engine keeps for new ones.
WASM_API_EXTERN void sarsen_config_set_pool_slots(wasm_config_t *config, size_t count);

// How many threads compile at most what is hot; with none, threads that run code do it.
WASM_API_EXTERN void sarsen_config_set_compile_threads(wasm_config_t *config, size_t count);

// Whether large modules are validated and compiled by several threads. On by default.
WASM_API_EXTERN void sarsen_config_set_parallel_compilation(wasm_config_t *config, bool enable);

// Whether modules may be no larger than what is good for input that nobody vouches for. Off by default.
WASM_API_EXTERN void sarsen_config_set_strict_module_limits(wasm_config_t *config, bool enable);

// Whether traps and errors have frames. On by default.
WASM_API_EXTERN void sarsen_config_set_backtrace(wasm_config_t *config, bool enable);

// Keeps modules from one process to the next in a directory; null is the one that the system has for this user. False if it
// says none, or the name is not UTF-8.
WASM_API_EXTERN
bool sarsen_config_set_cache(wasm_config_t *config,
                             const char *directory);

// Starts the next epoch, for all stores of an engine: see `sarsen_store_set_epoch_deadline`. From any thread.
WASM_API_EXTERN void sarsen_engine_increment_epoch(const wasm_engine_t *engine);

// An engine, which says why if there is none. The configuration is the library's from now on.
WASM_API_EXTERN struct sarsen_error_t *sarsen_engine_new(wasm_config_t *config, wasm_engine_t **out);

// A module of `size` bytes, binary or text.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_module_new(const wasm_store_t *store,
                                         const uint8_t *bytes,
                                         size_t size,
                                         wasm_module_t **out);

// A module of a file, binary or text.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_module_new_from_file(const wasm_store_t *store,
                                                   const char *path,
                                                   wasm_module_t **out);

// A module of a file with what `wasm_module_serialize` has given or `sarsen compile` has written. The file is mapped, and
// must not change as long as the module is used. It is code, which can do all that this process can.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_module_deserialize_file(const wasm_store_t *store,
                                                      const char *path,
                                                      wasm_module_t **out);

// Whether `size` bytes are a module in the binary format: null, or why not. Nothing of it is kept.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_module_validate(const wasm_engine_t *engine,
                                              const uint8_t *bytes,
                                              size_t size);

// The binary format of a module or component that is `size` bytes of text.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_wat_to_wasm(const char *text,
                                          size_t size,
                                          wasm_byte_vec_t *out);

// A store with a pointer of the host's. The finalizer, which can be null, is called with it when the store goes, or at
// once if there is none.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_store_new(const wasm_engine_t *engine,
                                        void *data,
                                        sarsen_finalizer_t finalizer,
                                        wasm_store_t **out);

// The pointer that the store was made with.
WASM_API_EXTERN void *sarsen_store_data(const wasm_store_t *store);

// Sets all limits to `SIZE_MAX`.
WASM_API_EXTERN void sarsen_limits_init(struct sarsen_limits_t *out);

// Sets what guests may have from now on. What they have already stays.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_store_set_limits(const wasm_store_t *store,
                                               const struct sarsen_limits_t *limits);

// Sets the fuel that is left. Every operator takes some; without it, code traps, or does what `sarsen_store_set_fuel_callback`
// says. The engine has to count fuel.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_store_set_fuel(const wasm_store_t *store,
                                             uint64_t fuel);

// The fuel that is left. The engine has to count fuel.
WASM_API_EXTERN struct sarsen_error_t *sarsen_store_fuel(const wasm_store_t *store, uint64_t *out);

// Sets what is asked when fuel has run out; with null, code traps. The engine has to count fuel. The finalizer, which can be null,
// is called with `env` when something else is set, or the store goes, or at once if there is an error.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_store_set_fuel_callback(const wasm_store_t *store,
                                                      sarsen_fuel_callback_t callback,
                                                      void *env,
                                                      sarsen_finalizer_t finalizer);

// Sets the deadline to so many epochs from now. When it has passed, code traps at its next loop or call, or does what
// `sarsen_store_set_epoch_callback` says. Code of the engine has to be such that it can be stopped: see
// `sarsen_config_set_epochs`.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_store_set_epoch_deadline(const wasm_store_t *store,
                                                       uint64_t ticks);

// Sets what is asked when a deadline has passed; with null, code traps. The finalizer, which can be null, is called with `env`
// when something else is set, or the store goes.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_store_set_epoch_callback(const wasm_store_t *store,
                                                       sarsen_epoch_callback_t callback,
                                                       void *env,
                                                       sarsen_finalizer_t finalizer);

// Frees what the garbage collector finds unreachable.
WASM_API_EXTERN void sarsen_store_gc(const wasm_store_t *store);

// What stops code in a store; null if it is compiled such that it cannot be stopped: see
// `sarsen_config_set_interruptible`. It does not keep the store.
WASM_API_EXTERN struct sarsen_interrupt_t *sarsen_interrupt_new(const wasm_store_t *store);

// Asks code to stop: it traps at its next loop or call. If none is running, the next that runs does. Calls of WASI that wait
// end, now and from now on, whatever guests of the store are granted later.
WASM_API_EXTERN
void sarsen_interrupt(const struct sarsen_interrupt_t *interrupt);

// Deletes what stops code.
WASM_API_EXTERN void sarsen_interrupt_delete(struct sarsen_interrupt_t *interrupt);

// Calls a function with `arg_count` arguments; there is room for `result_count` results at `results`, and it has no more.
// They are the caller's, if there is no error.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_func_call(const wasm_func_t *func,
                                        const wasm_val_t *args,
                                        size_t arg_count,
                                        wasm_val_t *results,
                                        size_t result_count);

// An export of an instance by its name: the caller's; null if there is none.
WASM_API_EXTERN wasm_extern_t *sarsen_instance_export(const wasm_instance_t *instance, const char *name);

// Copies `size` bytes of a memory, from `offset` on, to `buffer`, which may be in the memory, too. Nothing is copied if they are
// not all inside.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_memory_read(const wasm_memory_t *memory,
                                          uint64_t offset,
                                          void *buffer,
                                          size_t size);

// Copies `size` bytes from `buffer`, which may be in the memory, too, to a memory, from `offset` on. Nothing is copied if they
// would not all be inside.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_memory_write(const wasm_memory_t *memory,
                                           uint64_t offset,
                                           const void *buffer,
                                           size_t size);

// A linker without definitions.
WASM_API_EXTERN struct sarsen_linker_t *sarsen_linker_new(const wasm_engine_t *engine);

// Deletes a linker. Instances that were made with it stay.
WASM_API_EXTERN void sarsen_linker_delete(struct sarsen_linker_t *linker);

// Whether a name can be defined again. It cannot by default.
WASM_API_EXTERN void sarsen_linker_allow_shadowing(struct sarsen_linker_t *linker, bool allow);

// Defines something of a store. It can be imported in that store alone.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_linker_define(struct sarsen_linker_t *linker,
                                            const char *module,
                                            const char *name,
                                            const wasm_extern_t *value);

// Defines a function of the host's, for any store. The finalizer, which can be null, is called with `env` when the linker and
// all stores that have the function are gone, or at once if there is an error.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_linker_define_func(struct sarsen_linker_t *linker,
                                                 const char *module,
                                                 const char *name,
                                                 const wasm_functype_t *ty,
                                                 wasm_trap_t *(*callback)(void*,
                                                                          const wasm_val_vec_t*,
                                                                          wasm_val_vec_t*),
                                                 void *env,
                                                 sarsen_finalizer_t finalizer);

// Defines all exports of an instance. They can be imported in its store alone.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_linker_define_instance(struct sarsen_linker_t *linker,
                                                     const char *module,
                                                     const wasm_instance_t *instance);

// Defines the exports of a module, whose imports are taken from what is defined by now. One that exports the function `_start` is
// a program: each call of one of its functions makes an instance for that call alone. Any other is a library: it is
// instantiated in this store, where it can be imported, and its function `_initialize` is called, if there is one. Functions of
// the host's that are called meanwhile cannot use the linker.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_linker_define_module(struct sarsen_linker_t *linker,
                                                   const wasm_store_t *store,
                                                   const char *name,
                                                   const wasm_module_t *module);

// Gives all definitions of one module another module's name too.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_linker_alias_module(struct sarsen_linker_t *linker,
                                                  const char *module,
                                                  const char *as_module);

// Defines WASI preview 1, for guests that are granted what `sarsen_store_set_wasi` says: nothing by default.
WASM_API_EXTERN struct sarsen_error_t *sarsen_linker_define_wasi(struct sarsen_linker_t *linker);

// Defines functions that trap for all functions that a module imports and that are not defined.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_linker_define_unknown_imports_as_traps(struct sarsen_linker_t *linker,
                                                                     const wasm_module_t *module);

// Makes an instance: the caller's.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_linker_instantiate(const struct sarsen_linker_t *linker,
                                                 const wasm_store_t *store,
                                                 const wasm_module_t *module,
                                                 wasm_instance_t **out);

// Grants nothing yet.
WASM_API_EXTERN struct sarsen_wasi_t *sarsen_wasi_new(void);

// Deletes what has not been given to a store.
WASM_API_EXTERN void sarsen_wasi_delete(struct sarsen_wasi_t *wasi);

// Adds an argument; the first one is the program's name.
WASM_API_EXTERN struct sarsen_error_t *sarsen_wasi_arg(struct sarsen_wasi_t *wasi, const char *arg);

// Sets an environment variable.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_wasi_env(struct sarsen_wasi_t *wasi,
                                       const char *name,
                                       const char *value);

// Passes on the environment variables of this process.
WASM_API_EXTERN void sarsen_wasi_inherit_env(struct sarsen_wasi_t *wasi);

// Passes on the arguments of this process that are text, after those that there are.
WASM_API_EXTERN void sarsen_wasi_inherit_args(struct sarsen_wasi_t *wasi);

// Names the directory that paths of components begin in, as the guest knows it. It grants nothing: see `sarsen_wasi_preopen_dir`.
// Modules begin where their library says.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_wasi_initial_dir(struct sarsen_wasi_t *wasi,
                                               const char *guest);

// Grants a directory, which the guest knows by the name `guest`.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_wasi_preopen_dir(struct sarsen_wasi_t *wasi,
                                               const char *host,
                                               const char *guest,
                                               sarsen_rights_t rights);

// Grants connecting, or sending datagrams, to what a pattern matches: `"*:443"`, `"10.0.0.0/8:5432"` or `"example.com:80-90"`.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_wasi_allow_connect(struct sarsen_wasi_t *wasi,
                                                 const char *to);

// Grants having the local addresses that a pattern matches, to listen or to get datagrams: `"127.0.0.1:8080"` for example.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_wasi_allow_listen(struct sarsen_wasi_t *wasi,
                                                const char *at);

// Whether TCP may be used at all, as far as addresses are granted. It may by default.
WASM_API_EXTERN void sarsen_wasi_allow_tcp(struct sarsen_wasi_t *wasi, bool allow);

// Whether UDP may be used at all, as far as addresses are granted. It may by default.
WASM_API_EXTERN void sarsen_wasi_allow_udp(struct sarsen_wasi_t *wasi, bool allow);

// Whether any name may be looked up; those that patterns are about may be anyway. Others may not by default.
WASM_API_EXTERN void sarsen_wasi_allow_name_lookup(struct sarsen_wasi_t *wasi, bool allow);

// Makes runs the same as far as the host is concerned: clocks that only waiting moves, and random bytes that follow from `seed`.
WASM_API_EXTERN
void sarsen_wasi_deterministic(struct sarsen_wasi_t *wasi,
                               uint64_t seed);

// Grants all of this machine's network.
WASM_API_EXTERN void sarsen_wasi_inherit_network(struct sarsen_wasi_t *wasi);

// Grants all this to the guests of a store, instead of what they were granted before, or changes nothing if there is an error.
// `wasi` is the library's from now on.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_store_set_wasi(const wasm_store_t *store,
                                             struct sarsen_wasi_t *wasi);

// Lets everything arrive that guests of a store have written to standard streams: for when they have ended.
WASM_API_EXTERN struct sarsen_error_t *sarsen_store_flush(const wasm_store_t *store);

// Passes on standard input of this process.
WASM_API_EXTERN void sarsen_wasi_inherit_stdin(struct sarsen_wasi_t *wasi);

// Passes on standard output of this process.
WASM_API_EXTERN void sarsen_wasi_inherit_stdout(struct sarsen_wasi_t *wasi);

// Passes on error output of this process.
WASM_API_EXTERN void sarsen_wasi_inherit_stderr(struct sarsen_wasi_t *wasi);

// Gives `size` bytes as standard input. They are copied.
WASM_API_EXTERN void sarsen_wasi_stdin_bytes(struct sarsen_wasi_t *wasi, const uint8_t *bytes, size_t size);

// Collects up to `capacity` bytes of standard output, beyond which writing fails. The result is the caller's.
WASM_API_EXTERN
struct sarsen_output_t *sarsen_wasi_collect_stdout(struct sarsen_wasi_t *wasi,
                                                   size_t capacity);

// Collects up to `capacity` bytes of error output, beyond which writing fails. The result is the caller's.
WASM_API_EXTERN
struct sarsen_output_t *sarsen_wasi_collect_stderr(struct sarsen_wasi_t *wasi,
                                                   size_t capacity);

// What has been written so far.
WASM_API_EXTERN void sarsen_output_contents(const struct sarsen_output_t *output, wasm_byte_vec_t *out);

// Deletes the caller's hold on an output; the guest can go on writing.
WASM_API_EXTERN void sarsen_output_delete(struct sarsen_output_t *output);

// Lets a function give standard input. The finalizer, which can be null, is called with `env` when nobody can read any more: not
// before `wasi` or the store that has it goes, or has other grants.
WASM_API_EXTERN
void sarsen_wasi_stdin_callback(struct sarsen_wasi_t *wasi,
                                sarsen_read_callback_t callback,
                                void *env,
                                sarsen_finalizer_t finalizer);

// Lets a function take standard output. The finalizer is called as that of `sarsen_wasi_stdin_callback`.
WASM_API_EXTERN
void sarsen_wasi_stdout_callback(struct sarsen_wasi_t *wasi,
                                 sarsen_write_callback_t callback,
                                 void *env,
                                 sarsen_finalizer_t finalizer);

// Lets a function take error output. The finalizer is called as that of `sarsen_wasi_stdin_callback`.
WASM_API_EXTERN
void sarsen_wasi_stderr_callback(struct sarsen_wasi_t *wasi,
                                 sarsen_write_callback_t callback,
                                 void *env,
                                 sarsen_finalizer_t finalizer);

// A component of `size` bytes, binary or text.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_component_new(const wasm_engine_t *engine,
                                            const uint8_t *bytes,
                                            size_t size,
                                            struct sarsen_component_t **out);

// A component of a file, binary or text.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_component_new_from_file(const wasm_engine_t *engine,
                                                      const char *path,
                                                      struct sarsen_component_t **out);

// Whether bytes in the binary format are a component, and not a module.
WASM_API_EXTERN bool sarsen_component_is_component(const uint8_t *bytes, size_t size);

// Deletes a component. Its instances stay.
WASM_API_EXTERN void sarsen_component_delete(struct sarsen_component_t *component);

// Deletes an instance: the caller's hold on it.
WASM_API_EXTERN void sarsen_component_instance_delete(struct sarsen_component_instance_t *instance);

// A function that an instance exports, in an interface (`"wasi:cli/run@0.2.0"` for example) or, if that is null, by itself:
// the caller's; null if there is none.
WASM_API_EXTERN
struct sarsen_component_func_t *sarsen_component_instance_func(const struct sarsen_component_instance_t *instance,
                                                               const char *interface,
                                                               const char *name);

// Deletes a function: the caller's hold on it.
WASM_API_EXTERN void sarsen_component_func_delete(struct sarsen_component_func_t *func);

// How many parameters a function has.
WASM_API_EXTERN size_t sarsen_component_func_param_count(const struct sarsen_component_func_t *func);

// How many results a function has: one or none.
WASM_API_EXTERN size_t sarsen_component_func_result_count(const struct sarsen_component_func_t *func);

// Calls a function with `arg_count` arguments, which stay the caller's; it has to have `result_count` results, for which there is
// room at `results`. They are the caller's, if there is no error; if there is one, the instance cannot be called any more.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_component_func_call(const struct sarsen_component_func_t *func,
                                                  const struct sarsen_component_val_t *args,
                                                  size_t arg_count,
                                                  struct sarsen_component_val_t *results,
                                                  size_t result_count);

// What a component imports.
WASM_API_EXTERN
struct sarsen_component_items_t *sarsen_component_imports(const struct sarsen_component_t *component);

// What a component exports.
WASM_API_EXTERN
struct sarsen_component_items_t *sarsen_component_exports(const struct sarsen_component_t *component);

// How many there are.
WASM_API_EXTERN size_t sarsen_component_items_count(const struct sarsen_component_items_t *items);

// The name of the one of this number, the first is 0; null if there is none. The text lives as long as the items.
WASM_API_EXTERN
const char *sarsen_component_items_name(const struct sarsen_component_items_t *items,
                                        size_t number);

// What kind of thing the one of this number is.
WASM_API_EXTERN
sarsen_component_item_kind_t sarsen_component_items_kind(const struct sarsen_component_items_t *items,
                                                         size_t number);

// The type of the one of this number, if it is a function or a type of values, in the words of WIT, with a NUL at the end:
// `"func(a: u32) -> string"` for example. Types with names are written out, and types of resources have none. It is empty for
// anything else.
WASM_API_EXTERN
void sarsen_component_items_type(const struct sarsen_component_items_t *items,
                                 size_t number,
                                 wasm_byte_vec_t *out);

// What the one of this number has, if it is an instance: the caller's; null if it is none.
WASM_API_EXTERN
struct sarsen_component_items_t *sarsen_component_items_of(const struct sarsen_component_items_t *items,
                                                           size_t number);

// Deletes them. What was asked of them stays, except names.
WASM_API_EXTERN void sarsen_component_items_delete(struct sarsen_component_items_t *items);

// The type of a function, in the words of WIT, with a NUL at the end.
WASM_API_EXTERN
void sarsen_component_func_type(const struct sarsen_component_func_t *func,
                                wasm_byte_vec_t *out);

// A linker without definitions.
WASM_API_EXTERN struct sarsen_component_linker_t *sarsen_component_linker_new(const wasm_engine_t *engine);

// Deletes a linker. Instances that were made with it stay.
WASM_API_EXTERN void sarsen_component_linker_delete(struct sarsen_component_linker_t *linker);

// Whether a name can be defined again. It cannot by default.
WASM_API_EXTERN
void sarsen_component_linker_allow_shadowing(struct sarsen_component_linker_t *linker,
                                             bool allow);

// Defines WASI 0.2, for guests that are granted what `sarsen_store_set_wasi` says: nothing by default.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_component_linker_define_wasi(struct sarsen_component_linker_t *linker);

// Defines a function of the host's, in an interface or, if that is null, by itself. The finalizer, which can be null, is
// called with `env` when the linker and all stores that have the function are gone, or at once if there is an error.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_component_linker_define_func(struct sarsen_component_linker_t *linker,
                                                           const char *interface,
                                                           const char *name,
                                                           sarsen_component_callback_t callback,
                                                           void *env,
                                                           sarsen_finalizer_t finalizer);

// Defines functions that trap for all functions that a component imports and that are not defined.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_component_linker_define_unknown_imports_as_traps(struct sarsen_component_linker_t *linker,
                                                                               const struct sarsen_component_t *component);

// Makes an instance: the caller's.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_component_linker_instantiate(const struct sarsen_component_linker_t *linker,
                                                           const wasm_store_t *store,
                                                           const struct sarsen_component_t *component,
                                                           struct sarsen_component_instance_t **out);

// Defines a type of resources of the host's, in an interface or, if that is null, by itself. `type` is a number below 2^31 that
// tells it from other types. The destructor can be null. The finalizer, which can be null, is called with `env` when the
// linker and all stores that have the type are gone, or at once if there is an error.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_component_linker_define_resource(struct sarsen_component_linker_t *linker,
                                                               const char *interface,
                                                               const char *name,
                                                               uint32_t type,
                                                               sarsen_component_destructor_t destructor,
                                                               void *env,
                                                               sarsen_finalizer_t finalizer);

// A resource of the host's, which owns it, to be given to a component or to be dropped. An instance in the store has to know the
// type.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_component_resource_new(const wasm_store_t *store,
                                                     uint32_t type,
                                                     uint32_t rep,
                                                     struct sarsen_component_val_t *out);

// The number that a resource of the host's stands for, if it is of this type. It stays whose it is.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_component_resource_rep(const struct sarsen_component_resource_t *resource,
                                                     uint32_t type,
                                                     uint32_t *out);

// Whether a resource is owned: to be passed on or dropped. Otherwise it was lent for a call.
WASM_API_EXTERN bool sarsen_component_resource_is_owned(const struct sarsen_component_resource_t *resource);

// Ends a resource: the destructor of whoever has defined it is called. The value that has it is still to be deleted.
WASM_API_EXTERN
struct sarsen_error_t *sarsen_component_resource_drop(const struct sarsen_component_resource_t *resource);

// Deletes all that a value is made of. It is false afterwards. Null is no value.
WASM_API_EXTERN void sarsen_component_val_delete(struct sarsen_component_val_t *value);

// Copies a value and all that it is made of. A resource is the same one.
WASM_API_EXTERN
void sarsen_component_val_copy(struct sarsen_component_val_t *out,
                               const struct sarsen_component_val_t *value);

// A string, of UTF-8 with a NUL at the end, which is copied.
WASM_API_EXTERN void sarsen_component_val_string(struct sarsen_component_val_t *out, const char *text);

// A case of an enum.
WASM_API_EXTERN void sarsen_component_val_enum(struct sarsen_component_val_t *out, const char *name);

// A list of `size` items, which are the list's from now on.
WASM_API_EXTERN
void sarsen_component_val_list(struct sarsen_component_val_t *out,
                               size_t size,
                               const struct sarsen_component_val_t *items);

// A tuple of `size` parts, which are the tuple's from now on.
WASM_API_EXTERN
void sarsen_component_val_tuple(struct sarsen_component_val_t *out,
                                size_t size,
                                const struct sarsen_component_val_t *parts);

// A record of `size` fields, whose values are the record's from now on. Names are copied; their order is that of the type.
WASM_API_EXTERN
void sarsen_component_val_record(struct sarsen_component_val_t *out,
                                 size_t size,
                                 const char *const *names,
                                 const struct sarsen_component_val_t *values);

// A case of a variant with what comes with it, which is the variant's from now on; null if nothing does.
WASM_API_EXTERN
void sarsen_component_val_variant(struct sarsen_component_val_t *out,
                                  const char *name,
                                  struct sarsen_component_val_t *value);

// Some value, which is the option's from now on, or none if it is null.
WASM_API_EXTERN
void sarsen_component_val_option(struct sarsen_component_val_t *out,
                                 struct sarsen_component_val_t *value);

// Success or failure with what comes with it, which is the result's from now on; null if nothing does.
WASM_API_EXTERN
void sarsen_component_val_result(struct sarsen_component_val_t *out,
                                 bool is_ok,
                                 struct sarsen_component_val_t *value);

// The `size` flags that are set. Names are copied.
WASM_API_EXTERN
void sarsen_component_val_flags(struct sarsen_component_val_t *out,
                                size_t size,
                                const char *const *set);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif /* SARSEN_H */
