;; $ sarsen run % --invoke missing
(module
  (func (export "0_") (export "1_") (export "2_") (export "3_") (export "4_") (export "5_"))
  (func (export "abcdefg") (export "hijklmn") (export "opqrstu") (export "vwxyz") (export "ABCDEFG") (export "HIJKLMN")))

;; exit 1
;; ! error: run_many_names.wat: no function is exported as `missing`; exported functions: 0_, 1_, 2_, 3_, 4_, 5_, abcdefg, hijklmn, opqrstu, vwxyz and 2 more
