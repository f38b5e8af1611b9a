;; $ sarsen %
(module
  (import "wasi_snapshot_preview1" "fd_raed" (func (param i32 i32 i32 i32) (result i32)))
  (import "env" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
  (import "env" "print" (func (param i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func (param i32) (result i32)))
  (func (export "_start")))

;; exit 1
;; ! error: run_import_hints.wat: imports are not provided:
;; !   "wasi_snapshot_preview1" "fd_raed" (func (param i32 i32 i32 i32) (result i32)); there is "wasi_snapshot_preview1" "fd_read" (func (param i32 i32 i32 i32) (result i32))
;; !   "env" "fd_write" (func (param i32 i32 i32 i32) (result i32)); there is "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32))
;; !   "env" "print" (func (param i32))
