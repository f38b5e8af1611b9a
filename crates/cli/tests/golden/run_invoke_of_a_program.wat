;; $ sarsen --invoke double % 21
(module
  (func (export "_start") unreachable)
  ;; What comes after a program is the program's; what comes before it is not.
  (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))

;; exit 0
;; > 42
