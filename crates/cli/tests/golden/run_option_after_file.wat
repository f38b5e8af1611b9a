;; $ sarsen % --invoke f --fuel 10
(module (func (export "f")))

;; exit 2
;; ! error: f takes 0 arguments, but 2 given; options of sarsen go before the file
