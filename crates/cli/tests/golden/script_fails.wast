;; $ sarsen wast %
(module (func (export "one") (result i32 f32) (i32.const 1) (f32.const nan:0x200000)))
(assert_return (invoke "one") (i32.const 2) (f32.const nan:canonical))
(assert_trap (invoke "one") "unreachable")
(assert_return (invoke "two"))

;; exit 1
;; > script_fails.wast: failed, 0 of 3 assertions hold, 3 failures
;; ! script_fails.wast:3:2: assert_return: expected (i32.const 2) (f32.const nan:canonical), got (i32.const 1) (f32.const nan:0x200000)
;; ! script_fails.wast:4:2: assert_trap: expected trap: unreachable, got (i32.const 1) (f32.const nan:0x200000)
;; ! script_fails.wast:5:2: assert_return: expected no results, got error: no function is exported as "two"
