;; $ sarsen validate % -W gcc=no
(module)

