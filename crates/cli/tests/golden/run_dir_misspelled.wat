;; $ sarsen --dir ::/ %
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 100) "hello.txtcreated.txt")
  ;; Shows hello.txt of the first directory, and exits with the error number of creating created.txt.
  (func (export "_start")
    (if (call $open (i32.const 3) (i32.const 0) (i32.const 100) (i32.const 9) (i32.const 0)
          (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 8))
      (then unreachable))
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (i32.const 100))
    (drop (call $read (i32.load (i32.const 8)) (i32.const 0) (i32.const 1) (i32.const 4)))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $exit
      (call $open (i32.const 3) (i32.const 0) (i32.const 109) (i32.const 11) (i32.const 1)
        (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 8)))))

;; exit 2
;; ! error: invalid value '::/' for '--dir <HOST[::GUEST][:ro]>': a directory has a name
;; !
;; ! For more information, try '--help'.
