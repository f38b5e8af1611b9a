;; $ sarsen run -W simd=no % --invoke forever
(module
  (func $forever (export "forever") (call $forever)))

;; exit 134
;; ! error: run_recursion.wat: call stack exhausted
;; ! wasm backtrace:
;; !     0: 0x24 - forever
;; !     1: 0x24 - forever
;; !     2: 0x24 - forever
;; !     3: 0x24 - forever
;; !     4: 0x24 - forever
;; !     5: 0x24 - forever
;; !     6: 0x24 - forever
;; !     7: 0x24 - forever
;; !     8: 0x24 - forever
;; !     9: 0x24 - forever
;; !    10: 0x24 - forever
;; !    11: 0x24 - forever
;; !    12: 0x24 - forever
;; !    13: 0x24 - forever
;; !    14: 0x24 - forever
;; !    15: 0x24 - forever
;; !    16: 0x24 - forever
;; !    17: 0x24 - forever
;; !    18: 0x24 - forever
;; !    19: 0x24 - forever
;; !    20: 0x24 - forever
;; !    21: 0x24 - forever
;; !    22: 0x24 - forever
;; !    23: 0x24 - forever
;; !    24: 0x24 - forever
;; !    25: 0x24 - forever
;; !    26: 0x24 - forever
;; !    27: 0x24 - forever
;; !    28: 0x24 - forever
;; !    29: 0x24 - forever
;; !    30: 0x24 - forever
;; !    31: 0x24 - forever
;; !    32: 0x24 - forever
;; !    33: 0x24 - forever
;; !    34: 0x24 - forever
;; !    35: 0x24 - forever
;; !    36: 0x24 - forever
;; !    37: 0x24 - forever
;; !    38: 0x24 - forever
;; !    39: 0x24 - forever
;; !    40: 0x24 - forever
;; !    41: 0x24 - forever
;; !    42: 0x24 - forever
;; !    43: 0x24 - forever
;; !    44: 0x24 - forever
;; !    45: 0x24 - forever
;; !    46: 0x24 - forever
;; !    47: 0x24 - forever
;; !    48: 0x24 - forever
;; !    49: 0x24 - forever
;; !    50: 0x24 - forever
;; !    51: 0x24 - forever
;; !    52: 0x24 - forever
;; !    53: 0x24 - forever
;; !    54: 0x24 - forever
;; !    55: 0x24 - forever
;; !    56: 0x24 - forever
;; !    57: 0x24 - forever
;; !    58: 0x24 - forever
;; !    59: 0x24 - forever
;; !    60: 0x24 - forever
;; !    61: 0x24 - forever
;; !    62: 0x24 - forever
;; !    63: 0x24 - forever
;; !   ... at most 64 frames are recorded
