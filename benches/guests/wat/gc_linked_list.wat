;; A queue of a fixed length: every step appends a cell and drops the oldest; every 1,024th step closes a cycle of garbage.
(module
  (type $cell (struct (field $value i64) (field $next (mut (ref null $cell)))))

  (func $cycle (param $value i64)
    (local $first (ref null $cell)) (local $last (ref null $cell)) (local $i i32)
    (local.set $first (struct.new $cell (local.get $value) (ref.null $cell)))
    (local.set $last (local.get $first))
    (loop $more
      (struct.set $cell $next (local.get $last)
        (struct.new $cell (i64.extend_i32_u (local.get $i)) (ref.null $cell)))
      (local.set $last (struct.get $cell $next (local.get $last)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_s (local.get $i) (i32.const 16))))
    (struct.set $cell $next (local.get $last) (local.get $first)))

  (func $sum (param $list (ref null $cell)) (result i64)
    (local $sum i64)
    (block $done
      (loop $next
        (br_if $done (ref.is_null (local.get $list)))
        (local.set $sum (i64.add (local.get $sum) (struct.get $cell $value (local.get $list))))
        (local.set $list (struct.get $cell $next (local.get $list)))
        (br $next)))
    (local.get $sum))

  (func (export "run") (param $n i32) (result i64)
    (local $oldest (ref null $cell)) (local $newest (ref null $cell)) (local $i i32) (local $hash i64)
    (local.set $oldest (struct.new $cell (i64.const 1) (ref.null $cell)))
    (local.set $newest (local.get $oldest))
    (loop $step
      (local.set $hash
        (i64.add
          (i64.mul (local.get $hash) (i64.const 0x5851f42d4c957f2d))
          (i64.extend_i32_u (local.get $i))))
      (struct.set $cell $next (local.get $newest) (struct.new $cell (local.get $hash) (ref.null $cell)))
      (local.set $newest (struct.get $cell $next (local.get $newest)))
      (if (i32.gt_s (local.get $i) (i32.const 10000))
        (then (local.set $oldest (struct.get $cell $next (local.get $oldest)))))
      (if (i32.eqz (i32.and (local.get $i) (i32.const 1023))) (then (call $cycle (local.get $hash))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $step (i32.lt_s (local.get $i) (local.get $n))))
    (call $sum (local.get $oldest))))
