;; $ sarsen vaildate %
(module)

;; exit 1
;; ! error: vaildate: No such file or directory (os error 2); did you mean the command `validate`?
