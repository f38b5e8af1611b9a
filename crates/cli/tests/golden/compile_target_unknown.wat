;; $ sarsen compile % --target sparc -o /dev/null
(module (func (export "_start")))

;; exit 2
;; ! error: there is no compiler for `sparc`; there are x86_64, aarch64, riscv64, as they are or with `-linux`
