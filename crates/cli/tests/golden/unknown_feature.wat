;; $ sarsen validate % -W gcc=no
(module)

;; exit 2
;; ! error: invalid value 'gcc=no' for '--wasm <FEATURE[=yes|no]>': no feature is called `gcc`; there are mutable-global, sign-extension, saturating-float-to-int, floats, multi-value, bulk-memory, reference-types, simd, relaxed-simd, tail-call, extended-const, multi-memory, memory64, function-references, gc, exceptions, threads, wide-arithmetic, custom-page-sizes, compact-imports, branch-hints, annotations
;; !
;; ! For more information, try '--help'.
