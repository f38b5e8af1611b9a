//! A body that arrives, and one that is sent; the trailers go the same way.
//!
//! A pipe never blocks: it says what it waits for, and its owner waits for several things at once.

use wasip2::http::types::{FutureTrailers, IncomingBody, OutgoingBody, Trailers};
use wasip2::io::poll::Pollable;
use wasip2::io::streams::{InputStream, OutputStream, StreamError};

/// At most as much is held at a time.
const CHUNK: u64 = 64 * 1024;

/// How far a pipe came.
pub(crate) enum Step {
    /// Something moved, and more may be there.
    Moved,
    /// Nothing can move before this.
    Wait(Pollable),
    /// Everything has moved.
    Done,
    /// One end is gone.
    Failed,
}

pub(crate) struct Pipe {
    state: State,
    /// Something was written that may not be on its way.
    unflushed: bool,
}

enum State {
    Body(Body),
    Trailers { trailers: FutureTrailers, to: OutgoingBody },
    Ended,
}

/// Streams come first, and are dropped first: bodies cannot go before the streams that belong to them.
struct Body {
    input: InputStream,
    output: OutputStream,
    from: IncomingBody,
    to: OutgoingBody,
}

impl Pipe {
    pub(crate) fn new(from: IncomingBody, to: OutgoingBody) -> Pipe {
        let input = from.stream().expect("nobody has taken the incoming stream");
        let output = to.write().expect("nobody has taken the outgoing stream");
        Pipe { state: State::Body(Body { input, output, from, to }), unflushed: false }
    }

    /// Moves what can be moved now.
    pub(crate) fn step(&mut self) -> Step {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Body(body) => match self.chunk(&body.input, &body.output) {
                Ok(Some(step)) => {
                    self.state = State::Body(body);
                    step
                }
                Ok(None) => {
                    let Body { input, output, from, to } = body;
                    drop((input, output));
                    self.state = State::Trailers { trailers: IncomingBody::finish(from), to };
                    Step::Moved
                }
                Err(_) => Step::Failed,
            },
            State::Trailers { trailers, to } => match trailers.get() {
                None => {
                    let wait = trailers.subscribe();
                    self.state = State::Trailers { trailers, to };
                    Step::Wait(wait)
                }
                Some(Ok(Ok(trailers))) => finish(to, trailers),
                Some(_) => Step::Failed,
            },
            State::Ended => Step::Done,
        }
    }

    /// Moves one chunk, if there is one and room for it; none at the end.
    fn chunk(&mut self, input: &InputStream, output: &OutputStream) -> Result<Option<Step>, StreamError> {
        let room = output.check_write()?;
        if room == 0 {
            return Ok(Some(Step::Wait(output.subscribe())));
        }
        match input.read(room.min(CHUNK)) {
            Ok(chunk) if chunk.is_empty() => {
                if self.unflushed {
                    output.flush()?;
                    self.unflushed = false;
                }
                Ok(Some(Step::Wait(input.subscribe())))
            }
            Ok(chunk) => {
                output.write(&chunk)?;
                self.unflushed = true;
                Ok(Some(Step::Moved))
            }
            Err(StreamError::Closed) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn finish(to: OutgoingBody, trailers: Option<Trailers>) -> Step {
    // Those that arrived cannot be changed; others with the same contents can be sent.
    let trailers = trailers.map(|trailers| Trailers::clone(&trailers));
    match OutgoingBody::finish(to, trailers) {
        Ok(()) => Step::Done,
        Err(_) => Step::Failed,
    }
}
