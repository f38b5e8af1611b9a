;; Short steps beside a large live graph: a step that takes far longer than its neighbours is one that collects.
(module
  (type $tree (struct (field $left (ref null $tree)) (field $right (ref null $tree))))
  (type $cell (struct (field $value i64) (field $next (mut (ref null $cell)))))
  (type $recent (array (mut (ref null $cell))))

  (global $live (mut (ref null $tree)) (ref.null $tree))
  (global $recent (mut (ref null $recent)) (ref.null $recent))
  (global $next (mut i32) (i32.const 0))

  (func $build (param $depth i32) (result (ref $tree))
    (if (result (ref $tree)) (i32.eqz (local.get $depth))
      (then (struct.new_default $tree))
      (else
        (struct.new $tree
          (call $build (i32.sub (local.get $depth) (i32.const 1)))
          (call $build (i32.sub (local.get $depth) (i32.const 1)))))))

  ;; A tree of this depth stays alive, and the lists of the last 64 steps.
  (func (export "prepare") (param $depth i32)
    (global.set $live (call $build (local.get $depth)))
    (global.set $recent (array.new_default $recent (i32.const 64))))

  ;; A list of so many cells, in place of the oldest.
  (func (export "step") (param $cells i32)
    (local $list (ref null $cell))
    (loop $more
      (local.set $list (struct.new $cell (i64.extend_i32_u (local.get $cells)) (local.get $list)))
      (br_if $more (local.tee $cells (i32.sub (local.get $cells) (i32.const 1)))))
    (array.set $recent (global.get $recent) (global.get $next) (local.get $list))
    (global.set $next (i32.and (i32.add (global.get $next) (i32.const 1)) (i32.const 63)))))
