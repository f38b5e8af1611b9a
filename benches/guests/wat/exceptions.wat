;; Every fourth step throws through two frames to a handler in the loop; the others return. One tag carries a value.
(module
  (tag $odd (param i32))

  (func $check (param $value i32) (result i32)
    (if (i32.eq (i32.and (local.get $value) (i32.const 3)) (i32.const 1))
      (then (throw $odd (i32.mul (local.get $value) (i32.const 3)))))
    (i32.add (local.get $value) (i32.const 7)))

  (func $middle (param $value i32) (result i32)
    (i32.xor (call $check (local.get $value)) (i32.const 5)))

  (func (export "run") (param $n i32) (result i64)
    (local $i i32) (local $outcome i32) (local $hash i64)
    (loop $next
      (local.set $outcome
        (block $caught (result i32)
          (try_table (result i32) (catch $odd $caught)
            (call $middle (local.get $i)))))
      (local.set $hash
        (i64.add
          (i64.mul (local.get $hash) (i64.const 31))
          (i64.extend_i32_s (local.get $outcome))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_s (local.get $i) (local.get $n))))
    (local.get $hash)))
