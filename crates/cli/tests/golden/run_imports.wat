;; $ sarsen run %
(module
  (import "env" "print" (func (param i32)))
  (import "env" "memory" (memory 1))
  (func (export "_start")))

;; exit 1
;; ! error: run_imports.wat: imports are not provided:
;; !   "env" "print" (func (param i32))
;; !   "env" "memory" (memory 1)
