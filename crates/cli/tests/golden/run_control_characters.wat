;; $ sarsen run % --invoke "no\escape"
(module (func $"\1b[31mred" (export "\1b[31mred") unreachable))

;; exit 1
;; ! error: run_control_characters.wat: no function is exported as `no\escape`; exported functions: \u{1b}[31mred
