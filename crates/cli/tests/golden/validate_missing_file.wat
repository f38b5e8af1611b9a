;; $ sarsen validate nothing.wat % . 
(module)

;; exit 1
;; > validate_missing_file.wat: valid
;; ! error: nothing.wat: No such file or directory (os error 2)
;; ! error: .: Is a directory (os error 21)
