;; $ sarsen --config ../fixtures/wrong.toml %
(module (func (export "_start")))

;; exit 2
;; ! error: ../fixtures/wrong.toml: TOML parse error at line 1, column 11
;; !   |
;; ! 1 | timeout = "5 parsecs"
;; !   |           ^^^^^^^^^^^
;; ! ` parsecs` is not a unit of time; there are ms, s, m and h
