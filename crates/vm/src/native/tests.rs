//! Compiled code of a few bytes.
