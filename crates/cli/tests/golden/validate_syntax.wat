;; $ sarsen validate %
(module
  (func (result i32) (i32.cost 1)))

;; exit 1
;; ! error: validate_syntax.wat: unknown operator or unexpected token
;; !      --> validate_syntax.wat:3:23
;; !       |
;; !     3 |   (func (result i32) (i32.cost 1)))
;; !       |                       ^
