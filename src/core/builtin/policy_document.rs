//! `aws_iam_policy_document`: belongs to the provider `aws` but calls nothing.

use bastionless_model::{
    cloud::{Future, Lookup, OpError, OpErrorKind},
    iam::document,
    value::Value,
};

/// Renders policy documents.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PolicyDocument;

impl Lookup for PolicyDocument {
    fn read<'a>(&'a self, configs: &'a [Value]) -> Future<'a, Vec<Result<Value, OpError>>> {
        Box::pin(async {
            let one = |config: &Value| {
                document::read(config).map_err(|why| {
                    OpError::new(OpErrorKind::Invalid, "writing the policy document", why)
                })
            };
            configs.iter().map(one).collect()
        })
    }
}
