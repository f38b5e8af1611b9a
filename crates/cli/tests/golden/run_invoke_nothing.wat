;; $ sarsen % --invoke
(module (func (export "double")))

;; exit 2
;; ! error: --invoke needs the name of a function
