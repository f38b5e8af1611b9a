;; $ sarsen --timeout 5 %
(module
  (func $forever (export "_start") (loop (br 0))))

;; exit 2
;; ! error: invalid value '5' for '--timeout <TIME>': it needs a unit, as in 5s; there are ms, s, m and h
;; !
;; ! For more information, try '--help'.
