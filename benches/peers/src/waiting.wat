;; Functions that do next to nothing but call something that could wait.
(module
  (import "host" "wait" (func $wait (param i32) (result i32)))

  (func (export "one") (param i32) (result i32) (local.get 0))
  (func (export "wait") (param i32) (result i32) (call $wait (local.get 0)))
  (func (export "call_wait") (param $n i32)
    (local $value i32)
    (loop $again
      (local.set $value (call $wait (local.get $value)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
