//! Operators that are one row of the instruction table: operands in, result out.
