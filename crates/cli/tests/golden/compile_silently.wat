;; $ sarsen compile % -o /dev/null
(module (func (export "_start")))

;; exit 0
