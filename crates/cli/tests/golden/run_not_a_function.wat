;; $ sarsen run % --invoke memory
(module
  (memory (export "memory") 1))

;; exit 1
;; ! error: run_not_a_function.wat: `memory` is not a function but (memory 1)
