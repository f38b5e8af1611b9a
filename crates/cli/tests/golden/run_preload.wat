;; $ sarsen --preload lib=../fixtures/lib.wat % --invoke f 2
(module
  (import "lib" "add" (func $add (param i32) (result i32)))
  (func (export "f") (param i32) (result i32) (call $add (local.get 0))))

;; exit 0
;; > 42
