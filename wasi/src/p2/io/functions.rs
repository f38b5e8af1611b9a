//! The functions of `wasi:io/streams`.
//!
//! What holds for every stream is in `streams`; here it is put together to what guests call, with the limits.

use super::error::{Error, StreamError, StreamResult};
use super::pollable::{DynPollable, Pollable, subscribe};
use super::streams::{DynInputStream, DynOutputStream};
use super::waiting::first_of;
use crate::p2::limits::{MAX_READ, MAX_WRITE_AND_FLUSH};
use crate::p2::{WasiCtxView, WasiView, functions, resource, value, versioned, waiting_functions};
use bytes::Bytes;
use sarsen::Result;
use sarsen_component::{ComponentType, Lift, Linker, Lower, Resource};

type Input = Resource<DynInputStream>;
type Output = Resource<DynOutputStream>;

/// What guests are told of a [`StreamError`].
#[derive(ComponentType, Lift, Lower)]
#[component(variant)]
enum Told {
    #[component(name = "last-operation-failed")]
    LastOperationFailed(Resource<Error>),
    #[component(name = "closed")]
    Closed,
}

/// Tells a guest what has become of an operation on a stream.
fn told<R>(view: &mut WasiCtxView<'_>, outcome: StreamResult<R>) -> Result<(Result<R, Told>,)> {
    Ok((match outcome {
        Ok(value) => Ok(value),
        Err(StreamError::Closed) => Err(Told::Closed),
        Err(StreamError::LastOperationFailed(error)) => {
            Err(Told::LastOperationFailed(view.table.push(error)?))
        }
        Err(StreamError::Trap(error)) => return Err(error),
    },))
}

pub(super) fn define<T: WasiView + 'static>(linker: &mut Linker<T>) -> Result<()> {
    let mut linker = linker.instance(&versioned("wasi:io/streams"))?;
    resource::<T, DynInputStream>(&mut linker, "input-stream")?;
    resource::<T, DynOutputStream>(&mut linker, "output-stream")?;
    functions! { linker, told;
        "[method]input-stream.read" = stream_read(stream: Input, len: u64);
        "[method]input-stream.skip" = stream_skip(stream: Input, len: u64);
        "[method]output-stream.check-write" = stream_check_write(stream: Output);
        "[method]output-stream.write" = stream_write(stream: Output, contents: Vec<u8>);
        "[method]output-stream.write-zeroes" = stream_write_zeroes(stream: Output, len: u64);
        "[method]output-stream.flush" = stream_flush(stream: Output);
        "[method]output-stream.splice" = stream_splice(stream: Output, source: Input, len: u64);
    }
    functions! { linker, value;
        "[method]input-stream.subscribe" = stream_subscribe(stream: Input);
        "[method]output-stream.subscribe" = stream_subscribe(stream: Output);
    }
    waiting_functions! { linker, told;
        "[method]input-stream.blocking-read" = stream_blocking_read(stream: Input, len: u64);
        "[method]input-stream.blocking-skip" = stream_blocking_skip(stream: Input, len: u64);
        "[method]output-stream.blocking-write-and-flush"
            = stream_blocking_write_and_flush(stream: Output, contents: Vec<u8>);
        "[method]output-stream.blocking-write-zeroes-and-flush"
            = stream_blocking_write_zeroes_and_flush(stream: Output, len: u64);
        "[method]output-stream.blocking-flush" = stream_blocking_flush(stream: Output);
        "[method]output-stream.blocking-splice"
            = stream_blocking_splice(stream: Output, source: Input, len: u64);
    }
    Ok(())
}

/// What a guest wants at most, as a length here.
fn at_most(len: u64, max: usize) -> usize {
    usize::try_from(len).map_or(max, |len| len.min(max))
}

/// Functions on streams that are read.
impl WasiCtxView<'_> {
    fn stream_read(&mut self, stream: Input, len: u64) -> StreamResult<Vec<u8>> {
        Ok(self.table.get_mut(&stream)?.read(at_most(len, MAX_READ))?.into())
    }

    async fn stream_blocking_read(&mut self, stream: Input, len: u64) -> StreamResult<Vec<u8>> {
        loop {
            let bytes = self.table.get_mut(&stream)?.read(at_most(len, MAX_READ))?;
            if !bytes.is_empty() || len == 0 {
                return Ok(bytes.into());
            }
            self.wait_for(&stream).await?;
        }
    }

    fn stream_skip(&mut self, stream: Input, len: u64) -> StreamResult<u64> {
        let skipped = self.table.get_mut(&stream)?.skip(at_most(len, usize::MAX))? as u64;
        self.ctx.unpaid += skipped;
        Ok(skipped)
    }

    async fn stream_blocking_skip(&mut self, stream: Input, len: u64) -> StreamResult<u64> {
        loop {
            let skipped = self.stream_skip(Input::new_borrow(stream.rep()), len)?;
            if skipped > 0 || len == 0 {
                return Ok(skipped);
            }
            self.wait_for(&stream).await?;
        }
    }
}

/// Functions on streams that are written.
impl WasiCtxView<'_> {
    fn stream_check_write(&mut self, stream: Output) -> StreamResult<u64> {
        Ok(self.table.get_mut(&stream)?.check_write()? as u64)
    }

    fn stream_write(&mut self, stream: Output, contents: Vec<u8>) -> StreamResult<()> {
        self.table.get_mut(&stream)?.write(contents.into())
    }

    fn stream_write_zeroes(&mut self, stream: Output, len: u64) -> StreamResult<()> {
        let stream = self.table.get_mut(&stream)?;
        let len = at_most(len, usize::MAX);
        stream.check_permit(len)?;
        self.ctx.unpaid += len as u64;
        stream.write(vec![0; len].into())
    }

    fn stream_flush(&mut self, stream: Output) -> StreamResult<()> {
        self.table.get_mut(&stream)?.flush()
    }

    async fn stream_blocking_flush(&mut self, stream: Output) -> StreamResult<()> {
        self.table.get_mut(&stream)?.flush()?;
        self.await_flush(&stream).await
    }

    async fn stream_blocking_write_and_flush(
        &mut self,
        stream: Output,
        contents: Vec<u8>,
    ) -> StreamResult<()> {
        if contents.len() > MAX_WRITE_AND_FLUSH {
            return Err(StreamError::trap("more bytes than can be written and flushed at once"));
        }
        let mut left = Bytes::from(contents);
        while !left.is_empty() {
            let permit = self.await_permit(&stream).await?;
            let piece = left.split_to(permit.min(left.len()));
            self.table.get_mut(&stream)?.write(piece)?;
        }
        self.table.get_mut(&stream)?.flush_written()?;
        self.await_flush(&stream).await
    }

    async fn stream_blocking_write_zeroes_and_flush(&mut self, stream: Output, len: u64) -> StreamResult<()> {
        // One more than is permitted is as wrong as any number.
        let contents = vec![0; at_most(len, MAX_WRITE_AND_FLUSH + 1)];
        self.ctx.unpaid += contents.len() as u64;
        self.stream_blocking_write_and_flush(stream, contents).await
    }

    fn stream_splice(&mut self, stream: Output, source: Input, len: u64) -> StreamResult<u64> {
        let permit = self.table.get_mut(&stream)?.check_write()?;
        if permit == 0 {
            return Ok(0);
        }
        let bytes = self.table.get_mut(&source)?.read(at_most(len, permit.min(MAX_READ)))?;
        let spliced = bytes.len() as u64;
        self.ctx.unpaid += spliced;
        if spliced > 0 {
            self.table.get_mut(&stream)?.write(bytes)?;
        }
        Ok(spliced)
    }

    async fn stream_blocking_splice(&mut self, stream: Output, source: Input, len: u64) -> StreamResult<u64> {
        self.await_permit(&stream).await?;
        self.wait_for(&source).await?;
        self.stream_splice(stream, source, len)
    }

    /// Waits until something can be written; how much.
    async fn await_permit(&mut self, stream: &Output) -> StreamResult<usize> {
        loop {
            let permit = self.table.get_mut(stream)?.check_write()?;
            if permit > 0 {
                return Ok(permit);
            }
            self.wait_for(stream).await?;
        }
    }

    /// Waits until everything has arrived. If nobody takes more after that, it has.
    async fn await_flush(&mut self, stream: &Output) -> StreamResult<()> {
        loop {
            match self.table.get_mut(stream)?.is_flushed() {
                Ok(false) => self.wait_for(stream).await?,
                Ok(true) | Err(StreamError::Closed) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }
}

/// Functions on both.
impl WasiCtxView<'_> {
    fn stream_subscribe<P: Pollable>(&mut self, stream: Resource<P>) -> Result<Resource<DynPollable>> {
        Ok(subscribe(self.table, &stream)?)
    }

    /// Waits until a stream is ready.
    async fn wait_for<P: Pollable>(&mut self, stream: &Resource<P>) -> Result<()> {
        first_of(&self.ctx.host, &mut [self.table.get_mut(stream)?]).await.map(drop)
    }
}
