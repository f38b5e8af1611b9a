;; $ sarsen -V
(module)

;; exit 0
;; > sarsen 0.1.0
