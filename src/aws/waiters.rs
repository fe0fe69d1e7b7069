//! Waiting for the cloud: states, and writes that arrive late.

use std::{
    future::Future,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use bastionless_model::cloud::{OpError, OpErrorKind, Operation};
use tokio::time::{Instant, sleep};

/// How fast time passes for waits: 1 on AWS, less on an emulator, which needs no time for anything.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    scale: f64,
}

/// Longest pause between two polls.
const LONGEST: Duration = Duration::from_secs(10);
/// How often a pause looks for an interruption.
const SLICE: Duration = Duration::from_millis(100);
/// How long writes may take to be seen by the services that use them.
pub(crate) const PROPAGATION: Duration = Duration::from_secs(120);

impl Pace {
    /// Makes a pace; `local` tells that the endpoint is on this machine.
    pub(crate) fn new(scale: Option<&str>, local: bool) -> Self {
        let given = scale
            .and_then(|s| s.parse::<f64>().ok())
            .filter(|s| (0.0..=10.0).contains(s));
        Self {
            scale: given.unwrap_or(if local { 0.02 } else { 1.0 }),
        }
    }

    /// Returns a pause of this length at this pace.
    pub(crate) fn scaled(self, pause: Duration) -> Duration {
        pause.mul_f64(self.scale).max(Duration::from_millis(5))
    }
}

/// What a look at the object gave.
pub(crate) enum Poll<T> {
    /// It is there.
    Ready(T),
    /// Not yet; the text says in what state it is.
    Pending(String),
}

/// Polls until ready, with pauses that grow from one second on.
///
/// `what` completes "waiting for …". An error of `look` ends the wait.
pub(crate) async fn wait_for<T, F, Fut>(
    pace: Pace,
    op: &Operation<'_>,
    what: &str,
    mut look: F,
) -> Result<T, OpError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Poll<T>, OpError>>,
{
    let end = Instant::now() + op.timeout;
    let mut pause = Duration::from_secs(1);
    loop {
        let state = match look().await? {
            Poll::Ready(v) => return Ok(v),
            Poll::Pending(state) => state,
        };
        if Instant::now() >= end {
            return Err(OpError::new(
                OpErrorKind::Timeout,
                format!("waiting for {what}"),
                format!(
                    "timeout while waiting for state (last state: '{state}', timeout: {:?}). The next run goes on with it; a `timeouts` block gives it more time.",
                    op.timeout
                ),
            ));
        }
        rest(pace, op, pause, what).await?;
        pause = pause.mul_f64(1.5).min(LONGEST);
    }
}

/// Polls until `look` was ready so many times in a row: some services answer from several places.
pub(crate) async fn wait_steady<F, Fut>(
    pace: Pace,
    op: &Operation<'_>,
    what: &str,
    times: u32,
    mut look: F,
) -> Result<(), OpError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<bool, OpError>>,
{
    let seen = &AtomicU32::new(0);
    wait_for(pace, op, what, || {
        let answer = look();
        async move {
            let good = if answer.await? {
                seen.load(Ordering::Relaxed) + 1
            } else {
                0
            };
            seen.store(good, Ordering::Relaxed);
            Ok(if good >= times {
                Poll::Ready(())
            } else {
                Poll::Pending("changing".into())
            })
        }
    })
    .await
}

/// Repeats a mutating call while its error says that something new is not known everywhere yet.
///
/// Asks for the permit before each call; gives up after `limit` with the last error.
pub(crate) async fn retry_while<T, F, Fut>(
    pace: Pace,
    op: &Operation<'_>,
    limit: Duration,
    again: impl Fn(&OpError) -> bool,
    mut call: F,
) -> Result<T, OpError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, OpError>>,
{
    // Scaled: a wrong principal on an emulator is wrong at once.
    let end = Instant::now() + pace.scaled(limit.min(op.timeout));
    let mut pause = Duration::from_secs(1);
    loop {
        op.progress.permit()?;
        match call().await {
            Err(e) if again(&e) && Instant::now() < end => {
                let what = e.operation.clone();
                tracing::debug!(
                    operation = what,
                    code = e.code,
                    "not known everywhere yet, trying again"
                );
                rest(pace, op, pause, &what).await.map_err(|_| e)?;
                pause = pause.mul_f64(1.5).min(LONGEST);
            }
            answer => return answer,
        }
    }
}

/// Sleeps in slices, so that an interruption is noticed.
async fn rest(pace: Pace, op: &Operation<'_>, pause: Duration, what: &str) -> Result<(), OpError> {
    let end = Instant::now() + pace.scaled(pause);
    loop {
        if op.progress.cancelled() {
            return Err(OpError::new(
                OpErrorKind::Cancelled,
                format!("waiting for {what}"),
                "the run was interrupted; the next run goes on with the wait",
            ));
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        sleep(left.min(SLICE)).await;
    }
}
