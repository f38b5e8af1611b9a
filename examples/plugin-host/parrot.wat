;; A plugin that says everything again: what it takes to write one without a language.
;; It fails at `?` with words, at `!` by a trap, and thinks about `*` for ever.
(component
  (import "sarsen:plugin/types@0.1.0" (instance $types
    (type $kind' (enum "joined" "left" "message"))
    (export "kind" (type $kind (eq $kind')))
    (type $event' (record
      (field "kind" $kind) (field "sender" string) (field "text" (option string)) (field "time" u64)))
    (export "event" (type $event (eq $event')))
    (type $reminder' (record (field "seconds" u32) (field "text" string)))
    (export "reminder" (type $reminder (eq $reminder')))
    (type $action' (variant (case "reply" string) (case "replace" string) (case "hide") (case "remind" $reminder)))
    (export "action" (type $action (eq $action')))))
  (alias export $types "event" (type $event))
  (alias export $types "action" (type $action))
  (import "event" (type $event' (eq $event)))
  (import "action" (type $action' (eq $action)))
  (import "sarsen:plugin/host@0.1.0" (instance $host
    (type $level' (enum "debug" "info" "warning" "error"))
    (export "level" (type $level (eq $level')))
    (export "log" (func (param "level" $level) (param "message" string)))))

  (core module $library
    (memory (export "memory") 1)
    (global $free (mut i32) (i32.const 1024))
    ;; What the host passes in is forgotten when the call is over.
    (func (export "reset") (global.set $free (i32.const 1024)))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      global.get $free
      (global.set $free (i32.and (i32.add (i32.add (global.get $free) (local.get 3)) (i32.const 7)) (i32.const -8)))
      (if (i32.gt_u (global.get $free) (i32.const 65536)) (then unreachable))))
  (core instance $library (instantiate $library))
  (alias core export $library "memory" (core memory $memory))
  (alias core export $library "realloc" (core func $realloc))
  (core func $log (canon lower (func $host "log") (memory $memory)))

  (core module $parrot
    (import "library" "memory" (memory 1))
    (import "library" "reset" (func $reset))
    (import "host" "log" (func $log (param i32 i32 i32)))
    (data (i32.const 64) "parrot")
    ;; The name as it is returned: where it is, and how long.
    (data (i32.const 80) "\40\00\00\00\06\00\00\00")
    (func (export "name") (result i32) (i32.const 80))
    (func (export "run") (param $kind i32) (param $sender i32) (param $sender-length i32)
        (param $is-text i32) (param $text i32) (param $length i32) (param $time i64) (result i32)
      (local $first i32)
      (local.set $first (i32.load8_u (local.get $text)))
      (if (i32.eq (local.get $first) (i32.const 33)) (then unreachable)) ;; !
      (if (i32.eq (local.get $first) (i32.const 42)) (then (loop (br 0)))) ;; *
      (if (i32.eq (local.get $first) (i32.const 63)) ;; ?
        (then
          (i32.store (i32.const 0) (i32.const 1))
          (i32.store (i32.const 4) (local.get $text))
          (i32.store (i32.const 8) (local.get $length))
          (return (i32.const 0))))
      (call $log (i32.const 1) (local.get $text) (local.get $length))
      ;; A list of one action at 16, which is the first case: a reply.
      (i32.store (i32.const 16) (i32.const 0))
      (i32.store (i32.const 20) (local.get $text))
      (i32.store (i32.const 24) (local.get $length))
      (i32.store (i32.const 0) (i32.const 0))
      (i32.store (i32.const 4) (i32.const 16))
      (i32.store (i32.const 8) (i32.const 1))
      (i32.const 0))
    (func (export "done") (param i32) (call $reset)))
  (core instance $parrot (instantiate $parrot
    (with "library" (instance $library)) (with "host" (instance (export "log" (func $log))))))

  (func (export "name") (result string) (canon lift (core func $parrot "name") (memory $memory)))
  (func (export "run") (param "event" $event') (result (result (list $action') (error string)))
    (canon lift (core func $parrot "run") (memory $memory) (realloc $realloc)
      (post-return (core func $parrot "done")))))
