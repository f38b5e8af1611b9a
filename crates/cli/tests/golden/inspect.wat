;; $ sarsen inspect %
(module
  (import "env" "print" (func $print (param i32 v128) (result funcref)))
  (import "env" "limit" (global (mut i64)))
  (import "env" "table" (table 1 2 (ref null extern)))
  (memory (export "memory") 1)
  (memory (export "shared") i64 1 4 shared)
  (tag (export "oops") (param i32))
  (func $add (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func (param v128)
    (drop (call $print (i32x4.extract_lane 0 (local.get 0)) (local.get 0)))))

