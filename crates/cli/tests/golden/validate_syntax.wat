;; $ sarsen validate %
(module
  (func (result i32) (i32.cost 1)))

