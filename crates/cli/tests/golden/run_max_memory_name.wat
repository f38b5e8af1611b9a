;; $ sarsen --max-memory 64K %
(module $run_max_memory_name.wat (memory 2) (func (export "_start")))

;; exit 1
;; ! error: run_max_memory_name.wat: --max-memory allows 65536 bytes: cannot allocate a memory of 131072 bytes
