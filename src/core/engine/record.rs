//! Keeping the journal: entries of many tasks, written together, durable before anything follows from them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bastionless_model::cloud::{OpError, OpErrorKind};
use tokio::sync::{mpsc, oneshot};

use crate::{
    state::{
        Snapshot,
        journal::{Base, Begin, Entry, Fold, Folded, Journal},
    },
    store::StateStore,
};

/// Lines that wait to be written, and who waits for them.
struct Batch {
    lines: String,
    done: oneshot::Sender<Result<(), Arc<str>>>,
}

/// The journal of a run and the state that it leads to.
pub(crate) struct Recorder {
    queue: mpsc::UnboundedSender<Batch>,
    fold: Mutex<Fold>,
}

impl Recorder {
    /// Starts on a stored snapshot; nothing is written before the first entry. `open` are changes of an earlier run that must
    /// not be forgotten.
    pub(crate) fn start(
        store: Arc<dyn StateStore>,
        base: &Base,
        snapshot: Snapshot,
        open: &[Begin],
    ) -> Self {
        let mut head = Journal::header(base);
        let mut fold = Fold::new(snapshot);
        for begin in open {
            let entry = Entry::Begin(Box::new(begin.clone()));
            head.push_str(&entry.to_line());
            fold.absorb(&entry);
        }
        let (queue, batches) = mpsc::unbounded_channel();
        tokio::spawn(write_batches(store, head, batches));
        Self {
            queue,
            fold: Mutex::new(fold),
        }
    }

    /// Records an entry; when it returns the entry is durable and part of the state.
    ///
    /// # Errors
    /// Says that the journal cannot be written: then nothing may follow.
    pub(crate) async fn record(&self, entry: &Entry) -> Result<(), OpError> {
        let (done, answer) = oneshot::channel();
        let lines = entry.to_line();
        let sent = self.queue.send(Batch { lines, done });
        let answer = match sent {
            Ok(()) => answer
                .await
                .unwrap_or_else(|_| Err("its writer ended".into())),
            Err(_) => Err("its writer ended".into()),
        };
        // What happened has happened: the state must know it even where the journal does not.
        self.fold().absorb(entry);
        answer.map_err(|why| OpError::new(OpErrorKind::Unavailable, "writing the journal", &*why))
    }

    /// Records an entry that repeats nothing outside of the state when it is lost: not waited for.
    pub(crate) fn record_later(&self, entry: &Entry) {
        let (done, _) = oneshot::channel();
        let lines = entry.to_line();
        // A writer that ended has told so to whoever waits for it.
        let _ = self.queue.send(Batch { lines, done });
        self.fold().absorb(entry);
    }

    /// Waits until nothing is left to be written.
    pub(crate) async fn flush(&self) {
        let (done, answer) = oneshot::channel();
        let lines = String::new();
        if self.queue.send(Batch { lines, done }).is_ok() {
            // Whether the writing failed is known to those who wait for their entries.
            let _ = answer.await;
        }
    }

    /// Looks at the state as it is now.
    pub(crate) fn state<T>(&self, look: impl FnOnce(&Snapshot) -> T) -> T {
        look(self.fold().snapshot())
    }

    /// Ends; entries that are recorded after this are lost, so there must be none.
    pub(crate) fn end(&self) -> Folded {
        let empty = Fold::new(Snapshot::default());
        std::mem::replace(&mut *self.fold(), empty).end()
    }

    fn fold(&self) -> MutexGuard<'_, Fold> {
        self.fold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes whatever has gathered while the last write was going on: one sync serves many entries.
async fn write_batches(
    store: Arc<dyn StateStore>,
    head: String,
    mut batches: mpsc::UnboundedReceiver<Batch>,
) {
    let mut head = Some(head);
    let mut broken: Option<Arc<str>> = None;
    while let Some(first) = batches.recv().await {
        let mut lines = first.lines;
        let mut waiting = vec![first.done];
        while let Ok(next) = batches.try_recv() {
            lines.push_str(&next.lines);
            waiting.push(next.done);
        }
        if broken.is_none() && !lines.is_empty() {
            let written = match head.take() {
                // Replaces what an earlier run left: a torn last line must not be appended to.
                Some(head) => {
                    let text = (head + &lines).into_bytes();
                    store.replace_journal(Some(text)).await
                }
                None => store.append(lines.into_bytes()).await,
            };
            // After a failed write nobody knows how much of it is there: nothing more is appended.
            broken = written.err().map(|e| e.to_string().into());
        }
        let answer = broken.clone().map_or(Ok(()), Err);
        for done in waiting {
            // Who does not wait any more does not need the answer.
            let _ = done.send(answer.clone());
        }
    }
}
