//! What functions are translated to, seen from outside: by the disassembly, by size, and by running it.

mod differential;
mod fusion;
mod limits;
mod size;
