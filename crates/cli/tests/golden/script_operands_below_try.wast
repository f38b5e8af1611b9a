;; $ sarsen wast %
;; Operands below a `try_table` outlive its clauses.
(module
  (tag $t (param i32))
  (func $may_throw (param i32) (result i32)
    (if (local.get 0) (then (throw $t (local.get 0))))
    (i32.const 2))
  (func (export "f") (param i32) (result i32)
    (block $any
      (block $one (result i32)
        (i32.const 40)
        (try_table (result i32) (catch $t $one) (catch_all $any) (catch_all $any)
          (call $may_throw (local.get 0)))
        (i32.add)
        (return))
      (return))
    (i32.const -1)))
(assert_return (invoke "f" (i32.const 0)) (i32.const 42))
(assert_return (invoke "f" (i32.const 7)) (i32.const 7))

;; exit 0
;; > script_operands_below_try.wast: passed, 2 assertions
