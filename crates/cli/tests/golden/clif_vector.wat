;; $ sarsen inspect % --func f --emit clif
;; A choice by comparison is one instruction.
(module
  (func $f (param v128 v128) (result v128)
    (v128.bitselect (local.get 0) (local.get 1) (i32x4.lt_s (local.get 0) (local.get 1)))))

;; exit 0
;; > function u0:0(i64 vmctx, i8x16, i8x16) -> i8x16 tail {
;; >     region0 = 0 "context"
;; >     gv0 = vmctx
;; >     gv1 = load.i64 notrap aligned readonly region0 gv0
;; >     gv2 = load.i64 notrap aligned region0 gv1+24
;; >
;; >                                 block0(v0: i64, v1: i8x16, v2: i8x16):
;; > @0022                               v4 = bitcast.i32x4 little v1
;; > @0022                               v5 = bitcast.i32x4 little v2
;; >                                     v12 = smin v4, v5
;; > @0024                               v11 = bitcast.i8x16 little v12
;; > @0026                               return v11
;; > }
