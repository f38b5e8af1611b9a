;; $ sarsen inspect % --func f --emit clif
;; An imported function is called through its record.
(module (import "a" "b" (func $g (param i32) (result i32)))
  (func $f (param i32) (result i32) (call $g (local.get 0))))

;; exit 0
;; > function u0:0(i64 vmctx, i32) -> i32 tail {
;; >     region0 = 0 "context"
;; >     gv0 = vmctx
;; >     gv1 = load.i64 notrap aligned readonly region0 gv0
;; >     gv2 = load.i64 notrap aligned region0 gv1+24
;; >     sig0 = (i64, i64) -> i64 tail
;; >     sig1 = (i64 vmctx, i32) -> i32 tail
;; >     fn0 = colocated u1:3 sig0
;; >     stack_limit = gv2
;; >
;; >                                 block0(v0: i64, v1: i32):
;; > @0024                               v3 = load.i64 notrap aligned readonly can_move region0 v0+48
;; > @0024                               v4 = load.i64 notrap aligned readonly can_move region0 v3
;; > @0024                               v5 = load.i64 notrap aligned region0 v4+32
;; > @0024                               brif v5, block3(v5), block2
;; >
;; >                                 block2 cold:
;; > @0024                               v7 = call fn0(v0, v4)
;; > @0024                               jump block3(v7)
;; >
;; >                                 block3(v6: i64):
;; > @0024                               v8 = load.i64 notrap aligned region0 v4+40
;; > @0024                               store.i64 notrap aligned region0 v0, v4+56
;; > @0024                               v9 = call_indirect sig1, v6(v8, v1)
;; > @0026                               return v9
;; > }
