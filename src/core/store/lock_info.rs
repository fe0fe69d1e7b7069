//! What a lock says about its holder: Terraform's JSON, and our lease.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{io::Disk, state::TERRAFORM_VERSION};

/// The holder of a lock. The first seven fields are Terraform's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LockInfo {
    /// Names the lock; what `force-unlock` takes.
    #[serde(rename = "ID")]
    pub id: String,
    /// What it is held for, such as `OperationTypeApply`.
    pub operation: String,
    /// More about it.
    pub info: String,
    /// `user@host`
    pub who: String,
    /// Version of the language of the holder's program.
    pub version: String,
    /// When it was taken, RFC 3339.
    pub created: String,
    /// Where the state lies.
    pub path: String,
    /// Until when it holds unless it is renewed; `None` for a lock that never expires by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease: Option<Lease>,
}

/// A lock that expires.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Lease {
    /// How long it holds after it was renewed.
    pub seconds: u64,
    /// When it was renewed last, RFC 3339.
    pub renewed: String,
}

impl LockInfo {
    /// Makes the data of a new lock.
    pub fn new(disk: &dyn Disk, operation: &str, path: &str) -> Self {
        Self {
            id: disk.uuid(),
            operation: operation.into(),
            info: String::new(),
            who: disk.who(),
            version: TERRAFORM_VERSION.into(),
            created: timestamp(disk),
            path: path.into(),
            lease: None,
        }
    }

    /// Reads what a lock file or object holds.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// Writes it.
    pub fn to_json(&self) -> Vec<u8> {
        // A struct of texts and a number always has a JSON form.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Returns how long ago the lease ran out by the wall clock; `None` for a lock that still holds or never expires.
    pub fn expired_for(&self, now: Duration) -> Option<Duration> {
        let lease = self.lease.as_ref()?;
        let renewed: Timestamp = lease.renewed.parse().ok()?;
        let renewed = Duration::from_nanos(u64::try_from(renewed.as_nanosecond()).ok()?);
        now.checked_sub(renewed + Duration::from_secs(lease.seconds))
    }
}

/// Returns the present time as RFC 3339.
pub(crate) fn timestamp(disk: &dyn Disk) -> String {
    let now = disk.now();
    let nanos = i128::try_from(now.as_nanos()).unwrap_or(0);
    Timestamp::from_nanosecond(nanos).map_or_else(|_| String::new(), |t| t.to_string())
}

/// Prints as in Terraform's messages.
impl fmt::Display for LockInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let created = self.created.replace('T', " ").replace('Z', " +0000 UTC");
        writeln!(f, "Lock Info:")?;
        writeln!(f, "  ID:        {}", self.id)?;
        writeln!(f, "  Path:      {}", self.path)?;
        writeln!(f, "  Operation: {}", self.operation)?;
        writeln!(f, "  Who:       {}", self.who)?;
        writeln!(f, "  Version:   {}", self.version)?;
        writeln!(f, "  Created:   {created}")?;
        write!(f, "  Info:      {}", self.info)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_of_terraform_are_read_and_ours_have_its_fields() {
        let theirs = br#"{"ID":"e7f8","Operation":"OperationTypePlan","Info":"","Who":"a@b","Version":"1.15.5","Created":"2026-11-22T00:00:00.5Z","Path":"b/k"}"#;
        let info = LockInfo::parse(theirs).unwrap();
        assert_eq!(info.to_json(), theirs);
        assert_eq!(
            info.expired_for(Duration::from_secs(u64::from(u32::MAX))),
            None
        );
        let shown = info.to_string();
        assert!(
            shown.contains("  Created:   2026-11-22 00:00:00.5 +0000 UTC\n"),
            "{shown}"
        );
    }

    #[test]
    fn a_lease_expires_after_its_seconds() {
        let info = LockInfo {
            lease: Some(Lease {
                seconds: 60,
                renewed: "1970-01-01T00:10:00Z".into(),
            }),
            ..LockInfo::default()
        };
        assert_eq!(info.expired_for(Duration::from_secs(659)), None);
        assert_eq!(
            info.expired_for(Duration::from_secs(670)),
            Some(Duration::from_secs(10))
        );
        let text = String::from_utf8(info.to_json()).unwrap();
        assert!(
            text.ends_with(r#""Lease":{"Seconds":60,"Renewed":"1970-01-01T00:10:00Z"}}"#),
            "{text}"
        );
    }
}
