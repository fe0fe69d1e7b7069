//! What one node of the execution graph does, as a task of its own.

use std::{sync::Arc, time::Duration};

use bastionless_model::{
    cloud::{Lookup, OpError, OpErrorKind},
    schema::Schema,
    value::Value,
};

use super::{
    Event, Events, Step,
    call::{Call, Goal, Shared, encode},
};
use crate::{
    lang::address::AbsInstance,
    plan::Change,
    state::{Deposed, Status, journal::Entry},
};

/// How often it is told that a change goes on.
pub(crate) const TICK: Duration = Duration::from_secs(10);

/// What a node does.
pub(crate) enum Work {
    /// Creates; the old object makes room under this key first, where one is given.
    Create(Box<Call>, Goal, Option<Deposed>),
    /// Updates.
    Update(Box<Call>, Goal),
    /// Destroys.
    Delete(Box<Call>),
    /// Reads a data source.
    Read(Box<DataRead>),
    /// Takes an object out of the state.
    Forget(Arc<Shared>, Box<Change>),
}

/// A data source that is read.
pub(crate) struct DataRead {
    pub(crate) shared: Arc<Shared>,
    pub(crate) schema: Arc<Schema>,
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) change: Change,
    /// The arguments, with marks.
    pub(crate) config: Value,
}

/// What came of a node.
pub(crate) struct End {
    /// The node.
    pub(crate) node: usize,
    /// The object as it is now; `None` where there is none.
    pub(crate) value: Option<Value>,
    /// Why it failed.
    pub(crate) error: Option<OpError>,
}

impl Work {
    fn step(&self) -> Option<Step> {
        match self {
            Self::Create(..) => Some(Step::Create),
            Self::Update(..) => Some(Step::Update),
            Self::Delete(_) => Some(Step::Delete),
            Self::Read(_) => Some(Step::Read),
            Self::Forget(..) => None,
        }
    }

    fn about(&self) -> (&AbsInstance, Option<Deposed>, Option<String>) {
        let id = |change: &Change| change.before.get_str("id").map(str::to_owned);
        match self {
            Self::Create(call, ..) => (&call.change.address, None, None),
            Self::Update(call, _) | Self::Delete(call) => {
                (&call.change.address, call.deposed.clone(), id(&call.change))
            }
            Self::Read(read) => (&read.change.address, None, None),
            Self::Forget(_, change) => (&change.address, change.deposed.clone(), id(change)),
        }
    }

    async fn done(&self) -> Result<Option<Value>, OpError> {
        match self {
            Self::Create(call, goal, None) => call.create(goal).await.map(Some),
            Self::Create(call, goal, Some(key)) => replace_first(call, goal, key).await.map(Some),
            Self::Update(call, goal) => call.update(goal).await.map(Some),
            Self::Delete(call) => call.delete().await.map(|()| None),
            Self::Read(read) => read.done().await.map(Some),
            Self::Forget(shared, change) => {
                let entry = Entry::Take {
                    address: change.address.clone(),
                    deposed: change.deposed.clone(),
                };
                shared.recorder.record(&entry).await.map(|()| None)
            }
        }
    }
}

/// Creates before the old object is destroyed: the old one is deposed until then, and comes back if nothing was created.
async fn replace_first(call: &Call, goal: &Goal, key: &Deposed) -> Result<Value, OpError> {
    let recorder = &call.shared.recorder;
    let address = &call.change.address;
    let entry = Entry::Depose {
        address: address.clone(),
        key: key.clone(),
    };
    recorder.record(&entry).await?;
    let made = call.create(goal).await;
    if made.is_err() && recorder.state(|s| s.object(address, None).is_none()) {
        let entry = Entry::Restore {
            address: address.clone(),
            key: key.clone(),
        };
        recorder.record(&entry).await?;
    }
    made
}

impl DataRead {
    async fn done(&self) -> Result<Value, OpError> {
        let (config, marks) = self.config.clone().unmark_with_paths();
        let answers = self.lookup.read(std::slice::from_ref(&config)).await;
        let value = answers.into_iter().next().unwrap_or_else(|| {
            Err(OpError::new(
                OpErrorKind::Unavailable,
                format!("reading {}", self.change.address),
                "there was no answer; this is a bug in bastionless",
            ))
        })?;
        let value = value.mark_with_paths(&marks);
        let entry = Entry::Put {
            address: self.change.address.clone(),
            deposed: None,
            provider: self.change.provider.clone(),
            object: encode(&self.change, &self.schema, &value, Status::Ready)?,
        };
        self.shared.recorder.record(&entry).await?;
        Ok(value)
    }
}

/// Does the work and tells of it.
pub(crate) async fn run(node: usize, work: Work, events: Arc<dyn Events>) -> End {
    let start = tokio::time::Instant::now();
    let Some(step) = work.step() else {
        return end(node, work.done().await);
    };
    let (address, deposed, id) = work.about();
    events.tell(Event::ApplyStart {
        address: address.clone(),
        deposed: deposed.clone(),
        step,
        id: id.clone(),
    });
    let mut doing = std::pin::pin!(work.done());
    let result = loop {
        tokio::select! {
            result = &mut doing => break result,
            () = tokio::time::sleep(TICK) => events.tell(Event::ApplyProgress {
                address: address.clone(),
                deposed: deposed.clone(),
                step,
                id: id.clone(),
                elapsed: start.elapsed(),
            }),
        }
    };
    let elapsed = start.elapsed();
    events.tell(match &result {
        Ok(value) => Event::ApplyComplete {
            address: address.clone(),
            deposed,
            step,
            id: value
                .as_ref()
                .and_then(|v| v.get_str("id"))
                .map(str::to_owned)
                .or(id),
            elapsed,
        },
        Err(error) => Event::ApplyErrored {
            address: address.clone(),
            deposed,
            step,
            error: Some(error.clone()),
            elapsed,
        },
    });
    end(node, result)
}

fn end(node: usize, result: Result<Option<Value>, OpError>) -> End {
    match result {
        Ok(value) => End {
            node,
            value,
            error: None,
        },
        Err(error) => End {
            node,
            value: None,
            error: Some(error),
        },
    }
}
