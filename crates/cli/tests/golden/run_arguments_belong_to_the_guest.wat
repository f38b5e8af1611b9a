;; $ sarsen % --invoke f --help -W simd=no --fuel 1 --version -- "two words"
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; Writes the strings that start at 1024, a line each.
  (func $print_strings (param $len i32) (local $at i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $len)))
        (if (i32.eqz (i32.load8_u offset=1024 (local.get $at)))
          (then (i32.store8 offset=1024 (local.get $at) (i32.const 10))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (local.get $len))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "_start")
    (drop (call $sizes (i32.const 16) (i32.const 20)))
    (drop (call $get (i32.const 64) (i32.const 1024)))
    (call $print_strings (i32.load (i32.const 20)))))

;; exit 0
;; > run_arguments_belong_to_the_guest.wat
;; > --invoke
;; > f
;; > --help
;; > -W
;; > simd=no
;; > --fuel
;; > 1
;; > --version
;; > --
;; > two words
