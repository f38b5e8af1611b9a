;; $ sarsen run % --invoke inc
(module
  (func (export "inc") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))

;; exit 2
;; ! error: inc takes 1 argument, but 0 given
