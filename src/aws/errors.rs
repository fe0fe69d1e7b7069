//! SDK errors as [`OpError`]s.

use std::error::Error;

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use bastionless_model::cloud::{OpError, OpErrorKind};

/// Names the operation of a call, so that `?` gives an [`OpError`].
pub(crate) trait Call<T> {
    /// Turns the SDK's error into ours; `operation` is `service:Action`.
    fn op(self, operation: &'static str) -> Result<T, OpError>;
}

impl<T, E> Call<T> for Result<T, SdkError<E, HttpResponse>>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    fn op(self, operation: &'static str) -> Result<T, OpError> {
        self.map_err(|error| op_error(operation, &error))
    }
}

/// Shortcuts on results.
pub(crate) trait Tolerate<T> {
    /// Takes "there is none" as `None`.
    fn optional(self) -> Result<Option<T>, OpError>;
    /// Takes these codes as `None`.
    fn unless(self, codes: &[&str]) -> Result<Option<T>, OpError>;
}

impl<T> Tolerate<T> for Result<T, OpError> {
    fn optional(self) -> Result<Option<T>, OpError> {
        match self {
            Ok(v) => Ok(Some(v)),
            Err(e) if e.kind == OpErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    fn unless(self, codes: &[&str]) -> Result<Option<T>, OpError> {
        match self {
            Ok(v) => Ok(Some(v)),
            Err(e) if e.code.as_deref().is_some_and(|c| codes.contains(&c)) => Ok(None),
            Err(e) => Err(e),
        }
    }
}

/// Tells whether the service answered with one of these codes.
pub(crate) fn has_code(error: &OpError, codes: &[&str]) -> bool {
    error.code.as_deref().is_some_and(|c| codes.contains(&c))
}

/// An answer that lacks what the service promises.
pub(crate) fn incomplete(operation: &'static str, what: &str) -> OpError {
    OpError::new(
        OpErrorKind::Unavailable,
        operation,
        format!("the answer holds no {what}"),
    )
}

/// Turns an SDK error into ours.
pub(crate) fn op_error<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> OpError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let mut out = match error {
        SdkError::ServiceError(service) => {
            let meta = service.err().meta();
            let status = service.raw().status().as_u16();
            let code = meta.code().map(str::to_owned);
            let kind = kind_of(code.as_deref().unwrap_or_default(), status, meta.message());
            let message = match (meta.message(), &code) {
                (Some(m), Some(c)) => format!("{c}: {m}"),
                (None, Some(c)) => format!("{c} (HTTP status {status})"),
                (Some(m), None) => m.to_owned(),
                (None, None) if status < 300 => {
                    format!("the answer cannot be read: {}", chain(error))
                }
                (None, None) => format!("the service answered with HTTP status {status}"),
            };
            let mut e = OpError::new(kind, operation, message);
            e.code = code;
            e.request_id = meta.extra("aws_request_id").map(str::to_owned);
            e
        }
        SdkError::ResponseError(response) => {
            let status = response.raw().status().as_u16();
            OpError::new(
                kind_of("", status, None),
                operation,
                format!(
                    "the answer (HTTP status {status}) is not of the service: {}",
                    chain(error)
                ),
            )
        }
        SdkError::TimeoutError(_) => OpError::new(
            OpErrorKind::Unavailable,
            operation,
            "the service did not answer in time; check the network and try again",
        ),
        SdkError::DispatchFailure(_) => dispatch_failure(operation, &chain(error)),
        _ => {
            let text = chain(error);
            if looks_like_credentials(&text) {
                no_credentials(operation, &text)
            } else {
                OpError::new(OpErrorKind::Invalid, operation, text)
            }
        }
    };
    if out.kind == OpErrorKind::Credentials && out.code.is_some() {
        out.message.push_str(
            ". Check the credentials of the provider configuration (AWS_ACCESS_KEY_ID, AWS_PROFILE, `aws sso login`).",
        );
    }
    out
}

fn dispatch_failure(operation: &str, text: &str) -> OpError {
    if looks_like_credentials(text) {
        return no_credentials(operation, text);
    }
    OpError::new(
        OpErrorKind::Unavailable,
        operation,
        format!(
            "the service cannot be reached: {text}. Check region, endpoint, proxy and network."
        ),
    )
}

/// The credential chain has nothing.
pub(crate) fn no_credentials(operation: &str, text: &str) -> OpError {
    OpError::new(
        OpErrorKind::Credentials,
        operation,
        format!(
            "No valid credential sources found: {text}. Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, run `aws sso login`, or configure the provider \"aws\"."
        ),
    )
}

fn looks_like_credentials(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["credential", "identity resolver", "no providers in chain"]
        .iter()
        .any(|w| text.contains(w))
}

/// Joins the messages of an error and its sources, each once.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(e) = next {
        let text = e.to_string();
        if !parts.iter().any(|p| p.contains(&text)) {
            parts.push(text);
        }
        next = e.source();
    }
    parts.join(": ")
}

const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "UnauthorizedAccess",
    "AllAccessDisabled",
    "NotAuthorized",
    "KMSAccessDeniedException",
    "Client.UnauthorizedOperation",
    "403",
    "Forbidden",
];

const CREDENTIALS: &[&str] = &[
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "InvalidToken",
    "UnrecognizedClientException",
    "UnrecognizedClient",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "IncompleteSignature",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "OptInRequired",
    "TokenRefreshRequired",
];

const NOT_FOUND: &[&str] = &[
    "NoSuchEntity",
    "NoSuchEntityException",
    "NotFound",
    "NotFoundException",
    "NoSuchBucket",
    "NoSuchKey",
    "NoSuchVersion",
    "NoSuchBucketPolicy",
    "NoSuchPublicAccessBlockConfiguration",
    "OwnershipControlsNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
    "NoSuchLifecycleConfiguration",
    "ObjectLockConfigurationNotFoundError",
    "NoSuchTagSet",
    "NoSuchCORSConfiguration",
    "NoSuchWebsiteConfiguration",
    "ReplicationConfigurationNotFoundError",
    "InvalidDocument",
    "ParameterNotFound",
    "ParameterVersionNotFound",
    "ResourceNotFoundException",
    "InvalidResourceId",
    "404",
];

const THROTTLED: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "RequestThrottled",
    "TooManyRequestsException",
    "TooManyUpdates",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
    "TransactionInProgressException",
    "ProvisionedThroughputExceededException",
];

const EXISTS: &[&str] = &[
    "EntityAlreadyExists",
    "EntityAlreadyExistsException",
    "AlreadyExistsException",
    "ResourceAlreadyExistsException",
    "BucketAlreadyOwnedByYou",
    "BucketAlreadyExists",
    "DocumentAlreadyExists",
    "RouteAlreadyExists",
    "ParameterAlreadyExists",
];

const CONFLICT: &[&str] = &[
    "DependencyViolation",
    "DeleteConflict",
    "DeleteConflictException",
    "ConcurrentModification",
    "ConcurrentModificationException",
    "EntityTemporarilyUnmodifiable",
    "OperationAborted",
    "OperationAbortedException",
    "ConflictException",
    "Conflict",
    "ResourceInUse",
    "ResourceInUseException",
    "BucketNotEmpty",
    "IncorrectState",
    "IncorrectInstanceState",
    "InvalidState",
    "KMSInvalidStateException",
    "PreconditionFailed",
    "ConditionalRequestConflict",
    "IdempotentParameterMismatch",
    "InvalidDocumentOperation",
];

const UNAVAILABLE: &[&str] = &[
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServiceError",
    "InternalException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "ServiceFailure",
    "Unavailable",
    "RequestTimeout",
    "RequestTimeoutException",
    "DependencyTimeoutException",
    "KMSInternalException",
    "InsufficientInstanceCapacity",
];

fn kind_of(code: &str, status: u16, message: Option<&str>) -> OpErrorKind {
    let ends = |suffixes: &[&str]| suffixes.iter().any(|s| code.ends_with(s));
    // IAM answers AccessDenied for an expired session too; then the words tell.
    let expired = message.is_some_and(|m| m.contains("security token") && m.contains("expired"));
    if expired || CREDENTIALS.contains(&code) {
        OpErrorKind::Credentials
    } else if DENIED.contains(&code) {
        OpErrorKind::Denied
    } else if NOT_FOUND.contains(&code) || ends(&[".NotFound", ".Malformed", ".Unknown"]) {
        if code.ends_with(".Malformed") {
            OpErrorKind::Invalid
        } else {
            OpErrorKind::NotFound
        }
    } else if THROTTLED.contains(&code) {
        OpErrorKind::Throttled
    } else if EXISTS.contains(&code)
        || ends(&[".Duplicate", "AlreadyExists", ".AlreadyExistsException"])
    {
        OpErrorKind::AlreadyExists
    } else if CONFLICT.contains(&code) || ends(&[".InUse"]) {
        OpErrorKind::Conflict
    } else if ends(&[
        "LimitExceeded",
        "LimitExceededException",
        "QuotaExceeded",
        "QuotaExceededException",
        "TooManyBuckets",
    ]) {
        OpErrorKind::Quota
    } else if UNAVAILABLE.contains(&code) || status >= 500 {
        OpErrorKind::Unavailable
    } else {
        match (code, status) {
            ("", 401) => OpErrorKind::Credentials,
            ("", 403) => OpErrorKind::Denied,
            ("", 404) => OpErrorKind::NotFound,
            ("", 409 | 412) => OpErrorKind::Conflict,
            ("", 429) => OpErrorKind::Throttled,
            _ => OpErrorKind::Invalid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_follow_codes() {
        let kind = |code| kind_of(code, 400, None);
        assert_eq!(kind("UnauthorizedOperation"), OpErrorKind::Denied);
        assert_eq!(kind("InvalidClientTokenId"), OpErrorKind::Credentials);
        assert_eq!(kind("InvalidVpcID.NotFound"), OpErrorKind::NotFound);
        assert_eq!(kind("NoSuchEntity"), OpErrorKind::NotFound);
        assert_eq!(kind("InvalidGroupId.Malformed"), OpErrorKind::Invalid);
        assert_eq!(kind("RequestLimitExceeded"), OpErrorKind::Throttled);
        assert_eq!(
            kind("RulesPerSecurityGroupLimitExceeded"),
            OpErrorKind::Quota
        );
        assert_eq!(
            kind("InvalidPermission.Duplicate"),
            OpErrorKind::AlreadyExists
        );
        assert_eq!(kind("InvalidGroup.InUse"), OpErrorKind::Conflict);
        assert_eq!(kind("ValidationError"), OpErrorKind::Invalid);
        assert_eq!(kind_of("", 404, None), OpErrorKind::NotFound);
        assert_eq!(kind_of("Strange", 503, None), OpErrorKind::Unavailable);
        let expired = Some("The security token included in the request is expired");
        assert_eq!(
            kind_of("AccessDenied", 403, expired),
            OpErrorKind::Credentials
        );
    }
}
