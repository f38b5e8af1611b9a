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
;; >     sig0 = (i64 vmctx) -> i32 tail
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
;; > @0027                               v13 = load.i64 notrap aligned region0 v11+40
;; > @0027                               store notrap aligned region0 v0, v11+56
;; > @0027                               v14 = call_indirect sig0, v12(v13)
;; > @002a                               return v14
;; > }
