;; $ sarsen run ../fixtures/disguised.wasm
;; Compiled code that does not say so by its name is not run, whoever has written it.
(module (func (export "_start")))
;; exit 1
;; ! error: ../fixtures/disguised.wasm: a compiled module, which nothing confines: if you trust whoever has compiled it, let its name end with `.sarsen`
