;; $ sarsen run --wasm simd=no % --invoke f
(module (func (export "f") (result v128) (v128.const i32x4 1 2 3 4)))

;; exit 1
;; ! error: run_wasm_long.wat: needs the feature `simd`, which is off: SIMD support is not enabled (at offset 0xb)
