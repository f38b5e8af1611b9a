;; SIMD: the dot product of the vectors 0, 1, 2 .. and 1, 1, 1 .. of n numbers, four at a time; n is a multiple of 4.
;; sarsen run examples/dot.wat --invoke dot 1024
(module
  (memory 1)

  (func $fill (param $n i32)
    (local $i i32)
    (loop $next
      (f32.store (i32.shl (local.get $i) (i32.const 2)) (f32.convert_i32_u (local.get $i)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n)))))

  (func (export "dot") (param $n i32) (result f32)
    (local $i i32)
    (local $sum v128)
    (call $fill (local.get $n))
    (loop $next
      (local.set $sum
        (f32x4.add (local.get $sum)
          (f32x4.mul
            (v128.load (i32.shl (local.get $i) (i32.const 2)))
            (v128.const f32x4 1 1 1 1))))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $sum)) (f32x4.extract_lane 1 (local.get $sum)))
      (f32.add (f32x4.extract_lane 2 (local.get $sum)) (f32x4.extract_lane 3 (local.get $sum))))))
