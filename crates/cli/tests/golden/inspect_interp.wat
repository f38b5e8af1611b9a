;; $ sarsen inspect % --func sum --emit wat,interp
(module
  (func $unused)
  (func $sum (export "total") (param i32) (result i32) (local $i i32)
    (loop $next
      (local.set $i (i32.add (local.get $i) (local.get 0)))
      (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get $i)))

;; exit 0
;; > (func $sum (;1;) (type 1) (param i32) (result i32) | 0x2a:   0 Enter.1 6,0,2,1
;; >   (local $i i32)                                   |
;; >   loop $next                                       |
;; >     local.get $i                                   |
;; >     local.get 0                                    |
;; >     i32.add                                        | 0x33:   2 Binary.0 i32.add 1,1
;; >     local.set $i                                   |
;; >     local.get 0                                    |
;; >     i32.const 1                                    |
;; >     i32.sub                                        |
;; >     local.tee 0                                    |
;; >     br_if $next                                    | 0x3d:   4 AddBranch.1 0 -1 -> 2
;; >   end                                              |
;; >   local.get $i                                     |
;; > )                                                  | 0x42:   7 Return.0 2,1
