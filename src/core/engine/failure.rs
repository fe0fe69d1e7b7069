//! Failed calls in words for the user.

use bastionless_model::{
    base::Diagnostic,
    cloud::{OpError, OpErrorKind},
};

use super::Step;
use crate::lang::address::AbsInstance;

/// Describes a failed change.
pub(crate) fn failed(step: Step, address: &AbsInstance, error: &OpError) -> Diagnostic {
    let summary = match step {
        Step::Create => "Creating an object failed",
        Step::Update => "Changing an object failed",
        Step::Delete => "Destroying an object failed",
        Step::Read => "Reading a data source failed",
    };
    Diagnostic::error(summary, told(error)).address(address.to_string())
}

/// Writes what a call said and what can be done about it.
pub(crate) fn told(error: &OpError) -> String {
    let mut text = error.to_string();
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    if let Some(id) = &error.request_id {
        text.push_str(&format!(" (request {id})"));
    }
    if let Some(advice) = advice(error.kind) {
        text.push_str("\n\n");
        text.push_str(advice);
    }
    text
}

fn advice(kind: OpErrorKind) -> Option<&'static str> {
    Some(match kind {
        OpErrorKind::Denied => {
            "The caller may not do this: its policies, a permissions boundary or an organisation's policy deny it or do not allow it."
        }
        OpErrorKind::Credentials => {
            "There are no usable credentials: set a profile, or run the login of your organisation, and try again."
        }
        OpErrorKind::NotFound => {
            "Something that this object needs was removed outside of this configuration."
        }
        OpErrorKind::AlreadyExists => {
            "An object of this name exists already and is not managed here. Import it with `bastionless import`, give this one another name, or remove the other one."
        }
        OpErrorKind::Conflict => {
            "Something else still uses the object, or it is being changed by somebody else just now. Try again when that is over."
        }
        OpErrorKind::Throttled => {
            "The service takes no more calls for the moment. Try again, perhaps with a lower -parallelism."
        }
        OpErrorKind::Quota => {
            "A quota of the account is used up. Have it raised, or remove what is not needed."
        }
        OpErrorKind::Unavailable => {
            "Whether the service has done it is not known. The next run looks for the object before it makes another one."
        }
        OpErrorKind::Timeout => {
            "It took longer than its timeout; a `timeouts` block can raise that. What exists is saved."
        }
        OpErrorKind::Cancelled => {
            "The run was interrupted. What exists is saved; the next run goes on from there."
        }
        OpErrorKind::Invalid | OpErrorKind::Unsupported => return None,
    })
}
