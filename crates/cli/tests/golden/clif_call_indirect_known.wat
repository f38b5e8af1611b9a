;; $ sarsen inspect % --func f --emit clif
;; A table that nobody writes to, with one function of the type: if the call is of anything, it is of that.
(module (table funcref (elem $add $g $add))
  (type $t (func (param i32) (result i32)))
  (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func $g (type $t) (i32.mul (local.get 0) (i32.const 3)))
  (func $f (param i32) (result i32) (call_indirect (type $t) (local.get 0) (local.get 0))))
;; exit 0
;; > function u0:2(i64 vmctx, i32) -> i32 tail {
;; >     region0 = 0 "context"
;; >     region1 = 2 "table"
;; >     gv0 = vmctx
;; >     gv1 = load.i64 notrap aligned readonly region0 gv0
;; >     gv2 = load.i64 notrap aligned region0 gv1+24
;; >
;; >                                 block0(v0: i64, v1: i32):
;; > @0049                               v3 = iconst.i32 1
;; > @0049                               v4 = icmp ne v1, v3  ; v3 = 1
;; > @0049                               brif v4, block2, block3
;; >
;; >                                 block2 cold:
;; > @0049                               v5 = uextend.i64 v1
;; > @0049                               v7 = iconst.i64 3
;; > @0049                               v8 = icmp uge v5, v7  ; v7 = 3
;; > @0049                               trapnz v8, user4
;; > @0049                               v6 = load.i64 notrap aligned readonly can_move region0 v0+112
;; > @0049                               v10 = ishl v5, v7  ; v7 = 3
;; > @0049                               v11 = iadd v6, v10
;; > @0049                               v12 = select_spectre_guard v8, v6, v11
;; > @0049                               v13 = load.i64 notrap aligned region1 v12
;; > @0049                               v14 = iconst.i64 0
;; > @0049                               v15 = icmp eq v13, v14  ; v14 = 0
;; > @0049                               trapnz v15, user5
;; > @0049                               trap user6
;; >
;; >                                 block3:
;; > @80000002                           v17 = iconst.i32 3
;; > @80000003                           v18 = imul.i32 v1, v17  ; v17 = 3
;; > @004c                               return v18
;; > }
