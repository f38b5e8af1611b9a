;; $ sarsen inspect % --func sum --emit wat
(module
  (func $unused)
  (func $sum (export "total") (param i32) (result i32) (local $i i32)
    (loop $next
      (local.set $i (i32.add (local.get $i) (local.get 0)))
      (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get $i)))

;; exit 0
;; > (func $sum (;1;) (type 1) (param i32) (result i32)
;; >   (local $i i32)
;; >   loop $next
;; >     local.get $i
;; >     local.get 0
;; >     i32.add
;; >     local.set $i
;; >     local.get 0
;; >     i32.const 1
;; >     i32.sub
;; >     local.tee 0
;; >     br_if $next
;; >   end
;; >   local.get $i
;; > )
