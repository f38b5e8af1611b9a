;; $ sarsen run ../fixtures/damaged.sarsen
(module (func (export "_start")))

;; exit 1
;; ! error: ../fixtures/damaged.sarsen: not a compiled module, or damaged: it is too long: it has 216 bytes of 0
