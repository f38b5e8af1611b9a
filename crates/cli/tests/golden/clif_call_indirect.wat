;; $ sarsen inspect % --func f --emit clif
;; A table that cannot grow: its length is known, its elements are one load away.
(module (table (export "table") 2 2 funcref) (type $t (func (param i32) (result i32)))
  (func $f (param i32) (result i32) (call_indirect (type $t) (local.get 0) (local.get 0))))

;; exit 0
;; > function u0:0(i64 vmctx, i32) -> i32 tail {
;; >     region0 = 0 "context"
;; >     region1 = 2 "table"
;; >     gv0 = vmctx
;; >     gv1 = load.i64 notrap aligned readonly region0 gv0
;; >     gv2 = load.i64 notrap aligned region0 gv1+24
;; >     sig0 = (i64, i64) -> i64 tail
;; >     sig1 = (i64 vmctx, i32) -> i32 tail
;; >     fn0 = colocated u1:3 sig0
;; >     stack_limit = gv2
;; >
;; >                                 block0(v0: i64, v1: i32):
;; > @002f                               v3 = uextend.i64 v1
;; > @002f                               v5 = iconst.i64 2
;; > @002f                               v6 = icmp uge v3, v5  ; v5 = 2
;; > @002f                               trapnz v6, user4
;; > @002f                               v4 = load.i64 notrap aligned readonly can_move region0 v0+128
;; > @002f                               v7 = iconst.i64 3
;; > @002f                               v8 = ishl v3, v7  ; v7 = 3
;; > @002f                               v9 = iadd v4, v8
;; > @002f                               v10 = select_spectre_guard v6, v4, v9
;; > @002f                               v11 = load.i64 notrap aligned region1 v10
;; > @002f                               v14 = load.i32 user5 region0 v11+16
;; > @002f                               v12 = load.i64 notrap aligned readonly can_move region0 v0+72
;; > @002f                               v13 = load.i32 notrap aligned readonly can_move region0 v12
;; > @002f                               v15 = icmp ne v14, v13
;; > @002f                               trapnz v15, user6
;; > @002f                               v16 = load.i64 notrap aligned region0 v11+32
;; > @002f                               brif v16, block3(v16), block2
;; >
;; >                                 block2 cold:
;; > @002f                               v18 = call fn0(v0, v11)
;; > @002f                               jump block3(v18)
;; >
;; >                                 block3(v17: i64):
;; > @002f                               v19 = load.i64 notrap aligned region0 v11+40
;; > @002f                               store.i64 notrap aligned region0 v0, v11+56
;; > @002f                               v20 = call_indirect sig1, v17(v19, v1)
;; > @0032                               return v20
;; > }
