//! The lock of a state in a bucket: an object that is created only if it is absent, with Terraform's JSON and our lease.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bastionless_model::cloud::{Condition, OpError, OpErrorKind, StoreError};
use tokio::task::JoinHandle;

use super::{
    Lease, LockInfo, StoreFailure,
    lock_info::timestamp,
    s3::{Objects, ignores_conditions},
};

/// How long a lock holds without renewal, where nothing else is set.
pub(super) const LEASE: Duration = Duration::from_secs(60);

/// A lease that ran out is left alone for that long more, as clocks of machines differ.
const GRACE: Duration = Duration::from_secs(30);

/// A lock that we hold.
struct Held {
    info: LockInfo,
    etag: String,
    /// Until when it holds, on the steady clock.
    until: Duration,
    /// Why it is not ours any more.
    lost: Option<String>,
    renewal: Option<JoinHandle<()>>,
}

/// The lock of one state.
pub(super) struct Lock {
    objects: Objects,
    key: String,
    lease: Duration,
    held: Arc<Mutex<Option<Held>>>,
}

fn guard(held: &Mutex<Option<Held>>) -> MutexGuard<'_, Option<Held>> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Lock {
    pub(super) fn new(objects: Objects, key: String, lease: Duration) -> Self {
        Self {
            objects,
            key,
            lease,
            held: Arc::default(),
        }
    }

    /// Tries once to take the lock. Where the holder's lease has run out it is watched for a while first; if it gives no sign of
    /// life it is taken over.
    pub(super) async fn take(&self, operation: &str) -> Result<String, StoreFailure> {
        let place = self
            .objects
            .bucket
            .describe(self.key.trim_end_matches(".tflock"));
        let path = place.strip_prefix("s3://").unwrap_or(&place);
        let mut info = LockInfo::new(&*self.objects.disk, operation, path);
        let mut condition = Condition::Absent;
        // The object may come and go between our looks at it.
        for _ in 0..4 {
            self.renewed(&mut info);
            let asked = self.objects.disk.steady();
            match self
                .objects
                .put(&self.key, info.to_json(), condition.clone())
                .await
            {
                Ok(etag) => {
                    let etag = self.prove(&info, etag, &place).await?;
                    return Ok(self.hold(info, etag, asked));
                }
                Err(StoreError::Call(e)) => return Err(e.into()),
                Err(StoreError::Precondition) => {}
            }
            condition = match self.objects.get(&self.key).await? {
                None => Condition::Absent,
                Some(there) => {
                    let holder = LockInfo::parse(&there.bytes);
                    let over = holder
                        .as_ref()
                        .and_then(|h| h.expired_for(self.objects.disk.now()));
                    if over.is_none_or(|over| over < GRACE) || !self.is_silent(&there.etag).await? {
                        return Err(StoreFailure::Locked {
                            holder: holder.map(Box::new),
                            cause: format!(
                                "the lock object {} exists",
                                self.objects.bucket.describe(&self.key)
                            ),
                        });
                    }
                    Condition::Matches(there.etag)
                }
            };
        }
        Err(StoreFailure::Locked {
            holder: None,
            cause: "others took and freed the lock all the time".into(),
        })
    }

    /// Tells whether the holder gives no sign of life for longer than it may be silent.
    async fn is_silent(&self, etag: &str) -> Result<bool, StoreFailure> {
        self.objects.disk.pause(self.lease / 3).await;
        let there = self.objects.get(&self.key).await?;
        Ok(there.is_some_and(|t| t.etag == etag))
    }

    /// Makes sure that the store looks at conditions: a second creation must be refused.
    async fn prove(
        &self,
        info: &LockInfo,
        etag: String,
        place: &str,
    ) -> Result<String, StoreFailure> {
        match self
            .objects
            .put(&self.key, info.to_json(), Condition::Absent)
            .await
        {
            Err(StoreError::Precondition) => Ok(etag),
            Ok(_) => {
                // Removed without condition, as conditions mean nothing here.
                let _ = self
                    .objects
                    .bucket
                    .delete(&self.key, Condition::Always)
                    .await;
                Err(ignores_conditions(place))
            }
            Err(StoreError::Call(e)) => {
                let _ = self
                    .objects
                    .bucket
                    .delete(&self.key, Condition::Matches(etag))
                    .await;
                Err(e.into())
            }
        }
    }

    fn renewed(&self, info: &mut LockInfo) {
        info.lease = Some(Lease {
            seconds: self.lease.as_secs(),
            renewed: timestamp(&*self.objects.disk),
        });
    }

    fn hold(&self, info: LockInfo, etag: String, asked: Duration) -> String {
        let id = info.id.clone();
        let renewal = tokio::spawn(renew(
            self.objects.clone(),
            self.key.clone(),
            self.lease,
            self.held.clone(),
        ));
        *guard(&self.held) = Some(Held {
            info,
            etag,
            until: asked + self.lease,
            lost: None,
            renewal: Some(renewal),
        });
        id
    }

    /// Says why the lock that we held is not ours any more.
    pub(super) fn lost(&self) -> Option<String> {
        guard(&self.held).as_ref().and_then(|h| h.lost.clone())
    }

    /// Checks that the lock holds for that much longer; a run without lock is not checked.
    pub(super) fn permit(&self, time: Duration) -> Result<(), OpError> {
        let held = guard(&self.held);
        let Some(held) = held.as_ref() else {
            return Ok(());
        };
        let refuse = |why: String| {
            Err(OpError::new(
                OpErrorKind::Conflict,
                "checking the lock of the state",
                why,
            ))
        };
        if let Some(why) = &held.lost {
            return refuse(format!("{why}; no further change is made"));
        }
        let left = held.until.saturating_sub(self.objects.disk.steady());
        if left < time {
            return refuse(format!(
                "the lock could not be renewed and holds for {} more seconds only; no further change is made",
                left.as_secs()
            ));
        }
        Ok(())
    }

    /// Gives the lock back.
    pub(super) async fn release(&self) -> Result<(), StoreFailure> {
        let held = guard(&self.held).take();
        let Some(held) = held else { return Ok(()) };
        if let Some(renewal) = held.renewal {
            renewal.abort();
            // A renewal that was being sent may have been carried out.
            let _ = renewal.await;
        }
        if let Some(why) = held.lost {
            return Err(StoreFailure::LostLock(why));
        }
        // Looked at first, as not every store looks at conditions of deletions.
        match self.objects.get(&self.key).await? {
            None => Ok(()),
            Some(there) if LockInfo::parse(&there.bytes).is_some_and(|h| h.id == held.info.id) => {
                let etag = Condition::Matches(there.etag);
                match self.objects.bucket.delete(&self.key, etag).await {
                    Ok(()) => Ok(()),
                    Err(StoreError::Call(e)) => Err(e.into()),
                    Err(StoreError::Precondition) => {
                        Err(StoreFailure::LostLock("somebody else took it over".into()))
                    }
                }
            }
            Some(_) => Err(StoreFailure::LostLock("somebody else holds it".into())),
        }
    }

    /// Removes the lock of somebody else.
    pub(super) async fn break_open(&self, id: &str) -> Result<(), StoreFailure> {
        let refused = |detail: String| Err(StoreFailure::refused("Failed to unlock state", detail));
        let Some(there) = self.objects.get(&self.key).await? else {
            return refused("The state is not locked.".into());
        };
        match LockInfo::parse(&there.bytes) {
            Some(holder) if holder.id != id => {
                return refused(format!("The lock has another ID than \"{id}\".\n{holder}"));
            }
            Some(_) => {}
            None => {
                return refused(format!(
                    "{} is not a lock that can be read. Remove the object by hand if nobody uses the state.",
                    self.objects.bucket.describe(&self.key)
                ));
            }
        }
        match self
            .objects
            .bucket
            .delete(&self.key, Condition::Matches(there.etag))
            .await
        {
            Ok(()) => Ok(()),
            Err(StoreError::Call(e)) => Err(e.into()),
            Err(StoreError::Precondition) => refused(
                "The lock changed just now: its holder is alive and renews it. End that run first."
                    .into(),
            ),
        }
    }
}

/// Renews a lock until it is given back or lost.
async fn renew(objects: Objects, key: String, lease: Duration, held: Arc<Mutex<Option<Held>>>) {
    let mut pause = lease / 4;
    loop {
        objects.disk.pause(pause).await;
        let Some((mut info, etag)) = guard(&held)
            .as_ref()
            .map(|h| (h.info.clone(), h.etag.clone()))
        else {
            return;
        };
        info.lease = Some(Lease {
            seconds: lease.as_secs(),
            renewed: timestamp(&*objects.disk),
        });
        let asked = objects.disk.steady();
        let put = objects
            .put(&key, info.to_json(), Condition::Matches(etag))
            .await;
        let mut held = guard(&held);
        let Some(held) = held.as_mut() else { return };
        match put {
            Ok(etag) => {
                held.etag = etag;
                held.info = info;
                held.until = asked + lease;
                pause = lease / 4;
            }
            Err(StoreError::Precondition) => {
                held.lost = Some("somebody else took it over or removed it".into());
                return;
            }
            // Tried again soon; `permit` counts the time that is left.
            Err(StoreError::Call(_)) => pause = lease / 12,
        }
    }
}
