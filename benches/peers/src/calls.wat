;; Functions that do next to nothing, for what it costs to get to them and out of them.
(module
  (import "host" "one" (func $one (param i32) (result i32)))
  (import "host" "four" (func $four (param i32 i64 f64 i32) (result i64)))
  (import "host" "dynamic" (func $dynamic (param i32) (result i32)))

  (memory (export "memory") 1)

  (func (export "one") (param i32) (result i32) (local.get 0))
  (func (export "four") (param i32 i64 f64 i32) (result i64) (local.get 1))

  (func (export "call_one") (param $n i32)
    (local $value i32)
    (loop $again
      (local.set $value (call $one (local.get $value)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "call_four") (param $n i32)
    (local $value i64)
    (loop $again
      (local.set $value (call $four (i32.const 1) (local.get $value) (f64.const 2.5) (local.get $n)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "call_dynamic") (param $n i32)
    (local $value i32)
    (loop $again
      (local.set $value (call $dynamic (local.get $value)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
