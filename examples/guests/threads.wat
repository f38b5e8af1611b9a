;; Eight threads count to a thousand each, in one shared memory; the first waits for them and says what they came to.
(module
  (import "env" "memory" (memory 1 1 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (export "memory" (memory 0))

  ;; 0: the count. 4: threads that are done. 16: a list of one buffer. 32: the text.
  (data "\20\00\00\00\05\00\00\00")

  (func (export "wasi_thread_start") (param $number i32) (param $rounds i32)
    (loop $again
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (br_if $again (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
    (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
    (drop (memory.atomic.notify (i32.const 4) (i32.const 1))))

  ;; The decimal digits of a number of up to four, at 32.
  (func $digits (param $value i32)
    (local $at i32)
    (local.set $at (i32.const 35))
    (loop $next
      (i32.store8 (local.get $at) (i32.add (i32.const 48) (i32.rem_u (local.get $value) (i32.const 10))))
      (local.set $value (i32.div_u (local.get $value) (i32.const 10)))
      (br_if $next (i32.ge_u (local.tee $at (i32.sub (local.get $at) (i32.const 1))) (i32.const 32))))
    (i32.store8 (i32.const 36) (i32.const 10)))

  (func (export "_start")
    (local $thread i32) (local $done i32)
    (memory.init 0 (i32.const 16) (i32.const 0) (i32.const 8))
    (loop $more
      (if (i32.lt_s (call $spawn (i32.const 1000)) (i32.const 0)) (then (call $exit (i32.const 1))))
      (br_if $more (i32.lt_u (local.tee $thread (i32.add (local.get $thread) (i32.const 1))) (i32.const 8))))
    (block $all
      (loop $wait
        (br_if $all (i32.eq (local.tee $done (i32.atomic.load (i32.const 4))) (i32.const 8)))
        (drop (memory.atomic.wait32 (i32.const 4) (local.get $done) (i64.const -1)))
        (br $wait)))
    (call $digits (i32.atomic.load (i32.const 0)))
    (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24)))))
