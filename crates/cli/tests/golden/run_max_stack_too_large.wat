;; $ sarsen --max-stack 2GiB %
(module (func (export "_start")))

;; exit 2
;; ! error: --max-stack can be 1GiB at most
