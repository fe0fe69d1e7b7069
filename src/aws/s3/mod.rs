//! S3: buckets and what is configured on them, one call a part.

pub(crate) mod bucket;
mod bucket_content;
pub(crate) mod encryption;
pub(crate) mod lifecycle;
mod lifecycle_rules;
pub(crate) mod ownership;
pub(crate) mod part;
pub(crate) mod policy;
pub(crate) mod public_access;
#[cfg(test)]
mod tests;
pub(crate) mod versioning;
mod zones;
