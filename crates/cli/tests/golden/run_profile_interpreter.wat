;; $ sarsen run --strategy interpreter --profile perf %
(module (func (export "_start")))

;; exit 2
;; ! error: a profiler is told of compiled code, and strategy `interpreter` has none
