;; $ sarsen compile % --target riscv64 --cpu native -o /dev/null
(module (func (export "_start")))

;; exit 2
;; ! error: cannot compile for riscv64: only a machine of this kind knows what it has
