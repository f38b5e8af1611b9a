;; $ sarsen wast %
(module (func (export "f")))
(assert_suspension (invoke "f") "unhandled tag")

