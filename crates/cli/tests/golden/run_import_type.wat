;; $ sarsen %
(module
  (import "wasi_snapshot_preview1" "fd_close" (func (param i64) (result i32)))
  (func (export "_start")))

;; exit 1
;; ! error: run_import_type.wat: incompatible import type for `wasi_snapshot_preview1`.`fd_close`: expected (func (param i64) (result i32)), found (func (param i32) (result i32))
