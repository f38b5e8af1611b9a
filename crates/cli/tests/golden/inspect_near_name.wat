;; $ sarsen inspect % --func totl
(module
  (func $sum (export "total")))

;; exit 1
;; ! error: inspect_near_name.wat: no function with a body is called `totl`; did you mean `total`?
