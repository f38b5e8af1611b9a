;; $ sarsen --timeout 20s --fuel 1000 %
(module
  (func $forever (export "_start") (loop (br 0))))

;; exit 134
;; ! error: run_fuel.wat: all fuel consumed
;; ! wasm backtrace:
;; !     0: 0x23 - forever
