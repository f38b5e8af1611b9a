;; $ sarsen run %
(module
  (func (export "_start") unreachable))

;; exit 134
;; ! error: run_command.wat: unreachable
;; ! wasm backtrace:
;; !     0: 0x23 - <function 0>
