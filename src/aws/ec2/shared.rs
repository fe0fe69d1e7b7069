//! Listings that several types read: fetched once a run, forgotten after a change.

use std::{collections::BTreeMap, future::Future};

use bastionless_model::cloud::OpError;
use tokio::sync::Mutex;

/// What is known of the objects of one listing, by id. An id without objects is known to be absent.
#[derive(Debug)]
pub(crate) struct Shared<T> {
    known: Mutex<Known<T>>,
}

#[derive(Debug)]
struct Known<T> {
    generation: u64,
    objects: BTreeMap<String, Option<T>>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        let known = Known {
            generation: 0,
            objects: BTreeMap::new(),
        };
        Self {
            known: Mutex::new(known),
        }
    }
}

impl<T: Clone> Shared<T> {
    /// Returns the objects of the ids; `fetch` is asked for those that are not known since the last change, which
    /// `generation` counts. A failure is not remembered.
    pub(crate) async fn get<F>(
        &self,
        generation: u64,
        ids: &[String],
        fetch: impl FnOnce(Vec<String>) -> F,
    ) -> Result<BTreeMap<String, T>, OpError>
    where
        F: Future<Output = Result<BTreeMap<String, T>, OpError>> + Send,
    {
        let mut known = self.known.lock().await;
        if known.generation != generation {
            known.generation = generation;
            known.objects.clear();
        }
        let mut missing: Vec<_> = ids
            .iter()
            .filter(|id| !known.objects.contains_key(*id))
            .cloned()
            .collect();
        missing.sort();
        missing.dedup();
        if !missing.is_empty() {
            let mut found = fetch(missing.clone()).await?;
            for id in missing {
                let object = found.remove(&id);
                known.objects.insert(id, object);
            }
        }
        let pairs = ids.iter().filter_map(|id| {
            let object = known.objects.get(id)?.clone()?;
            Some((id.clone(), object))
        });
        Ok(pairs.collect())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use bastionless_model::cloud::OpErrorKind;

    use super::*;

    #[tokio::test]
    async fn asks_only_for_what_is_new_and_again_after_a_change() {
        let shared = Shared::<u8>::default();
        let asked = AtomicUsize::new(0);
        let fetch = |ids: Vec<String>| {
            asked.fetch_add(ids.len(), Ordering::SeqCst);
            async move {
                Ok(ids
                    .into_iter()
                    .filter(|i| i != "c")
                    .map(|i| (i, 1))
                    .collect())
            }
        };
        let ids = |s: &[&str]| s.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            shared.get(0, &ids(&["a", "b"]), fetch).await.unwrap().len(),
            2
        );
        assert_eq!(
            shared
                .get(0, &ids(&["b", "c", "a"]), fetch)
                .await
                .unwrap()
                .len(),
            2
        );
        assert_eq!(asked.load(Ordering::SeqCst), 3);
        assert_eq!(shared.get(0, &ids(&["c"]), fetch).await.unwrap().len(), 0);
        assert_eq!(asked.load(Ordering::SeqCst), 3);
        assert_eq!(shared.get(1, &ids(&["a"]), fetch).await.unwrap().len(), 1);
        assert_eq!(asked.load(Ordering::SeqCst), 4);
        let failed = |_| async { Err(OpError::new(OpErrorKind::Denied, "ec2:X", "no")) };
        assert!(shared.get(2, &ids(&["a"]), failed).await.is_err());
        assert_eq!(shared.get(2, &ids(&["a"]), fetch).await.unwrap().len(), 1);
    }
}
