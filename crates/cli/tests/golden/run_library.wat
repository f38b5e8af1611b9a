;; $ sarsen --invoke get %
(module
  (global $state (mut i32) (i32.const 1))
  (func (export "_initialize") (global.set $state (i32.const 42)))
  (func (export "get") (result i32) (global.get $state)))

;; exit 0
;; > 42
