;; $ sarsen --max-memory 1K %
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "env" "memory" (memory 1 4 shared))
  (export "memory" (memory 0))
  ;; A thread notes what it was started with, and wakes the first one.
  (func (export "wasi_thread_start") (param $number i32) (param $argument i32)
    (i32.atomic.store (i32.const 0) (local.get $argument))
    (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
  (func (export "_start")
    (if (i32.lt_s (call $spawn (i32.const 33)) (i32.const 0))
      (then (call $exit (i32.const 9))))
    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
    (call $exit (i32.atomic.load (i32.const 0)))))

;; exit 1
;; ! error: run_threads_max_memory.wat: --max-memory allows 1024 bytes: cannot allocate a memory of 65536 bytes
