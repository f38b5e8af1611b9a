;; $ sarsen --dir .. --dir ../fixtures::/data %
(module
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $stat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $name (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 50) "\n")
  ;; Writes the names of all directories.
  (func (export "_start") (local $fd i32)
    (local.set $fd (i32.const 3))
    (block $done
      (loop $next
        (br_if $done (call $stat (local.get $fd) (i32.const 64)))
        (drop (call $name (local.get $fd) (i32.const 1024) (i32.load (i32.const 68))))
        (i32.store (i32.const 0) (i32.const 1024))
        (i32.store (i32.const 4) (i32.load (i32.const 68)))
        (i32.store (i32.const 8) (i32.const 50))
        (i32.store (i32.const 12) (i32.const 1))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 2) (i32.const 16)))
        (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
        (br $next)))))

;; exit 0
;; > ..
;; > /data
