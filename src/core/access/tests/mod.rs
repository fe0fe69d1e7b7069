//! Access of the examples, whole and broken.

mod bench;
mod changes;
mod conditions;
mod hops;
mod rules;
