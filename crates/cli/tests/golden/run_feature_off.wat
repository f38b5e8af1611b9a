;; $ sarsen run % --invoke f -W reference-types=no
(module
  (func (export "f") (result externref) (ref.null extern)))

