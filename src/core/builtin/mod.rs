//! Types that call no cloud.

mod cloud;
mod policy_document;
mod terraform_data;

pub use cloud::BuiltinCloud;
pub(crate) use policy_document::PolicyDocument;
