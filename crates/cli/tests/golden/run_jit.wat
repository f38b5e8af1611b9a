;; $ sarsen run --strategy jit %
(module (func (export "_start")))

;; exit 0
