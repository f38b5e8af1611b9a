;; $ sarsen run %
(module
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "sub") (param i32 i32) (result i32) (i32.sub (local.get 0) (local.get 1))))

;; exit 1
;; ! error: run_nothing_to_run.wat: no function is exported as `_start`; exported functions: add, sub
