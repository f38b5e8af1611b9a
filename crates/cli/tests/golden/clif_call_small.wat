;; $ sarsen inspect % --func f --emit clif
;; Small functions take the place of their calls; their positions are numbers.
(module
  (func $square (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))
  (func $f (param i32) (result i32) (call $square (call $square (local.get 0)))))

;; exit 0
;; > function u0:1(i64 vmctx, i32) -> i32 tail {
;; >     region0 = 0 "context"
;; >     gv0 = vmctx
;; >     gv1 = load.i64 notrap aligned readonly region0 gv0
;; >     gv2 = load.i64 notrap aligned region0 gv1+24
;; >
;; >                                 block0(v0: i64, v1: i32):
;; > @80000003                           v4 = imul v1, v1
;; > @80000008                           v6 = imul v4, v4
;; > @0028                               return v6
;; > }
