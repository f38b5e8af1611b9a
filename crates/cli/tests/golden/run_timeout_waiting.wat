;; $ sarsen --timeout 50ms %
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\06\00\00\00hello\n")
  ;; Waits for an hour on the monotonic clock.
  (data (i32.const 64) "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00\00\a0\b8\30\46\03\00\00")
  (func $main (export "_start")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))
    (drop (call $poll (i32.const 64) (i32.const 256) (i32.const 1) (i32.const 20)))))

;; exit 124
;; > hello
;; ! error: run_timeout_waiting.wat: timed out after 50ms
;; ! wasm backtrace:
;; !     0: 0x98 - main
