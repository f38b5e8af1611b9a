;; $ sarsen %
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 0)
  ;; The system would make it 0.
  (func (export "_start") (call $exit (i32.const 256))))

;; exit 255
