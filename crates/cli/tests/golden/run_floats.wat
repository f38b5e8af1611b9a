;; $ sarsen run % --invoke same -inf 0x1.8p1 nan:0x200000 -1e-3
(module
  (func (export "same") (param f32 f32 f32 f64) (result f32 f32 f32 f64)
    (local.get 0) (local.get 1) (local.get 2) (local.get 3)))

;; exit 0
;; > -inf
;; > 3
;; > nan:0x200000
;; > -0.001
