//! One change of one object: intent, call, result, each durable before the next.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bastionless_model::{
    cloud::{Failure, Found, Future, Intent, OpError, OpErrorKind, Operation, Progress, Reconcile},
    schema::{
        Schema,
        plan::{Settings, normalise_read, plan_consistent},
    },
    value::{Kind, Marks, Path, Value},
};

use super::{Cancel, providers::is_builtin, record::Recorder};
use crate::{
    io::Disk,
    lang::address::AbsInstance,
    plan::{Action, Change},
    state::{
        Deposed, Object, Status,
        journal::{Begin, Entry, Intended},
    },
    store::StateStore,
};

/// How long one request may take: the lock must hold at least that long before it is sent.
pub(crate) const REQUEST: Duration = Duration::from_secs(30);

/// How long a change may take where neither configuration nor schema says.
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(20);

/// What all calls of a run share.
pub(crate) struct Shared {
    pub(crate) recorder: Recorder,
    pub(crate) store: Arc<dyn StateStore>,
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) cancel: Cancel,
}

/// One object of a run, for one call.
pub(crate) struct Call {
    pub(crate) shared: Arc<Shared>,
    pub(crate) schema: Arc<Schema>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) reconcile: Arc<dyn Reconcile>,
    pub(crate) change: Change,
    /// The object it is about, where that is not the current one.
    pub(crate) deposed: Option<Deposed>,
}

/// What is to be made of an object.
pub(crate) struct Goal {
    /// With marks.
    pub(crate) planned: Value,
    /// With marks; what write-only arguments are taken from.
    pub(crate) config: Value,
}

impl Call {
    /// Creates the object and returns it with marks.
    pub(crate) async fn create(&self, goal: &Goal) -> Result<Value, OpError> {
        if self.is_at_home() {
            return self
                .at_home(Some(goal))
                .await
                .map(|v| v.unwrap_or(Value::NULL));
        }
        let (planned, marks) = goal.planned.clone().unmark_with_paths();
        let was_free = self.check_name(&planned).await?;
        let intent = self
            .begin(Intended::Create, &known_parts(&planned), was_free)
            .await?;
        let progress = self.progress(&intent, &planned, &marks);
        let op = self.operation(&intent, "create", &planned, &progress);
        let wanted = with_write_only(&self.schema, &planned, &goal.config);
        let made = match op.progress.permit() {
            Ok(()) => self.reconcile.create(&op, &wanted).await,
            Err(e) => Err(not_sent(e)),
        };
        match made {
            Ok(observed) => {
                self.done(&intent, &planned, &observed, &marks, Status::Ready)
                    .await
            }
            Err(failure) => {
                let created = progress.created_state();
                self.create_failed(&intent, failure, created, &planned, &marks)
                    .await
            }
        }
    }

    /// Changes the object in place and returns it with marks.
    pub(crate) async fn update(&self, goal: &Goal) -> Result<Value, OpError> {
        if self.is_at_home() {
            return self
                .at_home(Some(goal))
                .await
                .map(|v| v.unwrap_or(Value::NULL));
        }
        let (planned, marks) = goal.planned.clone().unmark_with_paths();
        let prior = self.change.before.clone().unmark_deep().0;
        let intent = self.begin(Intended::Update, &prior, false).await?;
        let progress = self.progress(&intent, &planned, &marks);
        let op = self.operation(&intent, "update", &planned, &progress);
        let wanted = with_write_only(&self.schema, &planned, &goal.config);
        let made = match op.progress.permit() {
            Ok(()) => self.reconcile.update(&op, &prior, &wanted).await,
            Err(e) => Err(not_sent(e)),
        };
        match made {
            Ok(observed) => {
                self.done(&intent, &planned, &observed, &marks, self.status())
                    .await
            }
            Err(Failure { error, state, .. }) => {
                let object = match &state {
                    Some(state) => Some(self.object(&prior, state, &marks, self.status())?),
                    None => None,
                };
                self.failed(&intent, object, false, error).await
            }
        }
    }

    /// Destroys the object.
    pub(crate) async fn delete(&self) -> Result<(), OpError> {
        if self.is_at_home() {
            return self.at_home(None).await.map(drop);
        }
        let (prior, marks) = self.change.before.clone().unmark_with_paths();
        let intent = self.begin(Intended::Delete, &prior, false).await?;
        let progress = self.progress(&intent, &prior, &marks);
        let op = self.operation(&intent, "delete", &prior, &progress);
        let gone = match op.progress.permit() {
            Ok(()) => self.reconcile.delete(&op, &prior).await,
            Err(e) => Err(not_sent(e)),
        };
        match gone {
            Ok(()) => {
                let entry = Entry::Done {
                    id: intent.id,
                    object: None,
                };
                self.shared.recorder.record(&entry).await
            }
            Err(Failure { error, state, .. }) => {
                let object = match &state {
                    Some(state) => Some(self.object(&prior, state, &marks, self.status())?),
                    None => None,
                };
                self.failed(&intent, object, false, error).await.map(drop)
            }
        }
    }

    /// Does the work of a type that calls nothing: there is no intent to record, and nothing to wait for.
    async fn at_home(&self, goal: Option<&Goal>) -> Result<Option<Value>, OpError> {
        let intent = Intent {
            id: String::new(),
            recorded_at: 0,
        };
        let null = Value::NULL;
        let progress = self.progress(&intent, &null, &[]);
        let op = self.operation(&intent, "create", &null, &progress);
        let prior = self.change.before.clone().unmark_deep().0;
        let recorder = &self.shared.recorder;
        let address = self.change.address.clone();
        let deposed = self.deposed.clone();
        let Some(goal) = goal else {
            self.reconcile
                .delete(&op, &prior)
                .await
                .map_err(|f| f.error)?;
            recorder.record_later(&Entry::Take { address, deposed });
            return Ok(None);
        };
        let (planned, marks) = goal.planned.clone().unmark_with_paths();
        let is_update = self.change.action == Action::Update;
        let made = if is_update {
            self.reconcile.update(&op, &prior, &planned).await
        } else {
            self.reconcile.create(&op, &planned).await
        };
        let value = made.map_err(|f| f.error)?.mark_with_paths(&marks);
        let status = if is_update {
            self.status()
        } else {
            Status::Ready
        };
        recorder.record_later(&Entry::Put {
            address,
            deposed,
            provider: self.change.provider.clone(),
            object: self.encode(&value, status)?,
        });
        Ok(Some(value))
    }

    fn is_at_home(&self) -> bool {
        is_builtin(&self.change.provider.provider)
    }

    /// Looks whether the name is free, where a name is a key: half of the proof that a later find is ours.
    async fn check_name(&self, planned: &Value) -> Result<bool, OpError> {
        if !self.reconcile.has_natural_key() {
            return Ok(false);
        }
        match self.reconcile.find(None, planned).await {
            Ok(Found::Nothing) => Ok(true),
            Ok(Found::Unproven { id, .. }) => Err(OpError::new(
                OpErrorKind::AlreadyExists,
                format!("creating {}", self.change.address),
                format!("`{id}` exists already"),
            )),
            Ok(Found::Ours(_)) => Err(OpError::new(
                OpErrorKind::AlreadyExists,
                format!("creating {}", self.change.address),
                "an object of this name exists already",
            )),
            // Who may not look may still create; there is only no proof then.
            Err(_) => Ok(false),
        }
    }

    async fn begin(
        &self,
        action: Intended,
        value: &Value,
        was_free: bool,
    ) -> Result<Intent, OpError> {
        let disk = &self.shared.disk;
        let intent = Intent {
            id: disk.uuid(),
            recorded_at: i64::try_from(disk.now().as_secs()).unwrap_or(i64::MAX),
        };
        let entry = Entry::Begin(Box::new(Begin {
            id: intent.id.clone(),
            address: self.change.address.clone(),
            deposed: self.deposed.clone(),
            action,
            provider: self.change.provider.clone(),
            at: intent.recorded_at,
            was_free,
            object: self.encode(value, Status::Ready)?,
        }));
        self.shared.recorder.record(&entry).await?;
        Ok(intent)
    }

    async fn done(
        &self,
        intent: &Intent,
        planned: &Value,
        observed: &Value,
        marks: &[(Path, Marks)],
        status: Status,
    ) -> Result<Value, OpError> {
        let value = normalise_read(&self.schema, &self.settings, Some(planned), observed);
        if let Some(error) = self.broken_promise(planned, &value) {
            let status = match self.change.action {
                Action::Update => status,
                _ => Status::Tainted,
            };
            let object = self.encode(&value.mark_with_paths(marks), status)?;
            return self.failed(intent, Some(object), false, error).await;
        }
        let value = value.mark_with_paths(marks);
        let entry = Entry::Done {
            id: intent.id.clone(),
            object: Some(self.encode(&value, status)?),
        };
        self.shared.recorder.record(&entry).await?;
        Ok(value)
    }

    /// Says what did not become as planned. Where the provider is built with the SDK of old, Terraform lets that pass.
    fn broken_promise(&self, planned: &Value, value: &Value) -> Option<OpError> {
        if self.schema.legacy {
            return None;
        }
        let problems = plan_consistent(&self.schema, planned, value);
        let first = problems.first()?;
        Some(OpError::new(
            OpErrorKind::Invalid,
            first.summary.clone(),
            format!(
                "{}{}: {}. The object exists and is saved as it is; this is a bug in bastionless, or something else changed the object just now",
                self.change.address, first.path, first.detail
            ),
        ))
    }

    async fn create_failed(
        &self,
        intent: &Intent,
        failure: Failure,
        created: Option<Value>,
        planned: &Value,
        marks: &[(Path, Marks)],
    ) -> Result<Value, OpError> {
        let Failure {
            error,
            state,
            usable,
        } = failure;
        let status = if usable {
            Status::Ready
        } else {
            Status::Tainted
        };
        // Nothing is known where the call itself may or may not have been carried out.
        let open = matches!(error.kind, OpErrorKind::Unavailable | OpErrorKind::Timeout);
        let (object, open) = match state.or(created) {
            Some(state) => (Some(self.object(planned, &state, marks, status)?), false),
            None => (None, open),
        };
        self.failed(intent, object, open, error).await
    }

    async fn failed(
        &self,
        intent: &Intent,
        object: Option<Object>,
        open: bool,
        error: OpError,
    ) -> Result<Value, OpError> {
        let entry = Entry::Failed {
            id: intent.id.clone(),
            object,
            open,
        };
        // The first error is the one to tell; a journal that cannot be written shows at the next step.
        let _ = self.shared.recorder.record(&entry).await;
        Err(error)
    }

    fn object(
        &self,
        planned: &Value,
        state: &Value,
        marks: &[(Path, Marks)],
        status: Status,
    ) -> Result<Object, OpError> {
        let value = normalise_read(&self.schema, &self.settings, Some(planned), state);
        self.encode(&value.mark_with_paths(marks), status)
    }

    /// Makes the stored form of the object.
    pub(crate) fn encode(&self, value: &Value, status: Status) -> Result<Object, OpError> {
        encode(&self.change, &self.schema, value, status)
    }

    /// An object that is to be replaced stays so when it is changed or cannot be destroyed.
    fn status(&self) -> Status {
        let address: &AbsInstance = &self.change.address;
        self.shared.recorder.state(|s| {
            s.object(address, self.deposed.as_ref())
                .map_or(Status::Ready, |o| o.status)
        })
    }

    fn operation<'a>(
        &self,
        intent: &'a Intent,
        what: &str,
        value: &Value,
        progress: &'a CallProgress<'a>,
    ) -> Operation<'a> {
        Operation {
            intent,
            timeout: timeout(&self.schema, what, value),
            progress,
        }
    }

    fn progress<'a>(
        &'a self,
        intent: &'a Intent,
        planned: &'a Value,
        marks: &'a [(Path, Marks)],
    ) -> CallProgress<'a> {
        CallProgress {
            call: self,
            intent,
            planned,
            marks,
            created: Mutex::default(),
            broken: AtomicBool::new(false),
        }
    }
}

/// Returns how long a change of an object may take: as its `timeouts` block, else the schema says.
pub(crate) fn timeout(schema: &Schema, what: &str, value: &Value) -> Duration {
    let own = value
        .get("timeouts")
        .and_then(|t| t.get_str(what))
        .and_then(duration);
    let default = schema.timeouts.get(what).copied();
    own.or(default).unwrap_or(DEFAULT_TIMEOUT)
}

/// Makes the stored form of a changed object.
pub(crate) fn encode(
    change: &Change,
    schema: &Schema,
    value: &Value,
    status: Status,
) -> Result<Object, OpError> {
    let encoded = Object::encode(value, schema).map_err(|e| {
        OpError::new(
            OpErrorKind::Invalid,
            format!("storing {}", change.address),
            e.to_string(),
        )
    })?;
    let mut object = encoded.depending_on(change.dependencies.clone());
    object.status = status;
    object.create_before_destroy = change.create_before_destroy;
    object.private.clone_from(&change.private);
    Ok(object)
}

fn not_sent(error: OpError) -> Failure {
    Failure::from(OpError {
        // Not sent at all: there is nothing to look for.
        kind: match error.kind {
            OpErrorKind::Unavailable | OpErrorKind::Timeout => OpErrorKind::Conflict,
            kind => kind,
        },
        ..error
    })
}

/// Returns the value with null for what is not known.
pub(crate) fn known_parts(value: &Value) -> Value {
    value.clone().transform(&mut |v| match v.kind() {
        Kind::Unknown(t, _) => Value::null(t.clone()),
        _ => v,
    })
}

/// Puts the write-only arguments of the configuration into what is sent; they are never stored.
fn with_write_only(schema: &Schema, planned: &Value, config: &Value) -> Value {
    let named = schema.block.attributes.iter().filter(|(_, a)| a.write_only);
    named.fold(planned.clone(), |planned, (name, _)| {
        match config.get(name) {
            Some(v) if !v.is_null() => planned.with(name.clone(), v.clone().unmark_deep().0),
            _ => planned,
        }
    })
}

struct CallProgress<'a> {
    call: &'a Call,
    intent: &'a Intent,
    planned: &'a Value,
    marks: &'a [(Path, Marks)],
    created: Mutex<Option<Value>>,
    /// The journal could not be written: no further call may follow.
    broken: AtomicBool,
}

impl CallProgress<'_> {
    fn created_state(&self) -> Option<Value> {
        self.created
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Progress for CallProgress<'_> {
    fn created<'a>(&'a self, state: &'a Value) -> Future<'a, ()> {
        Box::pin(async move {
            let state = filled(&known_parts(state), &known_parts(self.planned));
            *self.created.lock().unwrap_or_else(PoisonError::into_inner) = Some(state.clone());
            let value = state.mark_with_paths(self.marks);
            let recorded = match self.call.encode(&value, Status::Ready) {
                Ok(object) => {
                    let entry = Entry::Created {
                        id: self.intent.id.clone(),
                        object,
                    };
                    self.call.shared.recorder.record(&entry).await
                }
                Err(e) => Err(e),
            };
            if recorded.is_err() {
                self.broken.store(true, Ordering::Relaxed);
            }
        })
    }

    fn cancelled(&self) -> bool {
        self.call.shared.cancel.is_cancelled()
    }

    fn permit(&self) -> Result<(), OpError> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(OpError::new(
                OpErrorKind::Conflict,
                "writing the journal",
                "the journal cannot be written, so no further call is made",
            ));
        }
        self.call.shared.store.permit(REQUEST)
    }
}

/// Takes from `planned` what `state` does not say, so that the object can be found and destroyed.
fn filled(state: &Value, planned: &Value) -> Value {
    let Some(entries) = planned.entries() else {
        return state.clone();
    };
    entries
        .iter()
        .fold(state.clone(), |state, (name, planned)| {
            match state.get(name) {
                Some(v) if !v.is_null() => state,
                _ => state.with(name.clone(), planned.clone()),
            }
        })
}

/// Reads a duration as Go does, such as `10m`, `1h30m`, `90s`.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total = Duration::ZERO;
    if text.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?;
        let unit = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        let seconds = match rest.get(..unit)? {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 0.001,
            _ => return None,
        };
        rest = rest.get(unit..)?;
        total += Duration::try_from_secs_f64(number * seconds).ok()?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_does() {
        assert_eq!(duration("1h30m"), Some(Duration::from_mins(90)));
        assert_eq!(duration("1.5s"), Some(Duration::from_millis(1500)));
        assert_eq!(duration("200ms"), Some(Duration::from_millis(200)));
        for text in ["", "10", "m", "1x", "1h30"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
