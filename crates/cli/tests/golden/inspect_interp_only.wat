;; $ sarsen inspect % --func add --emit interp
(module
  (func $add (export "sum") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))

;; exit 0
;; > 0x22:   0 Enter.0 6,0,2
;; > 0x27:   2 Binary.1 i32.add 3,0,1
;; > 0x28:   4 Return.1 2
