;; Garbage-collected structures: builds a list of the numbers 1 to n, and adds them up.
;; sarsen run examples/list.wat --invoke sum 1000
(module
  (type $node (struct (field $value i64) (field $next (ref null $node))))

  (func $build (param $n i64) (result (ref null $node))
    (local $list (ref null $node))
    (loop $next
      (if (i64.eqz (local.get $n)) (then (return (local.get $list))))
      (local.set $list (struct.new $node (local.get $n) (local.get $list)))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br $next))
    (unreachable))

  (func (export "sum") (param $n i64) (result i64)
    (local $list (ref null $node))
    (local $sum i64)
    (local.set $list (call $build (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (ref.is_null (local.get $list)))
        (local.set $sum (i64.add (local.get $sum) (struct.get $node $value (local.get $list))))
        (local.set $list (struct.get $node $next (local.get $list)))
        (br $next)))
    (local.get $sum)))
