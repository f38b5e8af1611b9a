;; $ sarsen run % --invoke outer
(module
  (func $inner (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
  (func $outer (export "outer") (result i32) (call $inner (i32.const 0))))

