//! Which errors the SDK must not repeat.

use aws_smithy_runtime_api::client::{
    interceptors::context::InterceptorContext,
    retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority},
};

/// Takes a used-up quota as final.
///
/// The SDK counts `LimitExceededException` as throttling; KMS and CloudWatch Logs mean a quota by it, which no waiting refills.
#[derive(Debug)]
pub(crate) struct QuotaIsFinal;

const CODE: &str = "LimitExceededException";

impl ClassifyRetry for QuotaIsFinal {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let quota = context.response().is_some_and(|answer| {
            let named = answer
                .headers()
                .get("x-amzn-errortype")
                .is_some_and(|t| t.contains(CODE));
            let told = || {
                String::from_utf8_lossy(answer.body().bytes().unwrap_or_default()).contains(CODE)
            };
            answer.status().as_u16() == 400 && (named || told())
        });
        if quota {
            RetryAction::RetryForbidden
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "quota is final"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(
            RetryClassifierPriority::modeled_as_retryable_classifier(),
        )
    }
}
