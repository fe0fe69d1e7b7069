//! The built-in functions: one family a file, every function with its documentation and examples.

mod bounds;
mod charset;
mod datetime;
mod deflate;
mod element;
mod encoding;
mod filesystem;
mod float;
mod format;
mod function;
mod glob;
mod hash;
mod host;
mod json;
mod manual;
mod mapping;
mod network;
mod numeric;
mod pattern;
mod regex;
mod sequence;
mod sets;
mod string;
mod table;
mod terraform;
#[cfg(test)]
mod tests;
mod timestamp;
mod typing;
mod yaml;
mod yaml_decode;

pub use function::{Call, Example, Function, FunctionError, Parameter, ParameterType};
pub use host::Host;
pub use manual::manual;
pub use table::{lookup, names};
