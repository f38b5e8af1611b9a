;; $ sarsen compile % -o .
(module (func (export "_start")))

;; exit 1
;; ! error: .: Is a directory (os error 21)
