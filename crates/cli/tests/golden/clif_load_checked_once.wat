;; $ sarsen inspect % --func f --emit clif
;; The first check covers the second access.
(module (memory i64 1)
  (func $f (param i64) (result i64)
    (i64.add (i64.load offset=8 (local.get 0)) (i64.load (local.get 0)))))

;; exit 0
;; > function u0:0(i64 vmctx, i64) -> i64 tail {
;; >     region0 = 0 "context"
;; >     region1 = 1 "memory"
;; >     gv0 = vmctx
;; >     gv1 = load.i64 notrap aligned readonly region0 gv0
;; >     gv2 = load.i64 notrap aligned region0 gv1+24
;; >
;; >                                 block0(v0: i64, v1: i64):
;; > @0020                               v3 = load.i64 notrap aligned readonly can_move region0 v0+8
;; > @0020                               v4 = load.i64 notrap aligned region0 v3+8
;; > @0020                               v5 = iconst.i64 16
;; > @0020                               v6 = isub v4, v5  ; v5 = 16
;; > @0020                               v7 = icmp ugt v1, v6
;; > @0020                               trapnz v7, heap_oob
;; > @0020                               v9 = load.i64 notrap aligned region0 v3
;; > @0020                               v11 = iconst.i64 0
;; > @0020                               v10 = iadd v9, v1
;; > @0020                               v12 = select_spectre_guard v7, v11, v10  ; v11 = 0
;; > @0020                               v13 = load.i64 notrap region1 v12+8
;; > @0025                               v14 = load.i64 notrap region1 v12
;; > @0028                               v15 = iadd v13, v14
;; > @0029                               return v15
;; > }
