//! Answers the settler's questions: batched by provider, type and region, several batches at the same time.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::{
    cloud::{Identity, Observed, OpError, OpErrorKind},
    value::Value,
};
use tokio::{sync::Semaphore, task::JoinSet};

use super::{Event, Events, Providers};
use crate::{
    lang::address::ProviderConfig,
    plan::settler::{Answer, Question, Read, ReadKey},
};

/// What one call of a reconciler or data source can answer together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Batch {
    provider: ProviderConfig,
    type_name: Arc<str>,
    region: Option<Arc<str>>,
}

type Answers = Vec<(ReadKey, Answer)>;

/// Answers questions; every question gets an answer. `parallelism` batches are read at the same time.
pub async fn answer(
    reads: Vec<Read>,
    providers: &Providers,
    events: &Arc<dyn Events>,
    parallelism: usize,
) -> Answers {
    let mut answers = Answers::new();
    let mut objects: BTreeMap<Batch, Vec<(ReadKey, Identity)>> = BTreeMap::new();
    let mut lookups: BTreeMap<Batch, Vec<(ReadKey, Value)>> = BTreeMap::new();
    for Read { key, question } in reads {
        match question {
            Question::Configure { provider, config } => {
                let answer = match providers.configure(&provider, &config).await {
                    Ok(region) => Answer::Configured { region },
                    Err(e) => Answer::Failed(e),
                };
                answers.push((key, answer));
            }
            Question::Observe {
                provider,
                type_name,
                region,
                identity,
            } => {
                objects
                    .entry(Batch {
                        provider,
                        type_name,
                        region,
                    })
                    .or_default()
                    .push((key, identity));
            }
            Question::Lookup {
                provider,
                type_name,
                region,
                config,
            } => {
                lookups
                    .entry(Batch {
                        provider,
                        type_name,
                        region,
                    })
                    .or_default()
                    .push((key, config));
            }
        }
    }
    let limit = Arc::new(Semaphore::new(parallelism.max(1)));
    let mut tasks: JoinSet<Answers> = JoinSet::new();
    for (batch, asked) in objects {
        let (providers, events, limit) = (providers.clone(), events.clone(), limit.clone());
        tasks.spawn(async move {
            let _permit = limit.acquire_owned().await;
            observe(&batch, asked, &providers, &*events).await
        });
    }
    for (batch, asked) in lookups {
        let (providers, events, limit) = (providers.clone(), events.clone(), limit.clone());
        tasks.spawn(async move {
            let _permit = limit.acquire_owned().await;
            look_up(&batch, asked, &providers, &*events).await
        });
    }
    while let Some(done) = tasks.join_next().await {
        match done {
            Ok(batch) => answers.extend(batch),
            Err(e) if e.is_panic() => std::panic::resume_unwind(e.into_panic()),
            // The run is being taken down: what has no answer is not missed any more.
            Err(_) => {}
        }
    }
    answers
}

async fn observe(
    batch: &Batch,
    asked: Vec<(ReadKey, Identity)>,
    providers: &Providers,
    events: &dyn Events,
) -> Answers {
    for (key, identity) in &asked {
        tell(events, key, &identity.id, true);
    }
    let (keys, ids): (Vec<ReadKey>, Vec<Identity>) = asked.into_iter().unzip();
    let found =
        match providers.reconcile(&batch.provider, &batch.type_name, batch.region.as_deref()) {
            Ok(reconcile) => reconcile.observe(&ids).await,
            Err(e) => vec![Observed::Unreadable(e); ids.len()],
        };
    let missing = || Observed::Unreadable(short(&batch.type_name));
    let found = found
        .into_iter()
        .map(Some)
        .chain(std::iter::repeat_with(|| None));
    let answers: Answers = keys
        .into_iter()
        .zip(found)
        .map(|(k, o)| (k, Answer::Observed(o.unwrap_or_else(missing))))
        .collect();
    for ((key, _), identity) in answers.iter().zip(&ids) {
        tell(events, key, &identity.id, false);
    }
    answers
}

async fn look_up(
    batch: &Batch,
    asked: Vec<(ReadKey, Value)>,
    providers: &Providers,
    events: &dyn Events,
) -> Answers {
    for (key, _) in &asked {
        tell(events, key, "", true);
    }
    let (keys, configs): (Vec<ReadKey>, Vec<Value>) = asked.into_iter().unzip();
    let found = match providers.lookup(&batch.provider, &batch.type_name, batch.region.as_deref()) {
        Ok(lookup) => lookup.read(&configs).await,
        Err(e) => vec![Err(e); configs.len()],
    };
    let found = found
        .into_iter()
        .map(Some)
        .chain(std::iter::repeat_with(|| None));
    let answers: Answers = keys
        .into_iter()
        .zip(found)
        .map(|(key, result)| match result {
            Some(Ok(value)) => (key, Answer::Found(value)),
            Some(Err(e)) => (key, Answer::Failed(e)),
            None => (key, Answer::Failed(short(&batch.type_name))),
        })
        .collect();
    for (key, answer) in &answers {
        let id = match answer {
            Answer::Found(v) => v.get_str("id").unwrap_or_default(),
            _ => "",
        };
        tell(events, key, id, false);
    }
    answers
}

fn short(type_name: &str) -> OpError {
    OpError::new(
        OpErrorKind::Unavailable,
        format!("reading {type_name}"),
        "fewer answers than questions; this is a bug in bastionless",
    )
}

fn tell(events: &dyn Events, key: &ReadKey, id: &str, start: bool) {
    let (address, deposed) = match key {
        ReadKey::Object(a, d) => (a.clone(), d.clone()),
        ReadKey::Data(a) | ReadKey::Import(a) => (a.clone(), None),
        ReadKey::Provider(_) => return,
    };
    let id = id.to_owned();
    events.tell(if start {
        Event::RefreshStart {
            address,
            deposed,
            id,
        }
    } else {
        Event::RefreshComplete {
            address,
            deposed,
            id,
        }
    });
}
