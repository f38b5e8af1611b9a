;; $ sarsen inspect % --func f --emit clif
;; A table that cannot change: its length is known, its elements are one load away.
(module (table 2 2 funcref) (type $t (func (param i32) (result i32)))
  (func $f (param i32) (result i32) (call_indirect (type $t) (local.get 0) (local.get 0))))

;; exit 0
;; > function u0:0(i64 vmctx, i32) -> i32 tail {
;; >     region0 = 0 "context"
;; >     region1 = 2 "table"
;; >     gv0 = vmctx
;; >     gv1 = load.i64 notrap aligned readonly region0 gv0
;; >     gv2 = load.i64 notrap aligned region0 gv1+184
;; >     sig0 = (i64 vmctx, i32) -> i32 tail
;; >     stack_limit = gv2
;; >
;; >                                 block0(v0: i64, v1: i32):
;; > @0024                               v3 = uextend.i64 v1
;; > @0024                               v5 = iconst.i64 2
;; > @0024                               v6 = icmp uge v3, v5  ; v5 = 2
;; > @0024                               trapnz v6, user4
;; > @0024                               v4 = load.i64 notrap aligned readonly can_move region0 v0+112
;; > @0024                               v7 = iconst.i64 3
;; > @0024                               v8 = ishl v3, v7  ; v7 = 3
;; > @0024                               v9 = iadd v4, v8
;; > @0024                               v10 = select_spectre_guard v6, v4, v9
;; > @0024                               v11 = load.i64 notrap aligned region1 v10
;; > @0024                               v12 = iconst.i64 0
;; > @0024                               v13 = icmp eq v11, v12  ; v12 = 0
;; > @0024                               trapnz v13, user5
;; > @0024                               v16 = load.i32 notrap aligned readonly can_move region0 v11+16
;; > @0024                               v14 = load.i64 notrap aligned readonly can_move region0 v0+72
;; > @0024                               v15 = load.i32 notrap aligned readonly can_move region0 v14
;; > @0024                               v17 = icmp ne v16, v15
;; > @0024                               trapnz v17, user6
;; > @0024                               v18 = load.i64 notrap aligned region0 v11+40
;; > @0024                               v19 = load.i64 notrap aligned region0 v11+32
;; > @0024                               store notrap aligned region0 v0, v11+56
;; > @0024                               v20 = call_indirect sig0, v19(v18, v1)
;; > @0027                               return v20
;; > }
