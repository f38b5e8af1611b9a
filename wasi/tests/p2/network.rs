//! The interfaces of the network, of configuration and of values by key, as `interfaces` has those of commands.

pub(crate) const SOCKETS: &str = r#"
interface wasi:sockets/network
use error
resource network
type error-code (enum "unknown" "access-denied" "not-supported" "invalid-argument" "out-of-memory" "timeout" "concurrency-conflict" "not-in-progress" "would-block" "invalid-state" "new-socket-limit" "address-not-bindable" "address-in-use" "remote-unreachable" "connection-refused" "connection-reset" "connection-aborted" "datagram-too-large" "name-unresolvable" "temporary-resolver-failure" "permanent-resolver-failure")
type ip-address-family (enum "ipv4" "ipv6")
type ipv4-address (tuple u8 u8 u8 u8)
type ipv6-address (tuple u16 u16 u16 u16 u16 u16 u16 u16)
type ip-address (variant (case "ipv4" $ipv4-address) (case "ipv6" $ipv6-address))
type ipv4-socket-address (record (field "port" u16) (field "address" $ipv4-address))
type ipv6-socket-address (record (field "port" u16) (field "flow-info" u32) (field "address" $ipv6-address) (field "scope-id" u32))
type ip-socket-address (variant (case "ipv4" $ipv4-socket-address) (case "ipv6" $ipv6-socket-address))
func network-error-code (param "err" (borrow $error)) (result (option $error-code))

interface wasi:sockets/instance-network
use network
func instance-network (result (own $network))

interface wasi:sockets/ip-name-lookup
use pollable
use network
use error-code
use ip-address
resource resolve-address-stream
func resolve-addresses (param "network" (borrow $network)) (param "name" string) (result (result (own $resolve-address-stream) (error $error-code)))
func [method]resolve-address-stream.resolve-next-address (param "self" (borrow $resolve-address-stream)) (result (result (option $ip-address) (error $error-code)))
func [method]resolve-address-stream.subscribe (param "self" (borrow $resolve-address-stream)) (result (own $pollable))

interface wasi:sockets/tcp
use input-stream
use output-stream
use pollable
use network
use error-code
use ip-socket-address
use ip-address-family
type shutdown-type (enum "receive" "send" "both")
resource tcp-socket
func [method]tcp-socket.start-bind (param "self" (borrow $tcp-socket)) (param "network" (borrow $network)) (param "local-address" $ip-socket-address) (result (result (error $error-code)))
func [method]tcp-socket.finish-bind (param "self" (borrow $tcp-socket)) (result (result (error $error-code)))
func [method]tcp-socket.start-connect (param "self" (borrow $tcp-socket)) (param "network" (borrow $network)) (param "remote-address" $ip-socket-address) (result (result (error $error-code)))
func [method]tcp-socket.finish-connect (param "self" (borrow $tcp-socket)) (result (result (tuple (own $input-stream) (own $output-stream)) (error $error-code)))
func [method]tcp-socket.start-listen (param "self" (borrow $tcp-socket)) (result (result (error $error-code)))
func [method]tcp-socket.finish-listen (param "self" (borrow $tcp-socket)) (result (result (error $error-code)))
func [method]tcp-socket.accept (param "self" (borrow $tcp-socket)) (result (result (tuple (own $tcp-socket) (own $input-stream) (own $output-stream)) (error $error-code)))
func [method]tcp-socket.local-address (param "self" (borrow $tcp-socket)) (result (result $ip-socket-address (error $error-code)))
func [method]tcp-socket.remote-address (param "self" (borrow $tcp-socket)) (result (result $ip-socket-address (error $error-code)))
func [method]tcp-socket.is-listening (param "self" (borrow $tcp-socket)) (result bool)
func [method]tcp-socket.address-family (param "self" (borrow $tcp-socket)) (result $ip-address-family)
func [method]tcp-socket.set-listen-backlog-size (param "self" (borrow $tcp-socket)) (param "value" u64) (result (result (error $error-code)))
func [method]tcp-socket.keep-alive-enabled (param "self" (borrow $tcp-socket)) (result (result bool (error $error-code)))
func [method]tcp-socket.set-keep-alive-enabled (param "self" (borrow $tcp-socket)) (param "value" bool) (result (result (error $error-code)))
func [method]tcp-socket.keep-alive-idle-time (param "self" (borrow $tcp-socket)) (result (result u64 (error $error-code)))
func [method]tcp-socket.set-keep-alive-idle-time (param "self" (borrow $tcp-socket)) (param "value" u64) (result (result (error $error-code)))
func [method]tcp-socket.keep-alive-interval (param "self" (borrow $tcp-socket)) (result (result u64 (error $error-code)))
func [method]tcp-socket.set-keep-alive-interval (param "self" (borrow $tcp-socket)) (param "value" u64) (result (result (error $error-code)))
func [method]tcp-socket.keep-alive-count (param "self" (borrow $tcp-socket)) (result (result u32 (error $error-code)))
func [method]tcp-socket.set-keep-alive-count (param "self" (borrow $tcp-socket)) (param "value" u32) (result (result (error $error-code)))
func [method]tcp-socket.hop-limit (param "self" (borrow $tcp-socket)) (result (result u8 (error $error-code)))
func [method]tcp-socket.set-hop-limit (param "self" (borrow $tcp-socket)) (param "value" u8) (result (result (error $error-code)))
func [method]tcp-socket.receive-buffer-size (param "self" (borrow $tcp-socket)) (result (result u64 (error $error-code)))
func [method]tcp-socket.set-receive-buffer-size (param "self" (borrow $tcp-socket)) (param "value" u64) (result (result (error $error-code)))
func [method]tcp-socket.send-buffer-size (param "self" (borrow $tcp-socket)) (result (result u64 (error $error-code)))
func [method]tcp-socket.set-send-buffer-size (param "self" (borrow $tcp-socket)) (param "value" u64) (result (result (error $error-code)))
func [method]tcp-socket.subscribe (param "self" (borrow $tcp-socket)) (result (own $pollable))
func [method]tcp-socket.shutdown (param "self" (borrow $tcp-socket)) (param "shutdown-type" $shutdown-type) (result (result (error $error-code)))

interface wasi:sockets/tcp-create-socket
use error-code
use ip-address-family
use tcp-socket
func create-tcp-socket (param "address-family" $ip-address-family) (result (result (own $tcp-socket) (error $error-code)))

interface wasi:sockets/udp
use pollable
use network
use error-code
use ip-socket-address
use ip-address-family
type incoming-datagram (record (field "data" (list u8)) (field "remote-address" $ip-socket-address))
type outgoing-datagram (record (field "data" (list u8)) (field "remote-address" (option $ip-socket-address)))
resource udp-socket
resource incoming-datagram-stream
resource outgoing-datagram-stream
func [method]udp-socket.start-bind (param "self" (borrow $udp-socket)) (param "network" (borrow $network)) (param "local-address" $ip-socket-address) (result (result (error $error-code)))
func [method]udp-socket.finish-bind (param "self" (borrow $udp-socket)) (result (result (error $error-code)))
func [method]udp-socket.stream (param "self" (borrow $udp-socket)) (param "remote-address" (option $ip-socket-address)) (result (result (tuple (own $incoming-datagram-stream) (own $outgoing-datagram-stream)) (error $error-code)))
func [method]udp-socket.local-address (param "self" (borrow $udp-socket)) (result (result $ip-socket-address (error $error-code)))
func [method]udp-socket.remote-address (param "self" (borrow $udp-socket)) (result (result $ip-socket-address (error $error-code)))
func [method]udp-socket.address-family (param "self" (borrow $udp-socket)) (result $ip-address-family)
func [method]udp-socket.unicast-hop-limit (param "self" (borrow $udp-socket)) (result (result u8 (error $error-code)))
func [method]udp-socket.set-unicast-hop-limit (param "self" (borrow $udp-socket)) (param "value" u8) (result (result (error $error-code)))
func [method]udp-socket.receive-buffer-size (param "self" (borrow $udp-socket)) (result (result u64 (error $error-code)))
func [method]udp-socket.set-receive-buffer-size (param "self" (borrow $udp-socket)) (param "value" u64) (result (result (error $error-code)))
func [method]udp-socket.send-buffer-size (param "self" (borrow $udp-socket)) (result (result u64 (error $error-code)))
func [method]udp-socket.set-send-buffer-size (param "self" (borrow $udp-socket)) (param "value" u64) (result (result (error $error-code)))
func [method]udp-socket.subscribe (param "self" (borrow $udp-socket)) (result (own $pollable))
func [method]incoming-datagram-stream.receive (param "self" (borrow $incoming-datagram-stream)) (param "max-results" u64) (result (result (list $incoming-datagram) (error $error-code)))
func [method]incoming-datagram-stream.subscribe (param "self" (borrow $incoming-datagram-stream)) (result (own $pollable))
func [method]outgoing-datagram-stream.check-send (param "self" (borrow $outgoing-datagram-stream)) (result (result u64 (error $error-code)))
func [method]outgoing-datagram-stream.send (param "self" (borrow $outgoing-datagram-stream)) (param "datagrams" (list $outgoing-datagram)) (result (result u64 (error $error-code)))
func [method]outgoing-datagram-stream.subscribe (param "self" (borrow $outgoing-datagram-stream)) (result (own $pollable))

interface wasi:sockets/udp-create-socket
use error-code
use ip-address-family
use udp-socket
func create-udp-socket (param "address-family" $ip-address-family) (result (result (own $udp-socket) (error $error-code)))
"#;

pub(crate) const HTTP: &str = r#"
interface wasi:http/types
use error
use input-stream
use output-stream
use pollable
type method (variant (case "get") (case "head") (case "post") (case "put") (case "delete") (case "connect") (case "options") (case "trace") (case "patch") (case "other" string))
type scheme (variant (case "HTTP") (case "HTTPS") (case "other" string))
type DNS-error-payload (record (field "rcode" (option string)) (field "info-code" (option u16)))
type TLS-alert-received-payload (record (field "alert-id" (option u8)) (field "alert-message" (option string)))
type field-size-payload (record (field "field-name" (option string)) (field "field-size" (option u32)))
type error-code (variant (case "DNS-timeout") (case "DNS-error" $DNS-error-payload) (case "destination-not-found") (case "destination-unavailable") (case "destination-IP-prohibited") (case "destination-IP-unroutable") (case "connection-refused") (case "connection-terminated") (case "connection-timeout") (case "connection-read-timeout") (case "connection-write-timeout") (case "connection-limit-reached") (case "TLS-protocol-error") (case "TLS-certificate-error") (case "TLS-alert-received" $TLS-alert-received-payload) (case "HTTP-request-denied") (case "HTTP-request-length-required") (case "HTTP-request-body-size" (option u64)) (case "HTTP-request-method-invalid") (case "HTTP-request-URI-invalid") (case "HTTP-request-URI-too-long") (case "HTTP-request-header-section-size" (option u32)) (case "HTTP-request-header-size" (option $field-size-payload)) (case "HTTP-request-trailer-section-size" (option u32)) (case "HTTP-request-trailer-size" $field-size-payload) (case "HTTP-response-incomplete") (case "HTTP-response-header-section-size" (option u32)) (case "HTTP-response-header-size" $field-size-payload) (case "HTTP-response-body-size" (option u64)) (case "HTTP-response-trailer-section-size" (option u32)) (case "HTTP-response-trailer-size" $field-size-payload) (case "HTTP-response-transfer-coding" (option string)) (case "HTTP-response-content-coding" (option string)) (case "HTTP-response-timeout") (case "HTTP-upgrade-failed") (case "HTTP-protocol-error") (case "loop-detected") (case "configuration-error") (case "internal-error" (option string)))
type header-error (variant (case "invalid-syntax") (case "forbidden") (case "immutable"))
resource fields
resource incoming-request
resource outgoing-request
resource request-options
resource response-outparam
resource incoming-response
resource incoming-body
resource future-trailers
resource outgoing-response
resource outgoing-body
resource future-incoming-response
func http-error-code (param "err" (borrow $error)) (result (option $error-code))
func [constructor]fields (result (own $fields))
func [static]fields.from-list (param "entries" (list (tuple string (list u8)))) (result (result (own $fields) (error $header-error)))
func [method]fields.get (param "self" (borrow $fields)) (param "name" string) (result (list (list u8)))
func [method]fields.has (param "self" (borrow $fields)) (param "name" string) (result bool)
func [method]fields.set (param "self" (borrow $fields)) (param "name" string) (param "value" (list (list u8))) (result (result (error $header-error)))
func [method]fields.delete (param "self" (borrow $fields)) (param "name" string) (result (result (error $header-error)))
func [method]fields.append (param "self" (borrow $fields)) (param "name" string) (param "value" (list u8)) (result (result (error $header-error)))
func [method]fields.entries (param "self" (borrow $fields)) (result (list (tuple string (list u8))))
func [method]fields.clone (param "self" (borrow $fields)) (result (own $fields))
func [method]incoming-request.method (param "self" (borrow $incoming-request)) (result $method)
func [method]incoming-request.path-with-query (param "self" (borrow $incoming-request)) (result (option string))
func [method]incoming-request.scheme (param "self" (borrow $incoming-request)) (result (option $scheme))
func [method]incoming-request.authority (param "self" (borrow $incoming-request)) (result (option string))
func [method]incoming-request.headers (param "self" (borrow $incoming-request)) (result (own $fields))
func [method]incoming-request.consume (param "self" (borrow $incoming-request)) (result (result (own $incoming-body)))
func [constructor]outgoing-request (param "headers" (own $fields)) (result (own $outgoing-request))
func [method]outgoing-request.body (param "self" (borrow $outgoing-request)) (result (result (own $outgoing-body)))
func [method]outgoing-request.method (param "self" (borrow $outgoing-request)) (result $method)
func [method]outgoing-request.set-method (param "self" (borrow $outgoing-request)) (param "method" $method) (result (result))
func [method]outgoing-request.path-with-query (param "self" (borrow $outgoing-request)) (result (option string))
func [method]outgoing-request.set-path-with-query (param "self" (borrow $outgoing-request)) (param "path-with-query" (option string)) (result (result))
func [method]outgoing-request.scheme (param "self" (borrow $outgoing-request)) (result (option $scheme))
func [method]outgoing-request.set-scheme (param "self" (borrow $outgoing-request)) (param "scheme" (option $scheme)) (result (result))
func [method]outgoing-request.authority (param "self" (borrow $outgoing-request)) (result (option string))
func [method]outgoing-request.set-authority (param "self" (borrow $outgoing-request)) (param "authority" (option string)) (result (result))
func [method]outgoing-request.headers (param "self" (borrow $outgoing-request)) (result (own $fields))
func [constructor]request-options (result (own $request-options))
func [method]request-options.connect-timeout (param "self" (borrow $request-options)) (result (option u64))
func [method]request-options.set-connect-timeout (param "self" (borrow $request-options)) (param "duration" (option u64)) (result (result))
func [method]request-options.first-byte-timeout (param "self" (borrow $request-options)) (result (option u64))
func [method]request-options.set-first-byte-timeout (param "self" (borrow $request-options)) (param "duration" (option u64)) (result (result))
func [method]request-options.between-bytes-timeout (param "self" (borrow $request-options)) (result (option u64))
func [method]request-options.set-between-bytes-timeout (param "self" (borrow $request-options)) (param "duration" (option u64)) (result (result))
func [method]response-outparam.send-informational (param "self" (borrow $response-outparam)) (param "status" u16) (param "headers" (own $fields)) (result (result (error $error-code)))
func [static]response-outparam.set (param "param" (own $response-outparam)) (param "response" (result (own $outgoing-response) (error $error-code)))
func [method]incoming-response.status (param "self" (borrow $incoming-response)) (result u16)
func [method]incoming-response.headers (param "self" (borrow $incoming-response)) (result (own $fields))
func [method]incoming-response.consume (param "self" (borrow $incoming-response)) (result (result (own $incoming-body)))
func [method]incoming-body.stream (param "self" (borrow $incoming-body)) (result (result (own $input-stream)))
func [static]incoming-body.finish (param "this" (own $incoming-body)) (result (own $future-trailers))
func [method]future-trailers.subscribe (param "self" (borrow $future-trailers)) (result (own $pollable))
func [method]future-trailers.get (param "self" (borrow $future-trailers)) (result (option (result (result (option (own $fields)) (error $error-code)))))
func [constructor]outgoing-response (param "headers" (own $fields)) (result (own $outgoing-response))
func [method]outgoing-response.status-code (param "self" (borrow $outgoing-response)) (result u16)
func [method]outgoing-response.set-status-code (param "self" (borrow $outgoing-response)) (param "status-code" u16) (result (result))
func [method]outgoing-response.headers (param "self" (borrow $outgoing-response)) (result (own $fields))
func [method]outgoing-response.body (param "self" (borrow $outgoing-response)) (result (result (own $outgoing-body)))
func [method]outgoing-body.write (param "self" (borrow $outgoing-body)) (result (result (own $output-stream)))
func [static]outgoing-body.finish (param "this" (own $outgoing-body)) (param "trailers" (option (own $fields))) (result (result (error $error-code)))
func [method]future-incoming-response.subscribe (param "self" (borrow $future-incoming-response)) (result (own $pollable))
func [method]future-incoming-response.get (param "self" (borrow $future-incoming-response)) (result (option (result (result (own $incoming-response) (error $error-code)))))

interface wasi:http/outgoing-handler
use outgoing-request
use request-options
use future-incoming-response
use error-code
func handle (param "request" (own $outgoing-request)) (param "options" (option (own $request-options))) (result (result (own $future-incoming-response) (error $error-code)))
"#;

pub(crate) const CONFIG: &str = r#"
interface wasi:config/store
type error (variant (case "upstream" string) (case "io" string))
func get (param "key" string) (result (result (option string) (error $error)))
func get-all (result (result (list (tuple string string)) (error $error)))
"#;

/// As the first draft has it.
pub(crate) const KEYVALUE: &str = r#"
interface wasi:keyvalue/store
type error (variant (case "no-such-store") (case "access-denied") (case "other" string))
type key-response (record (field "keys" (list string)) (field "cursor" (option u64)))
resource bucket
func open (param "identifier" string) (result (result (own $bucket) (error $error)))
func [method]bucket.get (param "self" (borrow $bucket)) (param "key" string) (result (result (option (list u8)) (error $error)))
func [method]bucket.set (param "self" (borrow $bucket)) (param "key" string) (param "value" (list u8)) (result (result (error $error)))
func [method]bucket.delete (param "self" (borrow $bucket)) (param "key" string) (result (result (error $error)))
func [method]bucket.exists (param "self" (borrow $bucket)) (param "key" string) (result (result bool (error $error)))
func [method]bucket.list-keys (param "self" (borrow $bucket)) (param "cursor" (option u64)) (result (result $key-response (error $error)))

interface wasi:keyvalue/atomics
use bucket
use error
func increment (param "bucket" (borrow $bucket)) (param "key" string) (param "delta" u64) (result (result u64 (error $error)))

interface wasi:keyvalue/batch
use bucket
use error
func get-many (param "bucket" (borrow $bucket)) (param "keys" (list string)) (result (result (list (option (tuple string (list u8)))) (error $error)))
func set-many (param "bucket" (borrow $bucket)) (param "key-values" (list (tuple string (list u8)))) (result (result (error $error)))
func delete-many (param "bucket" (borrow $bucket)) (param "keys" (list string)) (result (result (error $error)))
"#;

/// As the second draft has it.
pub(crate) const KEYVALUE_2: &str = r#"
interface wasi:keyvalue/store
type error (variant (case "no-such-store") (case "access-denied") (case "other" string))
type key-response (record (field "keys" (list string)) (field "cursor" (option string)))
resource bucket
func open (param "identifier" string) (result (result (own $bucket) (error $error)))
func [method]bucket.get (param "self" (borrow $bucket)) (param "key" string) (result (result (option (list u8)) (error $error)))
func [method]bucket.set (param "self" (borrow $bucket)) (param "key" string) (param "value" (list u8)) (result (result (error $error)))
func [method]bucket.delete (param "self" (borrow $bucket)) (param "key" string) (result (result (error $error)))
func [method]bucket.exists (param "self" (borrow $bucket)) (param "key" string) (result (result bool (error $error)))
func [method]bucket.list-keys (param "self" (borrow $bucket)) (param "cursor" (option string)) (result (result $key-response (error $error)))

interface wasi:keyvalue/atomics
use bucket
use error
resource cas
type cas-error (variant (case "store-error" $error) (case "cas-failed" (own $cas)))
func [static]cas.new (param "bucket" (borrow $bucket)) (param "key" string) (result (result (own $cas) (error $error)))
func [method]cas.current (param "self" (borrow $cas)) (result (result (option (list u8)) (error $error)))
func increment (param "bucket" (borrow $bucket)) (param "key" string) (param "delta" s64) (result (result s64 (error $error)))
func swap (param "cas" (own $cas)) (param "value" (list u8)) (result (result (error $cas-error)))

interface wasi:keyvalue/batch
use bucket
use error
func get-many (param "bucket" (borrow $bucket)) (param "keys" (list string)) (result (result (list (option (tuple string (list u8)))) (error $error)))
func set-many (param "bucket" (borrow $bucket)) (param "key-values" (list (tuple string (list u8)))) (result (result (error $error)))
func delete-many (param "bucket" (borrow $bucket)) (param "keys" (list string)) (result (result (error $error)))
"#;
