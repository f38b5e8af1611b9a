;; $ sarsen run %
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\06\00\00\00hello\n")
  (func $main (export "_start")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))
    (call $fail))
  (func $fail unreachable))

;; exit 134
;; > hello
;; ! error: run_trap_after_output.wat: unreachable
;; ! wasm backtrace:
;; !     0: 0x6f - fail
;; !     1: 0x6a - main
