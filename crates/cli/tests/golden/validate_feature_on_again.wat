;; $ sarsen validate % -W gc=no -W gc
(module (type (struct)))

;; exit 0
;; > validate_feature_on_again.wat: valid
