;; $ sarsen --config ../fixtures/wrong_size.toml %
(module (func (export "_start")))

;; exit 2
;; ! error: ../fixtures/wrong_size.toml: TOML parse error at line 1, column 14
;; !   |
;; ! 1 | max-memory = -1
;; !   |              ^^
;; ! a size is a number of bytes, or spelled like "64MiB"
