;; $ sarsen wast %
(module (func (export "f")))
(assert_returns (invoke "f"))

;; exit 1
;; > script_syntax.wast: failed, 0 of 0 assertions hold, 1 failure
;; ! script_syntax.wast:3:2: parse: expected a script, got unexpected token, expected one of: `module`, `component`, `assert_malformed`, `assert_malformed_custom`, `assert_invalid`, `assert_invalid_custom`, `register`, `invoke`, `assert_trap`, `assert_return`, `assert_exhaustion`, `assert_unlinkable`, `assert_exception`, `assert_suspension`, `thread`, `wait`
