;; $ sarsen inspect % --func f --emit clif
;; A few known bytes are loaded and stored.
(module (memory 1)
  (func $f (param i32 i32) (memory.copy (local.get 0) (local.get 1) (i32.const 24))))

;; exit 0
;; > function u0:0(i64 vmctx, i32, i32) tail {
;; >     ss0 = explicit_slot 24, align = 16
;; >     region0 = 0 "context"
;; >     region1 = 4 "slots"
;; >     region2 = 1 "memory"
;; >     gv0 = vmctx
;; >     gv1 = load.i64 notrap aligned readonly region0 gv0
;; >     gv2 = load.i64 notrap aligned region0 gv1+24
;; >     sig0 = (i64, i64, i64, i64) tail
;; >     fn0 = colocated u1:0 sig0
;; >     stack_limit = gv2
;; >
;; >                                 block0(v0: i64, v1: i32, v2: i32):
;; > @0024                               v10 = load.i64 notrap aligned readonly can_move region0 v0+8
;; > @0024                               v11 = load.i64 notrap aligned region0 v10+8
;; > @0024                               v8 = uextend.i64 v1
;; >                                     v33 = iconst.i64 24
;; > @0024                               v9 = iadd v8, v33  ; v33 = 24
;; > @0024                               v12 = icmp ugt v9, v11
;; > @0024                               v16 = uextend.i64 v2
;; > @0024                               v17 = iadd v16, v33  ; v33 = 24
;; > @0024                               v20 = icmp ugt v17, v11
;; > @0024                               v21 = bor v12, v20
;; > @0024                               brif v21, block2, block3
;; >
;; >                                 block2 cold:
;; > @0024                               v25 = stack_addr.i64 ss0
;; > @0024                               store.i64 notrap region1 v8, v25
;; > @0024                               store.i64 notrap region1 v16, v25+8
;; >                                     v41 = iconst.i64 24
;; > @0024                               store notrap region1 v41, v25+16  ; v41 = 24
;; > @0024                               v24 = iconst.i64 0
;; > @0024                               v29 = load.i64 notrap aligned readonly can_move region0 v0+104
;; > @0024                               v30 = load.i64 notrap aligned readonly can_move region0 v29+16
;; > @0024                               call fn0(v0, v25, v24, v30)  ; v24 = 0
;; > @0024                               jump block4
;; >
;; >                                 block3:
;; > @0024                               v14 = load.i64 notrap aligned readonly can_move region0 v0+96
;; > @0024                               v23 = iadd v14, v16
;; > @0024                               v31 = load.i8x16 notrap region2 v23
;; > @0024                               v32 = load.i64 notrap region2 v23+16
;; > @0024                               v15 = iadd v14, v8
;; > @0024                               store notrap region2 v31, v15
;; > @0024                               store notrap region2 v32, v15+16
;; > @0024                               jump block4
;; >
;; >                                 block4:
;; > @0028                               return
;; > }
