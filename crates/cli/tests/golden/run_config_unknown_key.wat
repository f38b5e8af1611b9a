;; $ sarsen --config ../fixtures/unknown.toml %
(module (func (export "_start")))

;; exit 2
;; ! error: ../fixtures/unknown.toml: TOML parse error at line 3, column 1
;; !   |
;; ! 3 | max-memroy = "1MiB"
;; !   | ^^^^^^^^^^
;; ! unknown field `max-memroy`, expected one of `dir`, `env`, `inherit-env`, `listen`, `connect`, `bind`, `lookup`, `config-var`, `keyvalue`, `stdin`, `stdout`, `stderr`, `seed`, `invoke`, `argv0`, `preload`, `stats`, `fuel`, `timeout`, `max-memory`, `max-stack`, `max-threads`, `strategy`, `cache`, `profile`, `wasm`
