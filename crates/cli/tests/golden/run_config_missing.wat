;; $ sarsen --config ../fixtures/nothing.toml %
(module (func (export "_start")))

;; exit 2
;; ! error: ../fixtures/nothing.toml: No such file or directory (os error 2)
