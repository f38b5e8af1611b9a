;; $ sarsen run %
(module
  (import "env" "print" (func (param i32)))
  (import "env" "memory" (memory 1))
  (func (export "_start")))

