//! Session documents as their JSON says, and what policies say about them.

use bastionless_model::value::Value;
use serde_json::Value as Json;

use super::estate::{Estate, Object};

/// A session document.
pub(super) struct SessionDocument<'e, 'p> {
    /// The object.
    pub(super) object: &'e Object<'p>,
    content: Json,
}

impl SessionDocument<'_, '_> {
    /// Returns the kind of session, such as `Standard_Stream`.
    pub(super) fn kind(&self) -> &str {
        self.content
            .get("sessionType")
            .and_then(Json::as_str)
            .unwrap_or("Standard_Stream")
    }

    /// Returns an input.
    pub(super) fn input(&self, name: &str) -> Option<&Json> {
        self.content.get("inputs")?.get(name)
    }

    /// Returns an input that is a text and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.input(name)?.as_str().filter(|t| !t.is_empty())
    }

    /// Tells whether an input is true.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.input(name)
            .is_some_and(|v| v.as_bool() == Some(true) || v.as_str() == Some("true"))
    }

    /// Tells whether what is typed and shown is kept somewhere.
    pub(super) fn is_logged(&self) -> bool {
        self.text("s3BucketName").is_some() || self.text("cloudWatchLogGroupName").is_some()
    }
}

/// Returns the session documents whose content is JSON.
pub(super) fn documents<'e, 'p>(estate: &'e Estate<'p>) -> Vec<SessionDocument<'e, 'p>> {
    let all = estate
        .of("aws_ssm_document")
        .filter(|o| o.text("document_type") == Some("Session"));
    all.filter_map(|object| {
        let content = object.value.get("content").and_then(Value::as_str)?;
        Some(SessionDocument {
            object,
            content: serde_json::from_str(content).ok()?,
        })
    })
    .collect()
}
