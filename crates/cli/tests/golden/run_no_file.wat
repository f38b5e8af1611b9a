;; $ sarsen no-such-file.wasm
(module)

;; exit 1
;; ! error: no-such-file.wasm: No such file or directory (os error 2)
