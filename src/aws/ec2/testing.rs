//! Scripted answers in the shape of the API, for tests of what is called and what is made of the answers.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_ec2::config::{BehaviorVersion, Credentials, Region, retry::RetryConfig};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
        orchestrator::{HttpRequest, HttpResponse},
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use bastionless_model::{
    cloud::{Future, Identity, Intent, OpError, Operation, Progress, Reconcile},
    schema::Catalogue,
    value::{Type, Value},
};

use super::attributes::fit;
use crate::{clients::Scope, registry};

/// An expected call and its answer.
type Answer = (&'static str, u16, String);

/// EC2 that answers from a script and remembers what it was asked.
#[derive(Clone, Debug)]
pub(super) struct Script {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Script {
    /// Makes a script; each answer is for the next call of its action.
    pub(super) fn new(answers: &[(&'static str, u16, &str)]) -> Self {
        let answers = answers.iter().map(|(action, status, inner)| {
            let body = match status {
                200 => format!("<{action}Response>{inner}</{action}Response>"),
                _ => format!(
                    "<Response><Errors><Error><Code>{inner}</Code><Message>scripted</Message></Error></Errors><RequestID>r-1</RequestID></Response>"
                ),
            };
            (*action, *status, body)
        });
        Self {
            answers: Arc::new(Mutex::new(answers.collect())),
            requests: Arc::default(),
        }
    }

    /// Returns the reconciler of a type that calls the script.
    pub(super) fn reconciler(&self, scope: &Scope, type_name: &str) -> Arc<dyn Reconcile> {
        registry::reconcile(type_name, scope).unwrap()
    }

    /// Makes the provider.
    pub(super) fn scope(&self) -> Scope {
        let connector = SharedHttpConnector::new(self.clone());
        let config = aws_sdk_ec2::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new("a", "b", None, None, "test"))
            .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build();
        Scope::of_clients(|clients| clients.ec2(aws_sdk_ec2::Client::from_conf(config)))
    }

    /// Returns the actions that were called.
    pub(super) fn calls(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        requests
            .iter()
            .map(|r| parameter(r, "Action").unwrap_or_default())
            .collect()
    }

    /// Returns a parameter of the last call of an action.
    pub(super) fn sent(&self, action: &str, name: &str) -> Option<String> {
        let requests = self.requests.lock().unwrap();
        let of_action = |r: &&String| parameter(r, "Action").as_deref() == Some(action);
        requests
            .iter()
            .rev()
            .find(of_action)
            .and_then(|r| parameter(r, name))
    }
}

fn parameter(request: &str, name: &str) -> Option<String> {
    let pairs = request.split('&').filter_map(|p| p.split_once('='));
    let mut values = pairs.filter(|(k, _)| *k == name).map(|(_, v)| v.to_owned());
    values.next()
}

impl HttpConnector for Script {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let action = parameter(&body, "Action").unwrap_or_default();
        self.requests.lock().unwrap().push(body);
        let mut answers = self.answers.lock().unwrap();
        let place = answers.iter().position(|(a, ..)| *a == action);
        let (_, status, body) = place
            .and_then(|i| answers.remove(i))
            .unwrap_or_else(|| panic!("nothing is scripted for another {action}"));
        let status = StatusCode::try_from(status).unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
    }
}

/// A run that is never interrupted.
pub(super) struct Run {
    /// What was told as created.
    pub(super) created: Mutex<Vec<Value>>,
    intent: Intent,
}

impl Run {
    /// Makes a run.
    pub(super) fn new() -> Self {
        let intent = Intent {
            id: "0f3c9a1e-77aa-4bd2-9d5a-aa0000000000".into(),
            recorded_at: 0,
        };
        Self {
            created: Mutex::default(),
            intent,
        }
    }

    /// Makes an operation of the run.
    pub(super) fn operation(&self) -> Operation<'_> {
        let timeout = Duration::from_secs(60);
        Operation {
            intent: &self.intent,
            timeout,
            progress: self,
        }
    }
}

impl Progress for Run {
    fn created<'a>(&'a self, state: &'a Value) -> Future<'a, ()> {
        self.created.lock().unwrap().push(state.clone());
        Box::pin(async {})
    }

    fn cancelled(&self) -> bool {
        false
    }

    fn permit(&self) -> Result<(), OpError> {
        Ok(())
    }
}

/// Names an object whose state has some attributes.
pub(super) fn identity(id: &str, attributes: &[(&'static str, &str)]) -> Identity {
    let attributes = attributes.iter().map(|(k, v)| (*k, Value::from(*v)));
    Identity {
        id: id.into(),
        prior: Some(Value::object(attributes)),
    }
}

/// Makes a planned value: what is not given is unknown where it is computed, else null.
pub(super) fn planned(type_name: &str, given: &[(&'static str, Value)]) -> Value {
    let schema = Catalogue::builtin().managed(type_name).unwrap();
    let all = fit(
        Value::object(given.iter().cloned()),
        &schema.block.implied_type(),
    );
    schema.block.attributes.iter().fold(all, |all, (name, a)| {
        let open = a.is_computed() && all.get(name).is_some_and(Value::is_null);
        if open {
            all.with(name.clone(), Value::unknown(a.ty.clone()))
        } else {
            all
        }
    })
}

/// Makes a list of texts.
pub(super) fn texts(texts: &[&str]) -> Value {
    Value::list(
        Type::String,
        texts.iter().map(|t| Value::from(*t)).collect(),
    )
}
