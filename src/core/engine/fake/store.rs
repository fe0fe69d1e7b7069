//! A bucket in memory, with conditional writes and faults.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bastionless_model::cloud::{
    Condition, Future, ObjectStore, OpError, OpErrorKind, StoreError, Stored,
};

#[derive(Default)]
struct Inner {
    objects: BTreeMap<String, Stored>,
    writes: u64,
    lose_answers: usize,
    ignores_conditions: bool,
    unreachable: bool,
}

/// A bucket; clones share its objects.
#[derive(Clone)]
pub struct MemoryBucket {
    name: String,
    inner: Arc<Mutex<Inner>>,
}

impl MemoryBucket {
    /// Makes an empty bucket.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            inner: Arc::default(),
        }
    }

    /// The next writes are done, but a repetition inside the client finds them done and is told that the condition fails.
    pub fn lose_answers(&self, writes: usize) {
        self.lock().lose_answers = writes;
    }

    /// From now on conditions are not looked at, as by some stores that call themselves compatible.
    pub fn ignore_conditions(&self) {
        self.lock().ignores_conditions = true;
    }

    /// Cuts or restores the connection.
    pub fn set_unreachable(&self, unreachable: bool) {
        self.lock().unreachable = unreachable;
    }

    /// Puts an object there, as somebody else would.
    pub fn set(&self, key: &str, bytes: &[u8]) {
        let mut inner = self.lock();
        inner.writes += 1;
        let etag = format!("\"{}\"", inner.writes);
        let stored = Stored {
            bytes: bytes.into(),
            etag,
            request_id: None,
        };
        inner.objects.insert(key.into(), stored);
    }

    /// Returns the content of an object.
    pub fn content(&self, key: &str) -> Option<Vec<u8>> {
        self.lock().objects.get(key).map(|o| o.bytes.clone())
    }

    /// Returns all keys.
    pub fn keys(&self) -> Vec<String> {
        self.lock().objects.keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn reach(&self) -> Result<(), OpError> {
        if self.unreachable {
            return Err(OpError::new(
                OpErrorKind::Unavailable,
                "s3",
                "the bucket cannot be reached",
            ));
        }
        Ok(())
    }

    fn holds(&self, key: &str, condition: &Condition) -> bool {
        self.ignores_conditions
            || match condition {
                Condition::Always => true,
                Condition::Absent => !self.objects.contains_key(key),
                Condition::Matches(etag) => self.objects.get(key).is_some_and(|o| o.etag == *etag),
            }
    }
}

impl ObjectStore for MemoryBucket {
    fn get<'a>(&'a self, key: &'a str) -> Future<'a, Result<Option<Stored>, OpError>> {
        Box::pin(async move {
            let inner = self.lock();
            inner.reach()?;
            Ok(inner.objects.get(key).cloned())
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        bytes: Vec<u8>,
        request_id: &'a str,
        condition: Condition,
    ) -> Future<'a, Result<String, StoreError>> {
        Box::pin(async move {
            let mut inner = self.lock();
            inner.reach()?;
            if !inner.holds(key, &condition) {
                return Err(StoreError::Precondition);
            }
            inner.writes += 1;
            let etag = format!("\"{}\"", inner.writes);
            let stored = Stored {
                bytes,
                etag: etag.clone(),
                request_id: Some(request_id.into()),
            };
            inner.objects.insert(key.into(), stored);
            if inner.lose_answers > 0 && condition != Condition::Always {
                inner.lose_answers -= 1;
                return Err(StoreError::Precondition);
            }
            Ok(etag)
        })
    }

    fn delete<'a>(
        &'a self,
        key: &'a str,
        condition: Condition,
    ) -> Future<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let mut inner = self.lock();
            inner.reach()?;
            if !inner.holds(key, &condition) {
                return Err(StoreError::Precondition);
            }
            inner.objects.remove(key);
            Ok(())
        })
    }

    fn list<'a>(&'a self, prefix: &'a str) -> Future<'a, Result<Vec<String>, OpError>> {
        Box::pin(async move {
            let inner = self.lock();
            inner.reach()?;
            Ok(inner
                .objects
                .keys()
                .filter(|k| k.starts_with(prefix))
                .cloned()
                .collect())
        })
    }

    fn describe(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.name)
    }
}
