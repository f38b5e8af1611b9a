;; $ sarsen validate % -W function-references=no
(module (type (struct)))

;; exit 1
;; ! error: validate_feature_below.wat: needs the feature `gc`, which is off: struct indexed types not supported without the gc feature (at offset 0xb)
