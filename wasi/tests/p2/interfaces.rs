//! The interfaces that the guest of the tests imports, one line for each thing in them, in the text format of components.
//!
//! Names of types are the same everywhere, so that `use` needs no more than the name.

pub(crate) const INTERFACES: &str = r#"
interface wasi:io/error
resource error
func [method]error.to-debug-string (param "self" (borrow $error)) (result string)

interface wasi:io/poll
resource pollable
func [method]pollable.ready (param "self" (borrow $pollable)) (result bool)
func [method]pollable.block (param "self" (borrow $pollable))
func poll (param "in" (list (borrow $pollable))) (result (list u32))

interface wasi:io/streams
use error
use pollable
type stream-error (variant (case "last-operation-failed" (own $error)) (case "closed"))
resource input-stream
resource output-stream
func [method]input-stream.read (param "self" (borrow $input-stream)) (param "len" u64) (result (result (list u8) (error $stream-error)))
func [method]input-stream.blocking-read (param "self" (borrow $input-stream)) (param "len" u64) (result (result (list u8) (error $stream-error)))
func [method]input-stream.skip (param "self" (borrow $input-stream)) (param "len" u64) (result (result u64 (error $stream-error)))
func [method]input-stream.blocking-skip (param "self" (borrow $input-stream)) (param "len" u64) (result (result u64 (error $stream-error)))
func [method]input-stream.subscribe (param "self" (borrow $input-stream)) (result (own $pollable))
func [method]output-stream.check-write (param "self" (borrow $output-stream)) (result (result u64 (error $stream-error)))
func [method]output-stream.write (param "self" (borrow $output-stream)) (param "contents" (list u8)) (result (result (error $stream-error)))
func [method]output-stream.blocking-write-and-flush (param "self" (borrow $output-stream)) (param "contents" (list u8)) (result (result (error $stream-error)))
func [method]output-stream.flush (param "self" (borrow $output-stream)) (result (result (error $stream-error)))
func [method]output-stream.blocking-flush (param "self" (borrow $output-stream)) (result (result (error $stream-error)))
func [method]output-stream.subscribe (param "self" (borrow $output-stream)) (result (own $pollable))
func [method]output-stream.write-zeroes (param "self" (borrow $output-stream)) (param "len" u64) (result (result (error $stream-error)))
func [method]output-stream.blocking-write-zeroes-and-flush (param "self" (borrow $output-stream)) (param "len" u64) (result (result (error $stream-error)))
func [method]output-stream.splice (param "self" (borrow $output-stream)) (param "src" (borrow $input-stream)) (param "len" u64) (result (result u64 (error $stream-error)))
func [method]output-stream.blocking-splice (param "self" (borrow $output-stream)) (param "src" (borrow $input-stream)) (param "len" u64) (result (result u64 (error $stream-error)))

interface wasi:cli/environment
func get-environment (result (list (tuple string string)))
func get-arguments (result (list string))
func initial-cwd (result (option string))

interface wasi:cli/exit
func exit (param "status" (result))
func exit-with-code (param "status-code" u8)

interface wasi:cli/stdin
use input-stream
func get-stdin (result (own $input-stream))

interface wasi:cli/stdout
use output-stream
func get-stdout (result (own $output-stream))

interface wasi:cli/stderr
use output-stream
func get-stderr (result (own $output-stream))

interface wasi:cli/terminal-input
resource terminal-input

interface wasi:cli/terminal-output
resource terminal-output

interface wasi:cli/terminal-stdin
use terminal-input
func get-terminal-stdin (result (option (own $terminal-input)))

interface wasi:cli/terminal-stdout
use terminal-output
func get-terminal-stdout (result (option (own $terminal-output)))

interface wasi:cli/terminal-stderr
use terminal-output
func get-terminal-stderr (result (option (own $terminal-output)))

interface wasi:clocks/monotonic-clock
use pollable
func now (result u64)
func resolution (result u64)
func subscribe-instant (param "when" u64) (result (own $pollable))
func subscribe-duration (param "when" u64) (result (own $pollable))

interface wasi:clocks/wall-clock
type datetime (record (field "seconds" u64) (field "nanoseconds" u32))
func now (result $datetime)
func resolution (result $datetime)

interface wasi:random/random
func get-random-bytes (param "len" u64) (result (list u8))
func get-random-u64 (result u64)

interface wasi:random/insecure
func get-insecure-random-bytes (param "len" u64) (result (list u8))
func get-insecure-random-u64 (result u64)

interface wasi:random/insecure-seed
func insecure-seed (result (tuple u64 u64))

interface wasi:filesystem/types
use input-stream
use output-stream
use error
use datetime
type descriptor-type (enum "unknown" "block-device" "character-device" "directory" "fifo" "symbolic-link" "regular-file" "socket")
type descriptor-flags (flags "read" "write" "file-integrity-sync" "data-integrity-sync" "requested-write-sync" "mutate-directory")
type path-flags (flags "symlink-follow")
type open-flags (flags "create" "directory" "exclusive" "truncate")
type descriptor-stat (record (field "type" $descriptor-type) (field "link-count" u64) (field "size" u64) (field "data-access-timestamp" (option $datetime)) (field "data-modification-timestamp" (option $datetime)) (field "status-change-timestamp" (option $datetime)))
type new-timestamp (variant (case "no-change") (case "now") (case "timestamp" $datetime))
type directory-entry (record (field "type" $descriptor-type) (field "name" string))
type error-code (enum "access" "would-block" "already" "bad-descriptor" "busy" "deadlock" "quota" "exist" "file-too-large" "illegal-byte-sequence" "in-progress" "interrupted" "invalid" "io" "is-directory" "loop" "too-many-links" "message-size" "name-too-long" "no-device" "no-entry" "no-lock" "insufficient-memory" "insufficient-space" "not-directory" "not-empty" "not-recoverable" "unsupported" "no-tty" "no-such-device" "overflow" "not-permitted" "pipe" "read-only" "invalid-seek" "text-file-busy" "cross-device")
type advice (enum "normal" "sequential" "random" "will-need" "dont-need" "no-reuse")
type metadata-hash-value (record (field "lower" u64) (field "upper" u64))
resource descriptor
resource directory-entry-stream
func [method]descriptor.read-via-stream (param "self" (borrow $descriptor)) (param "offset" u64) (result (result (own $input-stream) (error $error-code)))
func [method]descriptor.write-via-stream (param "self" (borrow $descriptor)) (param "offset" u64) (result (result (own $output-stream) (error $error-code)))
func [method]descriptor.append-via-stream (param "self" (borrow $descriptor)) (result (result (own $output-stream) (error $error-code)))
func [method]descriptor.advise (param "self" (borrow $descriptor)) (param "offset" u64) (param "length" u64) (param "advice" $advice) (result (result (error $error-code)))
func [method]descriptor.sync-data (param "self" (borrow $descriptor)) (result (result (error $error-code)))
func [method]descriptor.get-flags (param "self" (borrow $descriptor)) (result (result $descriptor-flags (error $error-code)))
func [method]descriptor.get-type (param "self" (borrow $descriptor)) (result (result $descriptor-type (error $error-code)))
func [method]descriptor.set-size (param "self" (borrow $descriptor)) (param "size" u64) (result (result (error $error-code)))
func [method]descriptor.set-times (param "self" (borrow $descriptor)) (param "data-access-timestamp" $new-timestamp) (param "data-modification-timestamp" $new-timestamp) (result (result (error $error-code)))
func [method]descriptor.read (param "self" (borrow $descriptor)) (param "length" u64) (param "offset" u64) (result (result (tuple (list u8) bool) (error $error-code)))
func [method]descriptor.write (param "self" (borrow $descriptor)) (param "buffer" (list u8)) (param "offset" u64) (result (result u64 (error $error-code)))
func [method]descriptor.read-directory (param "self" (borrow $descriptor)) (result (result (own $directory-entry-stream) (error $error-code)))
func [method]descriptor.sync (param "self" (borrow $descriptor)) (result (result (error $error-code)))
func [method]descriptor.create-directory-at (param "self" (borrow $descriptor)) (param "path" string) (result (result (error $error-code)))
func [method]descriptor.stat (param "self" (borrow $descriptor)) (result (result $descriptor-stat (error $error-code)))
func [method]descriptor.stat-at (param "self" (borrow $descriptor)) (param "path-flags" $path-flags) (param "path" string) (result (result $descriptor-stat (error $error-code)))
func [method]descriptor.set-times-at (param "self" (borrow $descriptor)) (param "path-flags" $path-flags) (param "path" string) (param "data-access-timestamp" $new-timestamp) (param "data-modification-timestamp" $new-timestamp) (result (result (error $error-code)))
func [method]descriptor.link-at (param "self" (borrow $descriptor)) (param "old-path-flags" $path-flags) (param "old-path" string) (param "new-descriptor" (borrow $descriptor)) (param "new-path" string) (result (result (error $error-code)))
func [method]descriptor.open-at (param "self" (borrow $descriptor)) (param "path-flags" $path-flags) (param "path" string) (param "open-flags" $open-flags) (param "flags" $descriptor-flags) (result (result (own $descriptor) (error $error-code)))
func [method]descriptor.readlink-at (param "self" (borrow $descriptor)) (param "path" string) (result (result string (error $error-code)))
func [method]descriptor.remove-directory-at (param "self" (borrow $descriptor)) (param "path" string) (result (result (error $error-code)))
func [method]descriptor.rename-at (param "self" (borrow $descriptor)) (param "old-path" string) (param "new-descriptor" (borrow $descriptor)) (param "new-path" string) (result (result (error $error-code)))
func [method]descriptor.symlink-at (param "self" (borrow $descriptor)) (param "old-path" string) (param "new-path" string) (result (result (error $error-code)))
func [method]descriptor.unlink-file-at (param "self" (borrow $descriptor)) (param "path" string) (result (result (error $error-code)))
func [method]descriptor.is-same-object (param "self" (borrow $descriptor)) (param "other" (borrow $descriptor)) (result bool)
func [method]descriptor.metadata-hash (param "self" (borrow $descriptor)) (result (result $metadata-hash-value (error $error-code)))
func [method]descriptor.metadata-hash-at (param "self" (borrow $descriptor)) (param "path-flags" $path-flags) (param "path" string) (result (result $metadata-hash-value (error $error-code)))
func [method]directory-entry-stream.read-directory-entry (param "self" (borrow $directory-entry-stream)) (result (result (option $directory-entry) (error $error-code)))
func filesystem-error-code (param "err" (borrow $error)) (result (option $error-code))

interface wasi:filesystem/preopens
use descriptor
func get-directories (result (list (tuple (own $descriptor) string)))
"#;
