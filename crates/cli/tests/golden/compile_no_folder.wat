;; $ sarsen compile % -o nowhere/out.sarsen
(module (func (export "_start")))

;; exit 1
;; ! error: nowhere/out.sarsen: No such file or directory (os error 2)
