;; $ sarsen wast %
(module (func (export "one") (result i32 f32) (i32.const 1) (f32.const nan:0x200000)))
(assert_return (invoke "one") (i32.const 2) (f32.const nan:canonical))
(assert_trap (invoke "one") "unreachable")
(assert_return (invoke "two"))

