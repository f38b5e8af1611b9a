;; $ sarsen --config ../fixtures/numbers.toml % --invoke grow
(module (memory 1)
  (func (export "grow") (result i32) (memory.grow (i32.const 1))))

;; exit 0
;; > -1
