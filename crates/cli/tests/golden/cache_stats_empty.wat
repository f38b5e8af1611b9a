;; $ sarsen cache stats
;; env SARSEN_CACHE_DIR=/nowhere/at/all
(module)

;; exit 0
;; > kept: 0 modules, 0.00 MiB
