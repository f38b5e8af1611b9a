;; $ sarsen inspect %
(module
  (import "env" "print" (func $print (param i32 v128) (result funcref)))
  (import "env" "limit" (global (mut i64)))
  (import "env" "table" (table 1 2 (ref null extern)))
  (memory (export "memory") 1)
  (memory (export "shared") i64 1 4 shared)
  (tag (export "oops") (param i32))
  (func $add (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func (param v128)
    (drop (call $print (i32x4.extract_lane 0 (local.get 0)) (local.get 0)))))

;; exit 0
;; > inspect.wat: 172 bytes
;; >
;; > features: mutable-global floats bulk-memory reference-types simd multi-memory memory64 exceptions threads
;; > resources: 2 memories of 131072 bytes, heap
;; >
;; > sections:
;; >   0x0000000a         21  type
;; >   0x00000021         41  import
;; >   0x0000004c          3  function
;; >   0x00000051          6  memory
;; >   0x00000059          3  tag
;; >   0x0000005e         32  export
;; >   0x00000080         22  code
;; >   0x00000098         20  custom "name"
;; >
;; > imports:
;; >   "env" "print" (func (param i32 v128) (result funcref))
;; >   "env" "limit" (global (mut i64))
;; >   "env" "table" (table 1 2 externref)
;; >
;; > exports:
;; >   "memory" (memory 1)
;; >   "shared" (memory i64 1 4 shared)
;; >   "oops" (tag (param i32))
;; >   "add" (func (param i32 i32) (result i32))
;; >
;; > functions:
;; >   0x00000082          7  1 add
;; >   0x0000008a         12  2
