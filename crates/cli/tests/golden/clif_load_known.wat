;; $ sarsen inspect % --func f --emit clif
;; An address that every memory of the type has.
(module (memory 1)
  (func $f (result i32) (i32.load offset=8 (i32.const 100))))

;; exit 0
;; > function u0:0(i64 vmctx) -> i32 tail {
;; >     region0 = 0 "context"
;; >     region1 = 1 "memory"
;; >     gv0 = vmctx
;; >     gv1 = load.i64 notrap aligned readonly region0 gv0
;; >     gv2 = load.i64 notrap aligned region0 gv1+24
;; >
;; >                                 block0(v0: i64):
;; > @0020                               v3 = load.i64 notrap aligned readonly can_move region0 v0+96
;; > @0020                               v4 = load.i32 notrap region1 v3+108
;; > @0023                               return v4
;; > }
