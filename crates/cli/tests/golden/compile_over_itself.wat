;; $ sarsen compile % -o %
(module (func (export "_start")))

;; exit 2
;; ! error: the compiled module would replace the module; say where it goes with -o
