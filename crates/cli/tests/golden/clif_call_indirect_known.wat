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
;; >     sig0 = (i64, i64, i64) -> i64 tail
;; >     fn0 = colocated u1:1 sig0
;; >     stack_limit = gv2
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
;; > @0049                               v6 = load.i64 notrap aligned readonly can_move region0 v0+128
;; > @0049                               v10 = ishl v5, v7  ; v7 = 3
;; > @0049                               v11 = iadd v6, v10
;; > @0049                               v12 = select_spectre_guard v8, v6, v11
;; > @0049                               v13 = load.i64 notrap aligned region1 v12
;; > @0049                               brif v13, block5(v13), block4
;; >
;; >                                 block4 cold:
;; > @0049                               v15 = iconst.i64 0
;; > @0049                               v17 = call fn0(v0, v15, v5)  ; v15 = 0
;; > @0049                               jump block5(v17)
;; >
;; >                                 block5(v14: i64):
;; >                                     v23 = iconst.i64 0
;; > @0049                               v19 = icmp eq v14, v23  ; v23 = 0
;; > @0049                               trapnz v19, user5
;; > @0049                               trap user6
;; >
;; >                                 block3:
;; > @80000002                           v21 = iconst.i32 3
;; > @80000003                           v22 = imul.i32 v1, v21  ; v21 = 3
;; > @004c                               return v22
;; > }
