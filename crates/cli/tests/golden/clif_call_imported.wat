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
;; >     sig0 = (i64 vmctx, i32) -> i32 tail
;; >     stack_limit = gv2
;; >
;; >                                 block0(v0: i64, v1: i32):
;; > @0024                               v3 = load.i64 notrap aligned readonly can_move region0 v0+48
;; > @0024                               v4 = load.i64 notrap aligned readonly can_move region0 v3
;; > @0024                               v5 = load.i64 notrap aligned region0 v4+32
;; > @0024                               v6 = load.i64 notrap aligned region0 v4+40
;; > @0024                               store notrap aligned region0 v0, v4+56
;; > @0024                               v7 = call_indirect sig0, v5(v6, v1)
;; > @0026                               return v7
;; > }
