;; $ sarsen inspect % --func sum --emit wat
(module
  (func $unused)
  (func $sum (export "total") (param i32) (result i32) (local $i i32)
    (loop $next
      (local.set $i (i32.add (local.get $i) (local.get 0)))
      (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get $i)))

