;; $ sarsen run %
(module
  (memory 1)
  (func $init (i32.store (i32.const 0) (i32.const 1)))
  (start $init))

;; exit 0
