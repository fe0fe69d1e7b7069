//! The door to the cloud that this build has.

use std::sync::Arc;

use bastionless_model::cloud::Clouds;

/// Returns the door to AWS.
#[cfg(feature = "aws")]
pub(crate) fn clouds() -> Arc<dyn Clouds> {
    Arc::new(bastionless_aws::Aws::new())
}

/// Returns a door that says that it is none.
#[cfg(not(feature = "aws"))]
pub(crate) fn clouds() -> Arc<dyn Clouds> {
    Arc::new(none::NoClouds)
}

#[cfg(not(feature = "aws"))]
mod none {
    use std::sync::Arc;

    use bastionless_model::{
        cloud::{Cloud, Clouds, Future, ObjectStore, OpError, OpErrorKind},
        value::Value,
    };

    /// No cloud at all.
    pub(super) struct NoClouds;

    fn missing(what: String) -> OpError {
        OpError::new(
            OpErrorKind::Unsupported,
            what,
            "this build was made without the feature `aws` and calls no cloud",
        )
    }

    impl Clouds for NoClouds {
        fn configure<'a>(
            &'a self,
            provider: &'a str,
            _config: &'a Value,
        ) -> Future<'a, Result<Arc<dyn Cloud>, OpError>> {
            Box::pin(async move { Err(missing(format!("configuring provider \"{provider}\""))) })
        }

        fn object_store<'a>(
            &'a self,
            _config: &'a Value,
        ) -> Future<'a, Result<Arc<dyn ObjectStore>, OpError>> {
            Box::pin(async { Err(missing("opening backend \"s3\"".into())) })
        }
    }
}
