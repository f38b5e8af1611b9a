;; $ sarsen --strategy jit --timeout 50ms %
(module
  (func $forever (export "_start") (loop (br 0))))

;; exit 124
;; ! error: run_timeout_jit.wat: timed out after 50ms
;; ! wasm backtrace:
;; !     0: 0x23 - forever
