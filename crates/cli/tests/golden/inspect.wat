;; $ sarsen inspect %
(module
  (import "env" "print" (func $print (param i32)))
  (memory (export "memory") 1)
  (func $add (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func (param v128) (call $print (i32x4.extract_lane 0 (local.get 0)))))

