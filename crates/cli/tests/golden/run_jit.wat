;; $ sarsen run --strategy jit %
(module (func (export "_start")))

;; exit 2
;; ! error: strategy `jit` does not exist in this build
