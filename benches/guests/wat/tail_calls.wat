;; A state machine of three functions that hand over by tail calls, direct and through a table.
(module
  (type $state (func (param i64 i32) (result i64)))
  (table $states funcref (elem $add $multiply $fold))

  (func $add (type $state) (param $hash i64) (param $left i32) (result i64)
    (if (i32.eqz (local.get $left)) (then (return (local.get $hash))))
    (return_call $multiply
      (i64.add (local.get $hash) (i64.extend_i32_u (local.get $left)))
      (i32.sub (local.get $left) (i32.const 1))))

  (func $multiply (type $state) (param $hash i64) (param $left i32) (result i64)
    (if (i32.eqz (local.get $left)) (then (return (local.get $hash))))
    (return_call_indirect $states (type $state)
      (i64.mul (local.get $hash) (i64.const 0x100000001b3))
      (i32.sub (local.get $left) (i32.const 1))
      (i32.rem_u (local.get $left) (i32.const 3))))

  (func $fold (type $state) (param $hash i64) (param $left i32) (result i64)
    (if (i32.eqz (local.get $left)) (then (return (local.get $hash))))
    (return_call $add
      (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 29)))
      (i32.sub (local.get $left) (i32.const 1))))

  (func (export "run") (param $n i32) (result i64)
    (call $add (i64.const 1) (local.get $n))))
