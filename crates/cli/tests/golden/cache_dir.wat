;; $ sarsen cache dir
;; env SARSEN_CACHE_DIR=/nowhere/at/all
(module)

;; exit 0
;; > /nowhere/at/all/modules
