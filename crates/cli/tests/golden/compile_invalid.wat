;; $ sarsen compile % -o /dev/null
(module (func (result i32) i64.const 1))

;; exit 1
;; ! error: compile_invalid.wat: type mismatch: expected i32, found i64 (at offset 0x1a)
