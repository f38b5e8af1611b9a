;; $ sarsen run % --invoke same -0x8000_0000_0000_0000 0xffff_ffff
(module
  (func (export "same") (param i64 i32) (result i64 i32)
    (local.get 0) (local.get 1)))

;; exit 0
;; > -9223372036854775808
;; > -1
