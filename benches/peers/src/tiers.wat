;; One loop that never calls anything but the host, to say how far it is.
(module
  (import "" "tick" (func $tick))
  (memory 1)
  (func (export "run") (param $ticks i32)
    (local $i i32) (local $hash i32)
    (loop $next
      (local.set $hash (i32.add (i32.mul (local.get $hash) (i32.const 0x9e3779b1)) (local.get $i)))
      (i32.store (i32.and (local.get $hash) (i32.const 0xfffc))
        (i32.add (local.get $hash) (i32.load (i32.and (local.get $i) (i32.const 0xfffc)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.and (local.get $i) (i32.const 0x1fff)))
      (call $tick)
      (br_if $next (i32.ge_u (local.get $ticks) (i32.shr_u (local.get $i) (i32.const 13)))))))
