;; Exceptions: divides, and catches a division by zero that the callee throws.
;; sarsen run examples/exception.wat --invoke divide 7 0
(module
  (tag $zero (param i32))

  (func $checked (param $a i32) (param $b i32) (result i32)
    (if (i32.eqz (local.get $b)) (then (throw $zero (local.get $a))))
    (i32.div_s (local.get $a) (local.get $b)))

  ;; The quotient, or -1 where there is none.
  (func (export "divide") (param $a i32) (param $b i32) (result i32)
    (block $caught (result i32)
      (return
        (try_table (result i32) (catch $zero $caught)
          (call $checked (local.get $a) (local.get $b)))))
    (drop)
    (i32.const -1)))
