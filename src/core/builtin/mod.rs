//! Types that call no cloud.

mod cloud;
mod terraform_data;

pub use cloud::BuiltinCloud;
