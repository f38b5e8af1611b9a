;; $ sarsen --strategy interpreter --timeout 50ms %
(module
  (func $forever (export "_start") (loop (br 0))))

;; exit 124
;; ! error: run_timeout.wat: timed out after 50ms
;; ! wasm backtrace:
;; !     0: 0x25 - forever
