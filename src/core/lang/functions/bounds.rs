//! How large a result may become. Terraform has no such bounds: a line of configuration can use up the memory of the machine.

use super::function::FunctionError;

type Result = std::result::Result<(), FunctionError>;

/// Bytes of all texts that one call makes.
const MOST_BYTES: usize = 100_000_000;
/// Values of a collection that one call makes, those inside its elements included.
const MOST_VALUES: usize = 1_000_000;

/// Refuses texts that are too long.
pub(super) fn text(bytes: usize) -> Result {
    match bytes {
        ..=MOST_BYTES => Ok(()),
        _ => Err(FunctionError::new(format!(
            "the result would be longer than {MOST_BYTES} bytes"
        ))),
    }
}

/// Refuses collections that are too large.
pub(super) fn collection(values: usize) -> Result {
    match values {
        ..=MOST_VALUES => Ok(()),
        _ => Err(FunctionError::new(format!(
            "the result would have more than {MOST_VALUES} values"
        ))),
    }
}
