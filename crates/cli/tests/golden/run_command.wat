;; $ sarsen run %
(module
  (func (export "_start") unreachable))

