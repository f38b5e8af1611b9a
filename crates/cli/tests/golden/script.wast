;; $ sarsen wast %
(module (func (export "one") (result i32) (i32.const 1)))
(assert_return (invoke "one") (i32.const 1))
(assert_malformed (module quote "(func (result i31) unreachable)") "unexpected token")

;; exit 0
;; > script.wast: passed, 2 assertions
