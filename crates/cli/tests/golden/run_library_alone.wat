;; $ sarsen %
(module
  (global $state (mut i32) (i32.const 1))
  (func (export "_initialize") (global.set $state (i32.const 42)))
  (func (export "get") (result i32) (global.get $state)))

;; exit 1
;; ! error: run_library_alone.wat: no function is exported as `_start`; it is a library, for --invoke; exported functions: _initialize, get
