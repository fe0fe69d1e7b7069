//! A cloud of scripted answers: the real SDK clients over a connector that knows what comes next.
//!
//! aws-smithy-mocks would do the same, but its features make a second build of all SDK crates for tests.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use bastionless_model::{
    cloud::{Future, Identity, Intent, OpError, Operation, Progress},
    value::Value,
};

use crate::clients::Scope;

/// An expected call and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// The action, or for S3 the method and path.
    call: &'static str,
    status: u16,
    body: String,
}

/// Makes a step. `<R>` in the body stands for the root element that the query protocol wants.
pub(crate) fn step(call: &'static str, status: u16, body: impl Into<String>) -> Step {
    let body = body.into();
    let body = body
        .replace("<R>", &format!("<{call}Response>"))
        .replace("</R>", &format!("</{call}Response>"));
    Step { call, status, body }
}

/// The steps that are left, and what was sent.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    steps: Arc<Mutex<VecDeque<Step>>>,
    sent: Arc<Mutex<Vec<String>>>,
}

impl Script {
    /// Returns what was sent: action or path, and body.
    pub(crate) fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().clone()
    }

    /// Asserts that every step was taken.
    #[track_caller]
    pub(crate) fn done(&self) {
        let left: Vec<_> = self.steps.lock().unwrap().iter().map(|s| s.call).collect();
        assert!(left.is_empty(), "not called: {left:?}");
    }
}

/// Makes a provider whose calls are answered by the steps, in their order.
pub(crate) fn scripted(steps: Vec<Step>) -> (Scope, Script) {
    let script = Script {
        steps: Arc::new(Mutex::new(steps.into())),
        sent: Arc::default(),
    };
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "a", "b", None, None, "test",
        )))
        .endpoint_url("http://127.0.0.1:1")
        .retry_config(RetryConfig::disabled())
        .http_client(script.clone())
        .build();
    (Scope::scripted(sdk), script)
}

impl HttpClient for Script {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Script {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let name = action(&request, &body);
        self.sent.lock().unwrap().push(format!("{name} {body}"));
        let Some(step) = self.steps.lock().unwrap().pop_front() else {
            panic!("{name} was not expected: {body}");
        };
        assert_eq!(name, step.call, "another call was expected: {body}");
        let status = StatusCode::try_from(step.status).unwrap();
        let mut answer = HttpResponse::new(status, SdkBody::from(step.body));
        answer.headers_mut().insert("x-amzn-requestid", "r-1");
        HttpConnectorFuture::ready(Ok(answer))
    }
}

/// The action of a request: of the JSON protocols by header, of the query protocol by body, of S3 method and path.
fn action(request: &HttpRequest, body: &str) -> String {
    if let Some(target) = request.headers().get("x-amz-target") {
        return target.rsplit('.').next().unwrap().to_owned();
    }
    if let Some(rest) = body.strip_prefix("Action=") {
        return rest.split('&').next().unwrap().to_owned();
    }
    let path = request.uri().trim_start_matches("http://127.0.0.1:1");
    format!("{} {path}", request.method())
}

/// What an operation told of its progress.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    created: Mutex<Vec<Value>>,
    permits: Mutex<u32>,
    /// Whether the run is interrupted.
    stop: bool,
}

impl Notes {
    /// Notes of a run that is being interrupted.
    pub(crate) fn interrupted() -> Self {
        Self {
            stop: true,
            ..Self::default()
        }
    }

    /// Returns the recorded states.
    pub(crate) fn created(&self) -> Vec<Value> {
        self.created.lock().unwrap().clone()
    }

    /// Returns how often the lock was asked.
    pub(crate) fn permits(&self) -> u32 {
        *self.permits.lock().unwrap()
    }
}

impl Progress for Notes {
    fn created<'a>(&'a self, state: &'a Value) -> Future<'a, ()> {
        self.created.lock().unwrap().push(state.clone());
        Box::pin(async {})
    }

    fn cancelled(&self) -> bool {
        self.stop
    }

    fn permit(&self) -> Result<(), OpError> {
        *self.permits.lock().unwrap() += 1;
        Ok(())
    }
}

/// Makes an intent.
pub(crate) fn intent() -> Intent {
    Intent {
        id: "intent-1".into(),
        recorded_at: 1_795_305_600,
    }
}

/// Makes an operation.
pub(crate) fn operation<'a>(intent: &'a Intent, notes: &'a Notes) -> Operation<'a> {
    Operation {
        intent,
        timeout: Duration::from_secs(120),
        progress: notes,
    }
}

/// Names an object that is in the state with these attributes.
pub(crate) fn known(id: &str, prior: Value) -> Identity {
    Identity {
        id: id.to_owned(),
        prior: Some(prior),
    }
}

/// An error of the query protocol.
pub(crate) fn query_error(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"
    )
}

/// An error of S3.
pub(crate) fn s3_error(code: &str) -> String {
    format!(
        "<Error><Code>{code}</Code><Message>{code} happened</Message><RequestId>r-1</RequestId></Error>"
    )
}

/// An error of the JSON protocols.
pub(crate) fn json_error(code: &str, message: &str) -> String {
    format!(r#"{{"__type":"{code}","message":"{message}"}}"#)
}
