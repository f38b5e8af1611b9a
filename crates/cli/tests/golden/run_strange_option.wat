;; $ sarsen run --nope %
(module (func (export "_start")))

;; exit 2
;; ! error: unexpected argument '--nope' found
;; !
;; ! Usage: sarsen [run] [OPTIONS] FILE [ARGUMENT]...
;; !        sarsen [run] [OPTIONS] FILE --invoke NAME [ARGUMENT]...
;; !
;; ! For more information, try '--help'.
