;; $ sarsen --max-memory 256KiB %
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "env" "memory" (memory 1 1 shared))
  ;; Each thread has one of these, besides what all share.
  (memory $own 1)
  (export "memory" (memory 0))
  ;; A thread says that it is there, and stays.
  (func (export "wasi_thread_start") (param $number i32) (param $argument i32)
    (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
    (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
    (drop (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const -1))))
  ;; There is room for two threads; the third one ends the program.
  (func (export "_start") (local $started i32)
    (loop $next
      (drop (call $spawn (i32.const 0)))
      (drop (memory.atomic.wait32 (i32.const 0) (local.get $started) (i64.const -1)))
      (local.set $started (i32.add (local.get $started) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $started) (i32.const 8))))))

;; exit 1
;; ! error: run_threads_max_memory_own.wat: --max-memory allows 262144 bytes: cannot allocate a memory of 65536 bytes
