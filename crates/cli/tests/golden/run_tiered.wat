;; $ sarsen run --strategy tiered % --invoke sum 1000000
(module
  (func $step (param i32 i32) (result i32) (i32.add (i32.mul (local.get 0) (i32.const 31)) (local.get 1)))
  (func (export "sum") (param $n i32) (result i32)
    (local $sum i32)
    (loop $again
      (local.set $sum (call $step (local.get $sum) (local.get $n)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
;; exit 0
;; > 92511968
