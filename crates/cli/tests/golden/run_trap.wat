;; $ sarsen run % --invoke outer
(module
  (func $inner (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
  (func $outer (export "outer") (result i32) (call $inner (i32.const 0))))

;; exit 134
;; ! error: run_trap.wat: integer divide by zero
;; ! wasm backtrace:
;; !     0: 0x2d - inner
;; !     1: 0x33 - outer
