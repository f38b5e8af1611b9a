;; $ sarsen inspect % --func f --emit clif
;; All that the table can hold has the type: nothing compares signatures.
(module (type $t (func (result i32))) (table 2 2 (ref null $t))
  (func $f (param i32) (result i32) (call_indirect (type $t) (local.get 0))))

;; exit 0
;; > function u0:0(i64 vmctx, i32) -> i32 tail {
;; >     region0 = 0 "context"
;; >     region1 = 2 "table"
;; >     gv0 = vmctx
;; >     gv1 = load.i64 notrap aligned readonly region0 gv0
;; >     gv2 = load.i64 notrap aligned region0 gv1+24
;; >     sig0 = (i64, i64) -> i64 tail
;; >     sig1 = (i64 vmctx) -> i32 tail
;; >     fn0 = colocated u1:3 sig0
;; >     stack_limit = gv2
;; >
;; >                                 block0(v0: i64, v1: i32):
;; > @0027                               v3 = uextend.i64 v1
;; > @0027                               v5 = iconst.i64 2
;; > @0027                               v6 = icmp uge v3, v5  ; v5 = 2
;; > @0027                               trapnz v6, user4
;; > @0027                               v4 = load.i64 notrap aligned readonly can_move region0 v0+128
;; > @0027                               v7 = iconst.i64 3
;; > @0027                               v8 = ishl v3, v7  ; v7 = 3
;; > @0027                               v9 = iadd v4, v8
;; > @0027                               v10 = select_spectre_guard v6, v4, v9
;; > @0027                               v11 = load.i64 notrap aligned region1 v10
;; > @0027                               v12 = load.i64 user5 region0 v11+32
;; > @0027                               brif v12, block3(v12), block2
;; >
;; >                                 block2 cold:
;; > @0027                               v14 = call fn0(v0, v11)
;; > @0027                               jump block3(v14)
;; >
;; >                                 block3(v13: i64):
;; > @0027                               v15 = load.i64 notrap aligned region0 v11+40
;; > @0027                               store.i64 notrap aligned region0 v0, v11+56
;; > @0027                               v16 = call_indirect sig1, v13(v15)
;; > @002a                               return v16
;; > }
