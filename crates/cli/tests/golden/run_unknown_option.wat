;; $ sarsen run --fule 10 %
(module (func (export "f")))

;; exit 2
;; ! error: unexpected argument '--fule' found
;; !
;; !   tip: a similar argument exists: '--fuel'
;; !
;; ! Usage: sarsen [run] [OPTIONS] FILE [ARGUMENT]...
;; !        sarsen [run] [OPTIONS] FILE --invoke NAME [ARGUMENT]...
;; !
;; ! For more information, try '--help'.
