;; $ sarsen run --strategy tiered %
(module (func (export "_start")))

;; exit 2
;; ! error: strategy `tiered` does not exist in this build
