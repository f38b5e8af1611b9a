;; $ sarsen inspect % --func f --emit clif
;; A table that nobody writes to, whose functions are all of the type: only null is left, and that faults.
(module (table 3 funcref) (elem (i32.const 1) $g $h)
  (type $t (func (param i32) (result i32)))
  (func $g (type $t) (local.get 0))
  (func $h (type $t) (i32.const 5))
  (func $f (param i32) (result i32) (call_indirect (type $t) (local.get 0) (local.get 0))))
;; exit 0
;; > function u0:2(i64 vmctx, i32) -> i32 tail {
;; >     region0 = 0 "context"
;; >     region1 = 2 "table"
;; >     gv0 = vmctx
;; >     gv1 = load.i64 notrap aligned readonly region0 gv0
;; >     gv2 = load.i64 notrap aligned region0 gv1+24
;; >     sig0 = (i64, i64, i64) -> i64 tail
;; >     sig1 = (i64, i64) -> i64 tail
;; >     sig2 = (i64 vmctx, i32) -> i32 tail
;; >     fn0 = colocated u1:1 sig0
;; >     fn1 = colocated u1:3 sig1
;; >     stack_limit = gv2
;; >
;; >                                 block0(v0: i64, v1: i32):
;; > @0039                               v4 = load.i64 notrap aligned readonly can_move region0 v0+32
;; > @0039                               v5 = load.i64 notrap aligned readonly can_move region0 v4
;; > @0039                               v6 = load.i64 notrap aligned region0 v5
;; > @0039                               v7 = load.i64 notrap aligned region0 v5+8
;; > @0039                               v3 = uextend.i64 v1
;; > @0039                               v8 = icmp uge v3, v7
;; > @0039                               trapnz v8, user4
;; > @0039                               v9 = iconst.i64 3
;; > @0039                               v10 = ishl v3, v9  ; v9 = 3
;; > @0039                               v11 = iadd v6, v10
;; > @0039                               v12 = select_spectre_guard v8, v6, v11
;; > @0039                               v13 = load.i64 notrap aligned region1 v12
;; > @0039                               brif v13, block3(v13), block2
;; >
;; >                                 block2 cold:
;; > @0039                               v15 = iconst.i64 0
;; > @0039                               v17 = call fn0(v0, v15, v3)  ; v15 = 0
;; > @0039                               jump block3(v17)
;; >
;; >                                 block3(v14: i64):
;; > @0039                               v18 = load.i64 user5 region0 v14+32
;; > @0039                               brif v18, block5(v18), block4
;; >
;; >                                 block4 cold:
;; > @0039                               v20 = call fn1(v0, v14)
;; > @0039                               jump block5(v20)
;; >
;; >                                 block5(v19: i64):
;; > @0039                               v21 = load.i64 notrap aligned region0 v14+40
;; > @0039                               store.i64 notrap aligned region0 v0, v14+56
;; > @0039                               v22 = call_indirect sig2, v19(v21, v1)
;; > @003c                               return v22
;; > }
