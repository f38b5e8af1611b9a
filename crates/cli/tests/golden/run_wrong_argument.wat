;; $ sarsen run % --invoke inc 1.5
(module
  (func (export "inc") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))

;; exit 2
;; ! error: inc argument 1: `1.5` is not a value of type i32
