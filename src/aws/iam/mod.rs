//! IAM: roles, policies, instance profiles.

pub(crate) mod attachment;
mod directory;
pub(crate) mod instance_profile;
pub(crate) mod policy;
pub(crate) mod policy_source;
pub(crate) mod role;
mod role_parts;
pub(crate) mod role_policy;
#[cfg(test)]
mod tests;
