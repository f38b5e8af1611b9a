;; $ sarsen --timeout 1h % --invoke f
(module (func (export "f") (result i32) (i32.const 1)))

;; exit 0
;; > 1
