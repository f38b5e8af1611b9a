;; $ sarsen wast %
(module (func (export "f")))
(assert_suspension (invoke "f") "unhandled tag")

;; exit 1
;; > script_suspension.wast: failed, 0 of 1 assertions hold, 1 failure
;; ! script_suspension.wast:3:2: assert_suspension: expected support, got unsupported: assert_suspension needs the stack-switching proposal
