;; $ sarsen --max-memory 192KiB % --invoke grow
(module (memory 1)
  ;; One page more than allowed, then as many as are allowed.
  (func (export "grow") (result i32 i32) (memory.grow (i32.const 3)) (memory.grow (i32.const 2))))

;; exit 0
;; > -1
;; > 1
