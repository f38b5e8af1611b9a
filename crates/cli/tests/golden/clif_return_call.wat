;; $ sarsen inspect % --func f --emit clif
;; A tail call is a jump.
(module
  (func $f (param i64 i64) (result i64)
    (if (i64.eqz (local.get 0)) (then (return (local.get 1))))
    (return_call $f
      (i64.sub (local.get 0) (i64.const 1))
      (i64.mul (local.get 0) (local.get 1)))))

;; exit 0
;; > function u0:0(i64 vmctx, i64, i64) -> i64 tail {
;; >     region0 = 0 "context"
;; >     gv0 = vmctx
;; >     gv1 = load.i64 notrap aligned readonly region0 gv0
;; >     gv2 = load.i64 notrap aligned region0 gv1+24
;; >     sig0 = (i64 vmctx, i64, i64) -> i64 tail
;; >     fn0 = colocated u0:0 sig0
;; >     stack_limit = gv2
;; >
;; >                                 block0(v0: i64, v1: i64, v2: i64):
;; > @001c                               v4 = iconst.i64 0
;; > @001c                               v5 = icmp eq v1, v4  ; v4 = 0
;; > @001d                               brif v5, block2, block3
;; >
;; >                                 block2:
;; > @0021                               return v2
;; >
;; >                                 block3:
;; > @0022                               jump block4
;; >
;; >                                 block4:
;; > @0025                               v7 = iconst.i64 1
;; > @0027                               v8 = isub.i64 v1, v7  ; v7 = 1
;; > @002c                               v9 = imul.i64 v1, v2
;; > @002d                               return_call fn0(v0, v8, v9)
;; > }
