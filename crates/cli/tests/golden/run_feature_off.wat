;; $ sarsen run -W reference-types=no % --invoke f
(module
  (func (export "f") (result externref) (ref.null extern)))

;; exit 1
;; ! error: run_feature_off.wat: needs the feature `reference-types`, which is off: reference types support is not enabled (at offset 0xb)
