//! The built-in functions: one family a file, every function with its documentation and examples.

mod encoding;
mod format;
mod function;
mod host;
mod json;
mod mapping;
mod numeric;
mod sequence;
mod sets;
mod string;
mod table;
#[cfg(test)]
mod tests;
mod typing;

pub use function::{Call, Example, Function, FunctionError, Parameter, ParameterType};
pub use host::Host;
pub use table::{lookup, names};
