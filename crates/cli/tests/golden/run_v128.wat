;; $ sarsen run % --invoke add "i32x4 1 2 3 -4" "i8x16 1 0 0 0 0 0 0 0 0 0 0 0 1 0 0 0"
(module
  (func (export "add") (param v128 v128) (result v128)
    (i32x4.add (local.get 0) (local.get 1))))

;; exit 0
;; > i32x4 0x00000002 0x00000002 0x00000003 0xfffffffd
