;; $ sarsen run % --strategy jit
(module (func (export "_start")))

