//! Types that call no cloud.

mod access_policy;
mod cloud;
mod policy_document;
mod terraform_data;

pub(crate) use access_policy::AccessPolicy;
pub use cloud::BuiltinCloud;
pub(crate) use policy_document::PolicyDocument;
