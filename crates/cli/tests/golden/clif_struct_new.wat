;; $ sarsen inspect % --func f --emit clif
;; An object is put where the last one ended.
(module (type $pair (struct (field i32) (field i64)))
  (func $f (param i32 i64) (result (ref $pair))
    (struct.new $pair (local.get 0) (local.get 1))))

;; exit 0
;; > function u0:0(i64 vmctx, i32, i64) -> i32 tail {
;; >     ss0 = explicit_slot 16, align = 16
;; >     region0 = 0 "context"
;; >     region1 = 4 "slots"
;; >     region2 = 3 "heap"
;; >     gv0 = vmctx
;; >     gv1 = load.i64 notrap aligned readonly region0 gv0
;; >     gv2 = load.i64 notrap aligned region0 gv1+24
;; >     sig0 = (i64, i64, i64, i64) tail
;; >     fn0 = colocated u1:0 sig0
;; >     stack_limit = gv2
;; >
;; >                                 block0(v0: i64, v1: i32, v2: i64):
;; > @0025                               v8 = load.i64 notrap aligned readonly can_move region0 v0
;; > @0025                               v9 = load.i32 notrap aligned region0 v8+40
;; > @0025                               v10 = load.i32 notrap aligned region0 v8+44
;; > @0025                               v11 = isub v10, v9
;; > @0025                               v6 = iconst.i32 24
;; >                                     v37 = icmp uge v11, v6  ; v6 = 24
;; > @0025                               brif v37, block2, block3
;; >
;; >                                 block3 cold:
;; > @0025                               v15 = uextend.i64 v1
;; > @0025                               v14 = stack_addr.i64 ss0
;; > @0025                               store notrap region1 v15, v14
;; > @0025                               store.i64 notrap region1 v2, v14+8
;; > @0025                               v4 = load.i64 notrap aligned readonly can_move region0 v0+72
;; > @0025                               v5 = load.i32 notrap aligned readonly can_move region0 v4
;; > @0025                               v7 = uextend.i64 v5
;; > @0025                               v16 = load.i64 notrap aligned readonly can_move region0 v0+104
;; > @0025                               v17 = load.i64 notrap aligned readonly can_move region0 v16+136
;; > @0025                               call fn0(v0, v14, v7, v17)
;; > @0025                               v18 = load.i32 notrap region1 v14
;; > @0025                               jump block4(v18)
;; >
;; >                                 block2:
;; >                                     v41 = iconst.i32 24
;; >                                     v42 = iadd.i32 v9, v41  ; v41 = 24
;; > @0025                               store notrap aligned region0 v42, v8+40
;; > @0025                               v20 = load.i64 notrap aligned region0 v8+48
;; > @0025                               v21 = iconst.i32 3
;; > @0025                               v22 = ushr.i32 v9, v21  ; v21 = 3
;; > @0025                               v23 = uextend.i64 v22
;; > @0025                               v24 = iconst.i64 6
;; > @0025                               v25 = ushr v23, v24  ; v24 = 6
;; > @0025                               v26 = iconst.i64 3
;; > @0025                               v27 = ishl v25, v26  ; v26 = 3
;; > @0025                               v28 = iadd v20, v27
;; > @0025                               v31 = load.i64 notrap aligned region0 v28
;; > @0025                               v29 = iconst.i64 1
;; >                                     v39 = ishl v29, v22  ; v29 = 1
;; > @0025                               v32 = bor v31, v39
;; > @0025                               store notrap aligned region0 v32, v28
;; > @0025                               v34 = load.i64 notrap aligned region0 v8+32
;; >                                     v43 = load.i64 notrap aligned readonly can_move region0 v0+72
;; >                                     v44 = load.i32 notrap aligned readonly can_move region0 v43
;; >                                     v45 = uextend.i64 v44
;; > @0025                               v35 = uextend.i64 v9
;; > @0025                               v36 = iadd v34, v35
;; > @0025                               store notrap region2 v45, v36
;; > @0025                               store.i32 notrap region2 v1, v36+8
;; > @0025                               store.i64 notrap region2 v2, v36+16
;; > @0025                               jump block4(v9)
;; >
;; >                                 block4(v13: i32):
;; > @0028                               return v13
;; > }
