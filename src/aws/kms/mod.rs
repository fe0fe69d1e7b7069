//! KMS: keys and their aliases.

pub(crate) mod alias;
pub(crate) mod key;
mod key_state;
#[cfg(test)]
mod tests;
