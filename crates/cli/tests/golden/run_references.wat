;; $ sarsen run % --invoke same null null null
(module
  (func $f (export "same") (param funcref externref anyref) (result funcref externref anyref funcref anyref)
    (local.get 0) (local.get 1) (local.get 2) (ref.func $f) (ref.i31 (i32.const 7)))
  (elem declare func $f))

;; exit 0
;; > null
;; > null
;; > null
;; > funcref
;; > anyref
