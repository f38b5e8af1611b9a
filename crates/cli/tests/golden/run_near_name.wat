;; $ sarsen run % --invoke qadruple 3
(module
  (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func (export "quadruple") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 4))))

;; exit 1
;; ! error: run_near_name.wat: no function is exported as `qadruple`; did you mean `quadruple`?
