//! Calls: their failures as [`OpError`], and what every mutating one has around it.

use std::future::Future;

use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use bastionless_model::cloud::{Failure, OpError, OpErrorKind, Operation};

use super::context::Ec2;
use crate::errors::op_error;

/// Turns the SDK's result into ours.
pub(crate) trait Outcome<T> {
    /// Names what was being done, such as `creating EC2 VPC`.
    fn during(self, what: &str) -> Result<T, OpError>;
}

impl<T, E> Outcome<T> for Result<T, SdkError<E>>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    fn during(self, what: &str) -> Result<T, OpError> {
        self.map_err(|e| op_error(what, &e))
    }
}

/// Tells whether the error has one of the codes.
pub(crate) fn is(error: &OpError, codes: &[&str]) -> bool {
    error.code.as_deref().is_some_and(|c| codes.contains(&c))
}

/// Tells whether the object of the call is not there.
pub(crate) fn is_gone(error: &OpError) -> bool {
    error.kind == OpErrorKind::NotFound
}

/// Makes a failure that says nothing is left but what `state` holds.
pub(crate) fn failed_with(state: &bastionless_model::value::Value, error: OpError) -> Failure {
    let usable = error.kind == OpErrorKind::Cancelled;
    Failure {
        error,
        state: Some(state.clone()),
        usable,
    }
}

/// The error of a run that is being interrupted.
pub(crate) fn cancelled(what: &str) -> OpError {
    OpError::new(OpErrorKind::Cancelled, what, "the run was interrupted")
}

/// An answer that lacks what it must have.
pub(crate) fn incomplete(what: &str, part: &str) -> OpError {
    let message = format!("the service's answer has no {part}");
    OpError::new(OpErrorKind::Unavailable, what, message)
}

impl Ec2 {
    /// Makes a mutating call: only with the permit, never after an interruption, and forgets the listings afterwards.
    pub(crate) async fn change<T, E>(
        &self,
        op: &Operation<'_>,
        what: &str,
        call: impl Future<Output = Result<T, SdkError<E>>>,
    ) -> Result<T, OpError>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        if op.progress.cancelled() {
            return Err(cancelled(what));
        }
        op.progress.permit()?;
        let result = call.await.during(what);
        self.forget_listings();
        result
    }
}
