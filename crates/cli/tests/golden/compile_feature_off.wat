;; $ sarsen compile % -W simd=no -o /dev/null
(module (func (param v128)))

;; exit 1
;; ! error: compile_feature_off.wat: needs the feature `simd`, which is off: SIMD support is not enabled (at offset 0xb)
