;; $ sarsen inspect % --func f --emit clif
;; Nothing is done on the way into a try_table.
(module (tag $e (param i32)) (import "a" "b" (func $g))
  (func $f (result i32)
    (block $caught (result i32)
      (try_table (catch $e $caught) (call $g))
      (i32.const 0))))

;; exit 0
;; > function u0:0(i64 vmctx) -> i32 tail {
;; >     region0 = 0 "context"
;; >     region1 = 3 "heap"
;; >     gv0 = vmctx
;; >     gv1 = load.i64 notrap aligned readonly region0 gv0
;; >     gv2 = load.i64 notrap aligned region0 gv1+24
;; >     sig0 = (i64, i64) -> i64 tail
;; >     sig1 = (i64 vmctx) tail
;; >     fn0 = colocated u1:3 sig0
;; >     stack_limit = gv2
;; >
;; >                                 block0(v0: i64):
;; > @0035                               v4 = load.i64 notrap aligned readonly can_move region0 v0+48
;; > @0035                               v5 = load.i64 notrap aligned readonly can_move region0 v4
;; > @0035                               v6 = load.i64 notrap aligned region0 v5+32
;; > @0035                               brif v6, block6(v6), block5
;; >
;; >                                 block5 cold:
;; > @0035                               v8 = call fn0(v0, v5)
;; > @0035                               jump block6(v8)
;; >
;; >                                 block6(v7: i64):
;; > @0035                               v9 = load.i64 notrap aligned region0 v5+40
;; > @0035                               store.i64 notrap aligned region0 v0, v5+56
;; > @0035                               try_call_indirect v7(v9), sig1, block7, [ context v0, tag0: block3(exn0) ]
;; >
;; >                                 block7:
;; > @0037                               jump block4
;; >
;; >                                 block3(v3: i64):
;; > @0037                               v11 = load.i64 notrap aligned readonly can_move region0 v0
;; > @0037                               v12 = load.i64 notrap aligned region0 v11+32
;; > @0037                               v10 = ireduce.i32 v3
;; > @0037                               v13 = uextend.i64 v10
;; > @0037                               v14 = iadd v12, v13
;; > @0037                               v15 = load.i32 notrap region1 v14+16
;; > @0037                               jump block2(v15)
;; >
;; >                                 block4:
;; > @0038                               v16 = iconst.i32 0
;; > @003a                               jump block2(v16)  ; v16 = 0
;; >
;; >                                 block2(v2: i32):
;; > @003b                               return v2
;; > }
