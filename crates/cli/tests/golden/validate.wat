;; $ sarsen validate %
(module
  (func (param i32) (result i32) (i32.clz (local.get 0))))

;; exit 0
;; > validate.wat: valid
