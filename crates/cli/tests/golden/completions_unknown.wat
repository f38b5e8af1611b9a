;; $ sarsen completions tcsh
(module)

;; exit 2
;; ! error: invalid value 'tcsh' for '<SHELL>'
;; !   [possible values: bash, elvish, fish, powershell, zsh]
;; !
;; !   tip: a similar value exists: 'zsh'
;; !
;; ! For more information, try '--help'.
