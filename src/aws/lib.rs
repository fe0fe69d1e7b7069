//! The AWS side of bastionless: reconcilers on the SDK; sees the model only.
//!
//! - [`Aws`]: the door; configures providers and opens buckets for state
//! - `clients`: a provider in a region ([`clients::Scope`]): clients, account, shared reads
//! - `settings`, `sdk`, `roles`: the provider block, the SDK's configuration, credentials of roles
//! - `errors`, `waiters`, `tags`, `shape`, `listings`: what all reconcilers share
//! - `registry`: the types; one file a type in the folder of its service
//! - `object_store`: S3 as a store for state

mod clients;
mod documents;
mod ec2;
mod errors;
mod iam;
mod kind;
mod kms;
mod listings;
mod logs;
mod meta;
mod names;
mod object_store;
mod registry;
mod retries;
mod roles;
mod s3;
mod sdk;
mod settings;
mod shape;
mod ssm;
mod tags;
#[cfg(test)]
mod testing;
mod waiters;

pub use clients::Aws;
