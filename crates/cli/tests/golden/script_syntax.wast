;; $ sarsen wast %
(module (func (export "f")))
(assert_returns (invoke "f"))

