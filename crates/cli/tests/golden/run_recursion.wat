;; $ sarsen run % --invoke forever -W simd=no
(module
  (func $forever (export "forever") (call $forever)))

