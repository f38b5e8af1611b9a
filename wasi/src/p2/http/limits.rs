//! What a guest or a peer can make the host hold for HTTP, each number with its reason.

use std::time::Duration;

/// Fields of one message or trailer. Servers stop at about a hundred; more than a thousand is an attack.
pub(super) const MAX_FIELDS: usize = 1000;

/// Bytes of names and values of one message or trailer, as guests build them and as peers send them. Proxies stop at 8 to 64 KiB.
pub(super) const MAX_FIELD_BYTES: usize = 128 << 10;

/// Bytes that are read ahead from a connection: a message's head has to fit.
pub(super) const MAX_READ_AHEAD: usize = 128 << 10;

/// Bytes of a body that the guest has written and nobody has taken yet: enough for it to prepare some while others are sent.
pub(super) const MAX_IN_FLIGHT: usize = 256 << 10;

/// Requests of a store that are going on at once, each with a connection, buffers and a task.
pub(super) const MAX_REQUESTS: usize = 64;

/// Bytes of a request's target. The longest that servers take is 8 KiB.
pub(super) const MAX_URI: usize = 64 << 10;

/// Frames that are looked at in one go while a body is skipped, before somebody else has a turn.
pub(super) const MAX_SKIPPED: usize = 32;

/// How long looking up, connecting and TLS may take together if the guest does not say.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(60);

/// How long an answer's head, and each piece of its body, may take if the guest does not say: long enough for a slow computation,
/// short enough that a silent peer does not keep a connection for ever.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(600);
