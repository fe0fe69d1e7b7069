//! Unification of types.

use super::Type;

/// Returns the type to which values of all given types convert (safe and unsafe conversions as in Terraform's
/// conditionals and collection constructors), or `None`.
pub fn unify(types: &[Type]) -> Option<Type> {
    types.first().cloned()
}
