//! The built-in functions: one family a file, every function with its documentation and examples.

mod function;
mod host;
mod numeric;
mod table;
#[cfg(test)]
mod tests;

pub use function::{Call, Example, Function, FunctionError, Parameter, ParameterType};
pub use host::Host;
pub use table::{lookup, names};
