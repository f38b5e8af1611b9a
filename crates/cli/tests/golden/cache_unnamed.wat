;; $ sarsen cache dir
(module)

;; exit 2
;; ! error: this system names no folder for caches; SARSEN_CACHE_DIR can name one
