;; $ sarsen run % --invoke f 2
(module
  (import "lib" "add" (func $add (param i32) (result i32)))
  (func (export "f") (param i32) (result i32) (call $add (local.get 0))))

;; exit 1
;; ! error: run_preload_not.wat: imports are not provided:
;; !   "lib" "add" (func (param i32) (result i32))
