;; $ sarsen --max-memory 64TB %
(module (memory 2) (func (export "_start")))

;; exit 2
;; ! error: invalid value '64TB' for '--max-memory <SIZE>': `TB` is not a unit of size; there are B, KiB, MiB and GiB
;; !
;; ! For more information, try '--help'.
