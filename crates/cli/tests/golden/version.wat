;; $ sarsen --version
(module)

;; exit 0
;; > sarsen 0.1.0
;; > tiers: interpreter jit tiered
;; > features: mutable-global sign-extension saturating-float-to-int floats multi-value bulk-memory reference-types simd relaxed-simd tail-call extended-const multi-memory memory64 function-references gc exceptions threads wide-arithmetic custom-page-sizes compact-imports branch-hints annotations
;; > wasi: 0.2, preview 1 (wasi_snapshot_preview1, wasi_unstable), threads
