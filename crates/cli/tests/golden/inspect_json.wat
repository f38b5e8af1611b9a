;; $ sarsen inspect % --json
(module $named
  (import "env" "print" (func $print (param i32)))
  (memory (export "memory") 1)
  (func $add (export "add") (export "sum") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))

;; exit 0
;; > {
;; >   "size": 110,
;; >   "name": "named",
;; >   "features": [],
;; >   "resources": {
;; >     "memories": 1,
;; >     "memory_bytes": 65536,
;; >     "tables": 0,
;; >     "table_elements": 0,
;; >     "uses_heap": false
;; >   },
;; >   "sections": [
;; >     {
;; >       "name": "type",
;; >       "offset": 10,
;; >       "size": 11
;; >     },
;; >     {
;; >       "name": "import",
;; >       "offset": 23,
;; >       "size": 13
;; >     },
;; >     {
;; >       "name": "function",
;; >       "offset": 38,
;; >       "size": 2
;; >     },
;; >     {
;; >       "name": "memory",
;; >       "offset": 42,
;; >       "size": 3
;; >     },
;; >     {
;; >       "name": "export",
;; >       "offset": 47,
;; >       "size": 22
;; >     },
;; >     {
;; >       "name": "code",
;; >       "offset": 71,
;; >       "size": 9
;; >     },
;; >     {
;; >       "name": "custom \"name\"",
;; >       "offset": 82,
;; >       "size": 28
;; >     }
;; >   ],
;; >   "imports": [
;; >     {
;; >       "module": "env",
;; >       "name": "print",
;; >       "kind": "func",
;; >       "type": "(func (param i32))"
;; >     }
;; >   ],
;; >   "exports": [
;; >     {
;; >       "name": "memory",
;; >       "kind": "memory",
;; >       "type": "(memory 1)"
;; >     },
;; >     {
;; >       "name": "add",
;; >       "kind": "func",
;; >       "type": "(func (param i32 i32) (result i32))"
;; >     },
;; >     {
;; >       "name": "sum",
;; >       "kind": "func",
;; >       "type": "(func (param i32 i32) (result i32))"
;; >     }
;; >   ],
;; >   "functions": [
;; >     {
;; >       "index": 1,
;; >       "name": "add",
;; >       "exports": [
;; >         "add",
;; >         "sum"
;; >       ],
;; >       "offset": 73,
;; >       "size": 7
;; >     }
;; >   ]
;; > }
