;; $ sarsen inspect % --func f --emit clif
;; A final type is compared, and nobody is asked.
(module (type $leaf (sub final (struct (field i32))))
  (func $f (param anyref) (result i32)
    (struct.get $leaf 0 (ref.cast (ref $leaf) (local.get 0)))))

;; exit 0
;; > function u0:0(i64 vmctx, i32) -> i32 tail {
;; >     region0 = 0 "context"
;; >     region1 = 3 "heap"
;; >     gv0 = vmctx
;; >     gv1 = load.i64 notrap aligned readonly region0 gv0
;; >     gv2 = load.i64 notrap aligned region0 gv1+24
;; >
;; >                                 block0(v0: i64, v1: i32):
;; > @001f                               v7 = iconst.i32 0
;; > @001f                               brif v1, block3, block2(v7)  ; v7 = 0
;; >
;; >                                 block3:
;; > @001f                               v6 = iconst.i32 1
;; > @001f                               v10 = band.i32 v1, v6  ; v6 = 1
;; >                                     v27 = iconst.i32 0
;; > @001f                               brif v10, block2(v27), block5  ; v27 = 0
;; >
;; >                                 block5:
;; > @001f                               v11 = load.i64 notrap aligned readonly can_move region0 v0
;; > @001f                               v12 = load.i64 notrap aligned region0 v11+32
;; > @001f                               v13 = uextend.i64 v1
;; > @001f                               v14 = iadd v12, v13
;; > @001f                               v15 = load.i32 notrap aligned region1 v14
;; > @001f                               v3 = load.i64 notrap aligned readonly can_move region0 v0+72
;; > @001f                               v4 = load.i32 notrap aligned readonly can_move region0 v3
;; > @001f                               v16 = icmp eq v15, v4
;; > @001f                               v17 = uextend.i32 v16
;; > @001f                               jump block2(v17)
;; >
;; >                                 block2(v5: i32):
;; >                                     v28 = iconst.i32 0
;; >                                     v29 = icmp eq v5, v28  ; v28 = 0
;; > @001f                               trapnz v29, user18
;; >                                     v30 = icmp.i32 eq v1, v28  ; v28 = 0
;; > @0022                               trapnz v30, user13
;; >                                     v31 = load.i64 notrap aligned readonly can_move region0 v0
;; > @0022                               v23 = load.i64 notrap aligned region0 v31+32
;; >                                     v32 = uextend.i64 v1
;; > @0022                               v25 = iadd v23, v32
;; > @0022                               v26 = load.i32 notrap region1 v25+8
;; > @0026                               return v26
;; > }
