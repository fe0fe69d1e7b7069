//! One type of managed object of the fake cloud.

use std::{sync::Arc, time::Duration};

use bastionless_model::{
    cloud::{
        Child, Failure, Found, Future, Identity, Intent, Observed, OpError, OpErrorKind, Operation,
        Reconcile,
    },
    schema::{Catalogue, Schema, SchemaKind},
    value::{Type as ValueType, Value},
};

use super::{FakeCloud, Thing, Wrong, error, fill};

pub(super) struct Type {
    pub(super) cloud: FakeCloud,
    pub(super) region: String,
    pub(super) schema: Arc<Schema>,
}

impl Type {
    fn name(&self) -> &str {
        &self.schema.name.name
    }

    /// Returns what reading tells: all tags, and nothing of what the cloud keeps to itself.
    fn told(&self, thing: &Thing) -> Value {
        let mut value = thing.value.clone();
        for (name, a) in &self.schema.block.attributes {
            if a.unread || a.write_only {
                value = value.with(name.clone(), Value::null(a.ty.clone()));
            }
        }
        match value.get("tags_all").cloned() {
            Some(all) => value.with("tags", all),
            None => value,
        }
    }

    fn region(&self, value: &Value) -> String {
        value.get_str("region").unwrap_or(&self.region).to_owned()
    }

    /// Makes the object and returns its id.
    fn make(&self, op: &Operation<'_>, planned: &Value) -> Result<String, OpError> {
        let mut inner = self.cloud.lock();
        let region = self.region(planned);
        let is_part = self.name().starts_with("aws_s3_bucket_");
        let natural = fill::ident(self.name(), planned, "", &region);
        if natural.natural && !is_part && inner.get(self.name(), &natural.id).is_some() {
            let text = format!("{} exists already", natural.id);
            return Err(OpError::new(
                OpErrorKind::AlreadyExists,
                format!("create {}", self.name()),
                text,
            ));
        }
        let (id, value) = fill::created(&mut inner, &self.schema, planned, &region);
        let marker = (!natural.natural).then(|| op.intent.id.clone());
        inner.put(self.name(), &id, value, marker);
        if let Some(thing) = inner.things.get_mut(&(self.name().to_owned(), id.clone())) {
            thing.created_at = op.intent.recorded_at;
        }
        Ok(id)
    }

    fn state(&self, id: &str) -> Option<Value> {
        self.cloud.lock().get(self.name(), id).map(|t| self.told(t))
    }
}

impl Reconcile for Type {
    fn observe<'a>(&'a self, ids: &'a [Identity]) -> Future<'a, Vec<Observed>> {
        Box::pin(async move {
            let wrong = self.cloud.note("observe", self.name(), "");
            if matches!(wrong, Some(Wrong::DiesBefore | Wrong::DiesAfter)) {
                return self.cloud.die().await;
            }
            if let Some(Wrong::Refused(kind) | Wrong::Lost(kind)) = wrong {
                let e = error(kind, "observe", self.name());
                return ids
                    .iter()
                    .map(|_| Observed::Unreadable(e.clone()))
                    .collect();
            }
            let one = |identity: &Identity| match self.state(&identity.id) {
                Some(value) => Observed::Present(value),
                None => Observed::Absent,
            };
            ids.iter().map(one).collect()
        })
    }

    fn create<'a>(
        &'a self,
        op: &'a Operation<'a>,
        planned: &'a Value,
    ) -> Future<'a, Result<Value, Failure>> {
        Box::pin(async move {
            op.progress.permit()?;
            let wrong = self.cloud.note("create", self.name(), "");
            match &wrong {
                Some(Wrong::Refused(kind)) => {
                    return Err(error(*kind, "create", self.name()).into());
                }
                Some(Wrong::DiesBefore) => return self.cloud.die().await,
                _ => {}
            }
            let id = self.make(op, planned)?;
            match &wrong {
                Some(Wrong::Lost(kind)) => return Err(error(*kind, "create", self.name()).into()),
                Some(Wrong::DiesAfter) => return self.cloud.die().await,
                _ => {}
            }
            let state = self.state(&id).unwrap_or(Value::NULL);
            // What is told first is what a create answers: the id, hardly more.
            let first = Value::object([("id", Value::from(id.as_str()))]);
            op.progress.created(&first).await;
            match wrong {
                Some(Wrong::HalfWay(kind)) => Err(Failure {
                    error: error(kind, "create", self.name()),
                    state: Some(state),
                    usable: false,
                }),
                Some(Wrong::Waits) => {
                    while !op.progress.cancelled() {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    Err(Failure {
                        error: error(OpErrorKind::Cancelled, "waiting for", self.name()),
                        state: Some(state),
                        usable: true,
                    })
                }
                _ => Ok(state),
            }
        })
    }

    fn settle<'a>(
        &'a self,
        op: &'a Operation<'a>,
        state: &'a Value,
    ) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let id = state.get_str("id").unwrap_or_default();
            match self.cloud.note("settle", self.name(), id) {
                Some(Wrong::Refused(kind)) => Err(Failure {
                    error: error(kind, "settle", self.name()),
                    state: None,
                    usable: kind != OpErrorKind::Invalid,
                }),
                Some(Wrong::Waits) => {
                    while !op.progress.cancelled() {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    Err(Failure {
                        error: error(OpErrorKind::Cancelled, "waiting for", self.name()),
                        state: None,
                        usable: true,
                    })
                }
                _ => Ok(()),
            }
        })
    }

    fn update<'a>(
        &'a self,
        op: &'a Operation<'a>,
        prior: &'a Value,
        planned: &'a Value,
    ) -> Future<'a, Result<Value, Failure>> {
        Box::pin(async move {
            op.progress.permit()?;
            let id = prior.get_str("id").unwrap_or_default().to_owned();
            let wrong = self.cloud.note("update", self.name(), &id);
            match &wrong {
                Some(Wrong::Refused(kind)) => {
                    return Err(error(*kind, "update", self.name()).into());
                }
                Some(Wrong::DiesBefore) => return self.cloud.die().await,
                _ => {}
            }
            {
                let mut inner = self.cloud.lock();
                let region = self.region(planned);
                let key = (self.name().to_owned(), id.clone());
                let Some(thing) = inner.things.get(&key) else {
                    return Err(error(OpErrorKind::NotFound, "update", self.name()).into());
                };
                let value =
                    fill::updated(&inner, &self.schema, &id, &thing.value, planned, &region);
                if let Some(thing) = inner.things.get_mut(&key) {
                    thing.value = value;
                }
            }
            match wrong {
                Some(Wrong::HalfWay(kind)) => Err(Failure {
                    error: error(kind, "update", self.name()),
                    state: self.state(&id),
                    usable: true,
                }),
                Some(Wrong::Lost(kind)) => Err(error(kind, "update", self.name()).into()),
                Some(Wrong::DiesAfter) => self.cloud.die().await,
                _ => Ok(self.state(&id).unwrap_or(Value::NULL)),
            }
        })
    }

    fn delete<'a>(
        &'a self,
        op: &'a Operation<'a>,
        prior: &'a Value,
    ) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            op.progress.permit()?;
            let id = prior.get_str("id").unwrap_or_default();
            let wrong = self.cloud.note("delete", self.name(), id);
            match &wrong {
                Some(Wrong::Refused(kind) | Wrong::HalfWay(kind)) => {
                    return Err(error(*kind, "delete", self.name()).into());
                }
                Some(Wrong::DiesBefore) => return self.cloud.die().await,
                _ => {}
            }
            self.cloud.remove(self.name(), id);
            match wrong {
                Some(Wrong::Lost(kind)) => Err(error(kind, "delete", self.name()).into()),
                Some(Wrong::DiesAfter) => self.cloud.die().await,
                _ => Ok(()),
            }
        })
    }

    fn has_natural_key(&self) -> bool {
        let none = fill::asked(&self.schema, &Value::NULL);
        !self.name().starts_with("aws_s3_bucket_")
            && fill::ident(self.name(), &none, "", "").natural
    }

    fn find<'a>(
        &'a self,
        intent: Option<&'a Intent>,
        planned: &'a Value,
    ) -> Future<'a, Result<Found, OpError>> {
        Box::pin(async move {
            match self.cloud.note("find", self.name(), "") {
                Some(Wrong::Refused(kind) | Wrong::Lost(kind)) => {
                    return Err(error(kind, "find", self.name()));
                }
                Some(Wrong::DiesBefore | Wrong::DiesAfter) => return self.cloud.die().await,
                _ => {}
            }
            let inner = self.cloud.lock();
            let of_type = inner.things.iter().filter(|((t, _), _)| t == self.name());
            let natural = fill::ident(self.name(), planned, "", &self.region(planned));
            if !natural.natural {
                let wanted = intent.map(|i| &i.id);
                let mut ours =
                    of_type.filter(|(_, t)| wanted.is_some() && t.intent.as_ref() == wanted);
                return Ok(ours
                    .next()
                    .map_or(Found::Nothing, |(_, t)| Found::Ours(self.told(t))));
            }
            let Some(thing) = inner.get(self.name(), &natural.id) else {
                return Ok(Found::Nothing);
            };
            let unproven = |why: &str| {
                Ok(Found::Unproven {
                    id: natural.id.clone(),
                    why: why.into(),
                })
            };
            match intent {
                None => unproven("the name is taken"),
                Some(i) if thing.created_at < i.recorded_at => {
                    unproven("it is older than the unfinished change")
                }
                Some(_) => Ok(Found::Ours(self.told(thing))),
            }
        })
    }

    fn clear_marker<'a>(&'a self, states: &'a [Value]) -> Future<'a, Result<(), OpError>> {
        Box::pin(async move {
            match self.cloud.note("clear_marker", self.name(), "") {
                Some(Wrong::Refused(kind)) => return Err(error(kind, "clear_marker", self.name())),
                Some(Wrong::DiesBefore) => return self.cloud.die().await,
                _ => {}
            }
            let mut inner = self.cloud.lock();
            for id in states.iter().filter_map(|s| s.get_str("id")) {
                let key = (self.name().to_owned(), id.to_owned());
                if let Some(thing) = inner.things.get_mut(&key) {
                    thing.intent = None;
                }
            }
            Ok(())
        })
    }

    fn children<'a>(&'a self, parents: &'a [Value]) -> Future<'a, Result<Vec<Child>, OpError>> {
        Box::pin(async move {
            if let Some(Wrong::Refused(kind)) = self.cloud.note("children", self.name(), "") {
                return Err(error(kind, "children", self.name()));
            }
            let catalogue = Catalogue::builtin();
            let inner = self.cloud.lock();
            let mut out = Vec::new();
            for type_name in catalogue.names(SchemaKind::Managed) {
                let Some(schema) = catalogue.managed(type_name) else {
                    continue;
                };
                let Some((_, by)) = schema.parent.as_ref().filter(|(p, _)| **p == *self.name())
                else {
                    continue;
                };
                for ((_, id), thing) in inner.things.iter().filter(|((t, _), _)| t == type_name) {
                    let of = thing.value.get_str(by);
                    let place = parents
                        .iter()
                        .position(|p| of.is_some() && p.get_str("id") == of);
                    if let Some(parent) = place {
                        out.push(Child {
                            parent,
                            type_name,
                            id: id.clone(),
                            attributes: thing.value.clone(),
                        });
                    }
                }
            }
            Ok(out)
        })
    }
}

/// Returns the tags of an object; empty where it has none.
pub(super) fn tags(value: &Value) -> Value {
    let none = || Value::map(ValueType::String, std::iter::empty::<(&str, Value)>());
    value
        .get("tags_all")
        .filter(|t| !t.is_null())
        .cloned()
        .unwrap_or_else(none)
}
