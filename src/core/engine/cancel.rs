//! Interrupting a run: politely, then at once.

use std::sync::Arc;

use tokio::sync::watch;

/// How a run is told to stop; clones share it.
#[derive(Clone, Debug)]
pub struct Cancel(Arc<watch::Sender<u8>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Cancel {
    /// Takes in a signal. The first: no new call, calls in flight end, waits are given up, the state is saved. The second: the
    /// run ends at once; the journal tells all.
    pub fn signal(&self) {
        self.0.send_modify(|n| *n = n.saturating_add(1));
    }

    /// Tells whether the run is being interrupted.
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow() > 0
    }

    /// Tells whether the run must end at once.
    pub fn is_at_once(&self) -> bool {
        *self.0.borrow() > 1
    }

    /// Waits for the first signal.
    pub async fn cancelled(&self) {
        self.reach(1).await;
    }

    /// Waits for the second signal.
    pub async fn at_once(&self) {
        self.reach(2).await;
    }

    async fn reach(&self, n: u8) {
        let mut seen = self.0.subscribe();
        // The sender lives as long as this handle, so waiting cannot fail.
        let _ = seen.wait_for(|now| *now >= n).await;
    }
}
