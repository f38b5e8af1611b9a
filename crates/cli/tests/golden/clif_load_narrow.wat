;; $ sarsen inspect % --func f --emit clif
;; One instruction reads and extends.
(module (memory 1)
  (func $f (param i32) (result i64) (i64.load16_s (local.get 0))))

;; exit 0
;; > function u0:0(i64 vmctx, i32) -> i64 tail {
;; >     region0 = 0 "context"
;; >     region1 = 1 "memory"
;; >     gv0 = vmctx
;; >     gv1 = load.i64 notrap aligned readonly region0 gv0
;; >     gv2 = load.i64 notrap aligned region0 gv1+24
;; >
;; >                                 block0(v0: i64, v1: i32):
;; > @0020                               v3 = load.i64 notrap aligned readonly can_move region0 v0+96
;; > @0020                               v4 = uextend.i64 v1
;; > @0020                               v5 = iadd v3, v4
;; > @0020                               v6 = sload16.i64 region1 v5
;; > @0023                               return v6
;; > }
