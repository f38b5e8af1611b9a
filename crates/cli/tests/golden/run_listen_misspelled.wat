;; $ sarsen --listen nowhere %
(module (func (export "_start")))

;; exit 2
;; ! error: --listen nowhere: invalid socket address
