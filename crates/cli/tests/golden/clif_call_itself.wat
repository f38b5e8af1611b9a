;; $ sarsen inspect % --func f --emit clif
;; A small recursive function takes the place of its own calls, once.
(module (func $f (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (call $f (i32.sub (local.get 0) (i32.const 1))) (local.get 0)))
      (else (i32.const 0)))))
;; exit 0
;; > function u0:0(i64 vmctx, i32) -> i32 tail {
;; >     region0 = 0 "context"
;; >     gv0 = vmctx
;; >     gv1 = load.i64 notrap aligned readonly region0 gv0
;; >     gv2 = load.i64 notrap aligned region0 gv1+24
;; >     sig0 = (i64 vmctx, i32) -> i32 tail
;; >     fn0 = colocated u0:0 sig0
;; >     stack_limit = gv2
;; >
;; >                                 block0(v0: i64, v1: i32):
;; > @001b                               brif v1, block2, block3
;; >
;; >                                 block2:
;; > @001f                               v4 = iconst.i32 1
;; > @0021                               v5 = isub.i32 v1, v4  ; v4 = 1
;; > @80000002                           brif v5, block6, block7
;; >
;; >                                 block6:
;; >                                     v16 = iconst.i32 2
;; >                                     v17 = isub.i32 v1, v16  ; v16 = 2
;; > @80000006                           v10 = call fn0(v0, v17)
;; >                                     v20 = isub.i32 v1, v4  ; v4 = 1
;; >                                     v21 = iadd v10, v20
;; > @80000009                           jump block8(v21)
;; >
;; >                                 block7:
;; >                                     v19 = iconst.i32 0
;; > @8000000b                           jump block8(v19)  ; v19 = 0
;; >
;; >                                 block8(v7: i32):
;; > @0026                               v14 = iadd v7, v1
;; > @0027                               jump block4(v14)
;; >
;; >                                 block3:
;; > @0028                               v15 = iconst.i32 0
;; > @002a                               jump block4(v15)  ; v15 = 0
;; >
;; >                                 block4(v3: i32):
;; > @002b                               return v3
;; > }
