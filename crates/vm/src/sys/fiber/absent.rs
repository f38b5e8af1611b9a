//! Stacks where there are none: nobody gets one, so that the rest is never called.

/// No stack.
#[derive(Debug)]
pub(crate) enum NativeStack {}

/// No code.
pub(crate) enum Coroutine {}

/// No way out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Suspender {}

impl NativeStack {
    /// Bytes of a stack of at least so many.
    pub(crate) fn rounded(len: usize) -> usize {
        len
    }

    /// Refuses.
    pub(crate) fn new(_len: usize, _values: usize) -> Option<NativeStack> {
        None
    }

    /// There is none.
    pub(crate) fn sizes(&self) -> (usize, usize) {
        match *self {}
    }

    /// There is none.
    pub(crate) fn values(&self) -> *mut std::ffi::c_void {
        match *self {}
    }

    /// There is none.
    pub(crate) fn bounds(&self) -> (usize, usize) {
        match *self {}
    }

    /// There is none.
    pub(crate) fn trim(&mut self, _kept: usize) {
        match *self {}
    }
}

impl Coroutine {
    /// There is no stack for it.
    pub(crate) unsafe fn new(stack: NativeStack, _run: impl FnOnce(Suspender)) -> Coroutine {
        match stack {}
    }

    /// There is none.
    pub(crate) fn go_on(&mut self) -> bool {
        match *self {}
    }

    /// There is none.
    pub(crate) fn into_stack(self) -> NativeStack {
        match self {}
    }
}

impl Suspender {
    /// There is none.
    pub(crate) unsafe fn leave(self) {
        match self {}
    }
}
