//! Waiting: for states, for eventual consistency, for dependants to go.

use std::{future::Future, time::Duration};

use bastionless_model::cloud::{OpError, OpErrorKind, Operation};
use tokio::time::{Instant, sleep};

use super::{call::cancelled, context::Ec2};

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
const SLICE: Duration = Duration::from_millis(100);

/// Asks until there is an answer, an error, an interruption, or until the time is over.
pub(crate) async fn until<T, F>(
    ec2: &Ec2,
    op: &Operation<'_>,
    limit: Duration,
    what: &str,
    mut probe: impl FnMut() -> F,
) -> Result<T, OpError>
where
    F: Future<Output = Result<Option<T>, OpError>>,
{
    let start = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        if let Some(answer) = probe().await? {
            return Ok(answer);
        }
        if start.elapsed() + pause > limit {
            let message = format!("not done after {} s", limit.as_secs());
            return Err(OpError::new(OpErrorKind::Timeout, what, message));
        }
        rest(ec2, op, pause, what).await?;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
}

/// Does a thing again while its error is one that passes.
pub(crate) async fn retry<T, F>(
    ec2: &Ec2,
    op: &Operation<'_>,
    limit: Duration,
    what: &str,
    passes: impl Fn(&OpError) -> bool,
    mut call: impl FnMut() -> F,
) -> Result<T, OpError>
where
    F: Future<Output = Result<T, OpError>>,
{
    let start = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        match call().await {
            Err(e) if passes(&e) && start.elapsed() + pause <= limit => {}
            done => return done,
        }
        rest(ec2, op, pause, what).await?;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
}

async fn rest(ec2: &Ec2, op: &Operation<'_>, pause: Duration, what: &str) -> Result<(), OpError> {
    let end = Instant::now() + ec2.pace.scaled(pause);
    loop {
        if op.progress.cancelled() {
            return Err(cancelled(what));
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        sleep(left.min(SLICE)).await;
    }
}
