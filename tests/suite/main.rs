//! The integration tests: one binary, because every binary that links the SDK costs minutes.

mod tidy;
