//! A cloud in memory, driven by the schemas: every type of the catalogue can be created, read, changed and destroyed.
//!
//! Ids have AWS's formats, computed attributes are filled, faults can be ordered, calls are counted. It is for tests of the
//! engine and the planner; what it says of AWS is no evidence about AWS.

mod data;
mod fill;
mod objects;
mod store;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bastionless_model::{
    cloud::{Cloud, Clouds, Future, Lookup, ObjectStore, OpError, OpErrorKind, Reconcile},
    schema::Catalogue,
    value::Value,
};
use tokio::sync::Notify;

pub use fill::asked;
pub use store::MemoryBucket;

/// The account in which everything lies.
pub const ACCOUNT: &str = "123456789012";

/// A call that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// `create`, `settle`, `update`, `delete`, `observe`, `find`, `lookup`, `clear_marker`, `children`, `configure` or `forget`.
    pub operation: &'static str,
    /// The type.
    pub type_name: String,
    /// The id; of a listing empty.
    pub id: String,
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub enum Wrong {
    /// The call fails and nothing happened.
    Refused(OpErrorKind),
    /// The call fails, but it was carried out.
    Lost(OpErrorKind),
    /// The object exists or is changed, then a later step fails, and what exists by then is told.
    HalfWay(OpErrorKind),
    /// The wait for the object goes on until the run is interrupted.
    Waits,
    /// The call never ends: the process is about to die. Nothing was done yet.
    DiesBefore,
    /// The call never ends: the process is about to die. It was carried out.
    DiesAfter,
}

/// An ordered fault.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The operation, as in [`Made`].
    pub operation: &'static str,
    /// The type.
    pub type_name: String,
    /// How many such calls go well before; the fault strikes once.
    pub after: usize,
    /// What goes wrong.
    pub wrong: Wrong,
}

#[derive(Clone, Debug)]
struct Thing {
    value: Value,
    /// The marker tag.
    intent: Option<String>,
    created_at: i64,
}

#[derive(Default)]
struct Inner {
    things: BTreeMap<(String, String), Thing>,
    made: Vec<Made>,
    faults: Vec<Fault>,
    answers: BTreeMap<String, Vec<(Value, Value)>>,
    seeds: BTreeMap<String, usize>,
    clock: i64,
}

/// A cloud; clones share its objects.
#[derive(Clone, Default)]
pub struct FakeCloud {
    inner: Arc<Mutex<Inner>>,
    /// Told when a call has reached the point where the process is to die.
    pub dying: Arc<Notify>,
}

impl FakeCloud {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Orders a fault.
    pub fn order(&self, operation: &'static str, type_name: &str, after: usize, wrong: Wrong) {
        self.lock().faults.push(Fault {
            operation,
            type_name: type_name.into(),
            after,
            wrong,
        });
    }

    /// Withdraws all faults that have not struck.
    pub fn calm(&self) {
        self.lock().faults.clear();
    }

    /// Returns the calls so far.
    pub fn made(&self) -> Vec<Made> {
        self.lock().made.clone()
    }

    /// Counts the calls of an operation.
    pub fn count(&self, operation: &str) -> usize {
        self.lock()
            .made
            .iter()
            .filter(|m| m.operation == operation)
            .count()
    }

    /// Forgets the calls so far.
    pub fn forget_calls(&self) {
        self.lock().made.clear();
    }

    /// Returns the objects of a type, by id.
    pub fn objects(&self, type_name: &str) -> BTreeMap<String, Value> {
        let inner = self.lock();
        let of = inner.things.iter().filter(|((t, _), _)| t == type_name);
        of.map(|((_, id), thing)| (id.clone(), thing.value.clone()))
            .collect()
    }

    /// Counts all objects.
    pub fn total(&self) -> usize {
        self.lock().things.len()
    }

    /// Counts the objects that carry a marker tag.
    pub fn marked(&self) -> usize {
        self.lock()
            .things
            .values()
            .filter(|t| t.intent.is_some())
            .count()
    }

    /// Puts an object there, as if made by hand; attributes that are not given are filled.
    pub fn insert(&self, type_name: &str, region: &str, value: &Value) -> String {
        let mut inner = self.lock();
        let Some(schema) = Catalogue::builtin().managed(type_name) else {
            return String::new();
        };
        let planned = fill::asked(&schema, value);
        let (id, value) = fill::created(&mut inner, &schema, &planned, region);
        inner.put(type_name, &id, value, None);
        id
    }

    /// Puts an object there as it is, such as one that a state knows.
    pub fn adopt(&self, type_name: &str, id: &str, value: Value) {
        self.lock().put(type_name, id, value, None);
    }

    /// Removes an object by hand.
    pub fn remove(&self, type_name: &str, id: &str) -> bool {
        let key = (type_name.to_owned(), id.to_owned());
        self.lock().things.remove(&key).is_some()
    }

    /// Changes an attribute by hand.
    pub fn change(&self, type_name: &str, id: &str, attribute: &str, value: Value) -> bool {
        let mut inner = self.lock();
        let Some(thing) = inner.things.get_mut(&(type_name.to_owned(), id.to_owned())) else {
            return false;
        };
        thing.value = thing.value.clone().with(attribute, value);
        true
    }

    /// Sets the answer of a data source; attributes of `config` that are null match anything.
    pub fn answer(&self, type_name: &str, config: Value, answer: Value) {
        let mut inner = self.lock();
        inner
            .answers
            .entry(type_name.into())
            .or_default()
            .push((config, answer));
    }

    /// Returns the cloud in a region, as a configured provider has it.
    pub fn region(&self, region: &str) -> Arc<dyn Cloud> {
        Arc::new(Region {
            cloud: self.clone(),
            region: region.into(),
        })
    }

    /// Notes a call and returns what goes wrong with it.
    fn note(&self, operation: &'static str, type_name: &str, id: &str) -> Option<Wrong> {
        let mut inner = self.lock();
        inner.made.push(Made {
            operation,
            type_name: type_name.into(),
            id: id.into(),
        });
        let fits = |f: &Fault| {
            f.operation == operation && (f.type_name == type_name || f.type_name == "*")
        };
        let place = inner.faults.iter().position(fits)?;
        let fault = inner.faults.get_mut(place)?;
        if fault.after > 0 {
            fault.after -= 1;
            return None;
        }
        Some(inner.faults.remove(place).wrong)
    }

    /// Never ends; the test pulls the plug.
    async fn die<T>(&self) -> T {
        self.dying.notify_one();
        std::future::pending().await
    }
}

impl Inner {
    fn put(&mut self, type_name: &str, id: &str, value: Value, intent: Option<String>) {
        self.clock += 1;
        let key = (type_name.to_owned(), id.to_owned());
        let created_at = self.clock;
        self.things.insert(
            key,
            Thing {
                value,
                intent,
                created_at,
            },
        );
    }

    fn get(&self, type_name: &str, id: &str) -> Option<&Thing> {
        self.things.get(&(type_name.to_owned(), id.to_owned()))
    }
}

fn error(kind: OpErrorKind, operation: &str, type_name: &str) -> OpError {
    OpError::new(
        kind,
        format!("{operation} {type_name}"),
        format!("the fake cloud was told to fail ({kind:?})"),
    )
}

struct Region {
    cloud: FakeCloud,
    region: String,
}

impl Cloud for Region {
    fn reconcile(&self, type_name: &str) -> Option<Arc<dyn Reconcile>> {
        let schema = Catalogue::builtin().managed(type_name)?;
        Some(Arc::new(objects::Type {
            cloud: self.cloud.clone(),
            region: self.region.clone(),
            schema,
        }))
    }

    fn lookup(&self, type_name: &str) -> Option<Arc<dyn Lookup>> {
        let schema = Catalogue::builtin().data(type_name)?;
        Some(Arc::new(data::Source {
            cloud: self.cloud.clone(),
            region: self.region.clone(),
            schema,
        }))
    }

    fn region(&self) -> Option<&str> {
        Some(&self.region)
    }

    fn in_region(&self, region: &str) -> Arc<dyn Cloud> {
        self.cloud.region(region)
    }

    fn forget(&self) {
        // There is nothing to be forgotten here; that it was asked for is what tests look at.
        self.cloud.note("forget", "provider", &self.region);
    }
}

impl Clouds for FakeCloud {
    fn configure<'a>(
        &'a self,
        _provider: &'a str,
        config: &'a Value,
    ) -> Future<'a, Result<Arc<dyn Cloud>, OpError>> {
        let region = config.get_str("region").unwrap_or("us-east-1").to_owned();
        Box::pin(async move {
            match self.note("configure", "provider", &region) {
                Some(Wrong::Refused(kind)) => Err(error(kind, "configure", "provider")),
                _ => Ok(self.region(&region)),
            }
        })
    }

    fn object_store<'a>(
        &'a self,
        config: &'a Value,
    ) -> Future<'a, Result<Arc<dyn ObjectStore>, OpError>> {
        let bucket = config.get_str("bucket").unwrap_or("bucket").to_owned();
        Box::pin(async move { Ok(Arc::new(MemoryBucket::new(&bucket)) as Arc<dyn ObjectStore>) })
    }
}
