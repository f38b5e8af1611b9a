;; $ sarsen --fuel lots %
(module
  (func $forever (export "_start") (loop (br 0))))

;; exit 2
;; ! error: invalid value 'lots' for '--fuel <N>': invalid digit found in string
;; !
;; ! For more information, try '--help'.
