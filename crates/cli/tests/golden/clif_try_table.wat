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
;; >     sig0 = (i64 vmctx) tail
;; >     stack_limit = gv2
;; >
;; >                                 block0(v0: i64):
;; > @0035                               v4 = load.i64 notrap aligned readonly can_move region0 v0+48
;; > @0035                               v5 = load.i64 notrap aligned readonly can_move region0 v4
;; > @0035                               v6 = load.i64 notrap aligned region0 v5+32
;; > @0035                               v7 = load.i64 notrap aligned region0 v5+40
;; > @0035                               store notrap aligned region0 v0, v5+56
;; > @0035                               try_call_indirect v6(v7), sig0, block5, [ context v0, tag0: block3(exn0) ]
;; >
;; >                                 block5:
;; > @0037                               jump block4
;; >
;; >                                 block3(v3: i64):
;; > @0037                               v9 = load.i64 notrap aligned readonly can_move region0 v0
;; > @0037                               v10 = load.i64 notrap aligned region0 v9+32
;; > @0037                               v8 = ireduce.i32 v3
;; > @0037                               v11 = uextend.i64 v8
;; > @0037                               v12 = iadd v10, v11
;; > @0037                               v13 = load.i32 notrap region1 v12+16
;; > @0037                               jump block2(v13)
;; >
;; >                                 block4:
;; > @0038                               v14 = iconst.i32 0
;; > @003a                               jump block2(v14)  ; v14 = 0
;; >
;; >                                 block2(v2: i32):
;; > @003b                               return v2
;; > }
