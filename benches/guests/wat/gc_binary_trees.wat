;; Binary trees (after the Benchmarks Game's problem): a long-lived tree, and many short-lived ones built and walked.
(module
  (type $tree (struct (field $left (ref null $tree)) (field $right (ref null $tree))))

  (func $build (param $depth i32) (result (ref $tree))
    (if (result (ref $tree)) (i32.eqz (local.get $depth))
      (then (struct.new_default $tree))
      (else
        (struct.new $tree
          (call $build (i32.sub (local.get $depth) (i32.const 1)))
          (call $build (i32.sub (local.get $depth) (i32.const 1)))))))

  (func $count (param $tree (ref null $tree)) (result i32)
    (if (ref.is_null (local.get $tree)) (then (return (i32.const 0))))
    (i32.add
      (i32.const 1)
      (i32.add
        (call $count (struct.get $tree $left (local.get $tree)))
        (call $count (struct.get $tree $right (local.get $tree))))))

  ;; The number of nodes of all trees that were alive, for a maximum depth of n.
  (func (export "run") (param $n i32) (result i64)
    (local $long_lived (ref null $tree)) (local $depth i32) (local $iterations i32) (local $nodes i64)
    (local.set $long_lived (call $build (local.get $n)))
    (local.set $depth (i32.const 4))
    (loop $deeper
      (local.set $iterations (i32.shl (i32.const 1) (i32.sub (i32.add (local.get $n) (i32.const 4)) (local.get $depth))))
      (loop $again
        (local.set $nodes
          (i64.add (local.get $nodes) (i64.extend_i32_u (call $count (call $build (local.get $depth))))))
        (local.set $iterations (i32.sub (local.get $iterations) (i32.const 1)))
        (br_if $again (local.get $iterations)))
      (local.set $depth (i32.add (local.get $depth) (i32.const 2)))
      (br_if $deeper (i32.le_s (local.get $depth) (local.get $n))))
    (i64.add (local.get $nodes) (i64.extend_i32_u (call $count (local.get $long_lived))))))
