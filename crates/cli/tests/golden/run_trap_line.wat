;; $ sarsen %
(module
  (func $main (export "_start") (call $fail))
  (func $fail unreachable)
  ;; One unit, main.c in /src, whose code is all of line 7.
  (@custom ".debug_abbrev" "\01\11\00\03\08\1b\08\10\17\11\01\12\06\00\00\00")
  (@custom ".debug_info" " \00\00\00\04\00\00\00\00\00\04\01main.c\00/src\00\00\00\00\00\01\00\00\00@\00\00\00")
  (@custom ".debug_line" "3\00\00\00\04\00\1e\00\00\00\01\01\01\fb\0e\0d\00\01\01\01\01\00\00\00\01\00\00\01\00main.c\00\00\00\00\00\00\05\02\01\00\00\00\03\06\01\02@\00\01\01"))

;; exit 134
;; ! error: run_trap_line.wat: unreachable
;; ! wasm backtrace:
;; !     0: 0x29 - fail
;; !            at /src/main.c:7
;; !     1: 0x24 - main
;; !            at /src/main.c:7
