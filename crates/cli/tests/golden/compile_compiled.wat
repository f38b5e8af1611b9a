;; $ sarsen compile ../fixtures/damaged.sarsen -o /dev/null
(module (func (export "_start")))

;; exit 1
;; ! error: ../fixtures/damaged.sarsen: a compiled module, which is there to be run; what it was made from is needed
