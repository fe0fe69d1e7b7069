//! Reads that several types share.

use std::{
    any::Any,
    collections::BTreeMap,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use bastionless_model::cloud::OpError;
use tokio::sync::OnceCell;

/// What was asked: service, region, operation and filter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Question {
    /// Service, such as `ec2`; a write to it makes the answer stale.
    pub(crate) service: &'static str,
    /// Region, empty for global services.
    pub(crate) region: String,
    /// Operation, such as `DescribeSecurityGroupRules`.
    pub(crate) operation: &'static str,
    /// Filter in any text form; empty for all.
    pub(crate) filter: String,
}

type Answer = Arc<dyn Any + Send + Sync>;

/// Answers of one run; each question goes to the cloud once, however many types ask it at the same time.
#[derive(Default)]
pub(crate) struct Listings {
    cells: Mutex<BTreeMap<Question, Arc<OnceCell<Answer>>>>,
}

impl Listings {
    /// Returns the answer, asking if nobody did. Errors are not kept.
    ///
    /// # Errors
    /// Those of `ask`.
    pub(crate) async fn get<T, F>(&self, question: Question, ask: F) -> Result<Arc<T>, OpError>
    where
        T: Send + Sync + 'static,
        F: Future<Output = Result<T, OpError>>,
    {
        let operation = format!("{}:{}", question.service, question.operation);
        let cell = self.lock().entry(question).or_default().clone();
        let answer = cell
            .get_or_try_init(|| async { ask.await.map(|v| Arc::new(v) as Answer) })
            .await?
            .clone();
        answer.downcast::<T>().map_err(|_| {
            OpError::new(
                bastionless_model::cloud::OpErrorKind::Invalid,
                operation,
                "two readers of one listing expect different things; this is a bug in bastionless",
            )
        })
    }

    /// Tells whether the answer is there already.
    pub(crate) fn has(&self, question: &Question) -> bool {
        self.lock()
            .get(question)
            .is_some_and(|cell| cell.initialized())
    }

    /// Forgets the answers of a service; to be called after each write to it.
    pub(crate) fn forget(&self, service: &str) {
        self.lock().retain(|q, _| q.service != service);
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Question, Arc<OnceCell<Answer>>>> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn one_question_is_asked_once_until_a_write() {
        let listings = Listings::default();
        let asked = AtomicUsize::new(0);
        let question = || Question {
            service: "ec2",
            region: "eu-west-1".into(),
            operation: "DescribeX",
            filter: String::new(),
        };
        let ask = || async { Ok(asked.fetch_add(1, Ordering::SeqCst)) };
        let (a, b) = tokio::join!(
            listings.get(question(), ask()),
            listings.get(question(), ask())
        );
        assert_eq!((*a.unwrap(), *b.unwrap()), (0, 0));
        listings.forget("iam");
        assert_eq!(*listings.get(question(), ask()).await.unwrap(), 0);
        listings.forget("ec2");
        assert_eq!(*listings.get(question(), ask()).await.unwrap(), 1);
    }
}
