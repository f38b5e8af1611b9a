;; $ sarsen --max-memory 64K %
(module (memory 2) (func (export "_start")))

;; exit 1
;; ! error: run_max_memory_too_small.wat: --max-memory allows 65536 bytes: cannot allocate a memory of 131072 bytes
