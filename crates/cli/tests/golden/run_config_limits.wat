;; $ sarsen --config ../fixtures/options.toml % --invoke grow
(module (memory 1) (func (export "grow") (result i32) (memory.grow (i32.const 16))))

;; exit 0
;; > -1
