//! Access of the examples, whole and broken.

mod bench;
mod changes;
mod hops;
mod rules;
