;; $ sarsen --max-memory 1KiB % --invoke grow
(module (table $t 28 funcref)
  ;; An element takes 8 bytes.
  (func (export "grow") (result i32 i32)
    (table.grow $t (ref.null func) (i32.const 101))
    (table.grow $t (ref.null func) (i32.const 100))))

;; exit 0
;; > -1
;; > 28
