;; $ sarsen --preload lib=../fixtures/traps.wat % --invoke f 2
(module
  (import "lib" "add" (func $add (param i32) (result i32)))
  (func (export "f") (param i32) (result i32) (call $add (local.get 0))))

;; exit 134
;; ! error: ../fixtures/traps.wat: unreachable
;; ! wasm backtrace:
;; !     0: 0x28 - broken
