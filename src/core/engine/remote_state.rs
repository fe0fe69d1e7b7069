//! `terraform_remote_state`: the outputs of another state, read from a file of this machine.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use bastionless_model::{
    cloud::{Future, Lookup, OpError, OpErrorKind},
    value::{Map, Value},
};

use crate::state::Snapshot;

const READING: &str = "reading a remote state";

/// Reads a file; `None` where there is none.
pub(crate) type ReadFile = Arc<dyn Fn(&Path) -> io::Result<Option<Vec<u8>>> + Send + Sync>;

/// Reads states of others.
pub(crate) struct RemoteState {
    read: ReadFile,
}

impl RemoteState {
    /// Reads files in this way.
    pub(crate) fn new(read: ReadFile) -> Self {
        Self { read }
    }

    fn one(&self, config: &Value) -> Result<Value, OpError> {
        let backend = config.get_str("backend").unwrap_or_default();
        if backend != "local" {
            return Err(OpError::new(
                OpErrorKind::Unsupported,
                READING,
                format!(
                    "the backend {backend:?} is not built yet for terraform_remote_state; fetch the file in the pipeline and read it with the backend \"local\""
                ),
            ));
        }
        let path = path_of(config)?;
        let shown = path.display();
        let bytes = (self.read)(&path)
            .map_err(|e| {
                OpError::new(OpErrorKind::Unavailable, READING, format!("{shown}: {e}"))
            })?
            .ok_or_else(|| {
                OpError::new(
                    OpErrorKind::NotFound,
                    READING,
                    format!("No stored state was found for the given workspace in the given backend ({shown})."),
                )
            })?;
        let broken =
            |why: String| OpError::new(OpErrorKind::Invalid, READING, format!("{shown}: {why}"));
        let text = String::from_utf8(bytes).map_err(|_| broken("it is not UTF-8".into()))?;
        let snapshot = Snapshot::read(&text).map_err(|e| broken(e.to_string()))?;
        let mut outputs: Map = config
            .get("defaults")
            .and_then(Value::entries)
            .cloned()
            .unwrap_or_default();
        let stored = snapshot.outputs.into_iter().map(|(k, o)| (k, o.value));
        outputs.extend(stored);
        Ok(config.clone().with("outputs", Value::object(outputs)))
    }
}

/// Returns the file of the state, as the backend `local` names it.
fn path_of(config: &Value) -> Result<PathBuf, OpError> {
    let settings = config.get("config").filter(|c| !c.is_null());
    let known = ["path", "workspace_dir"];
    let entries = settings.and_then(Value::entries);
    if let Some(other) = entries.and_then(|e| e.keys().find(|k| !known.contains(&&***k))) {
        return Err(OpError::new(
            OpErrorKind::Invalid,
            READING,
            format!(
                "the backend \"local\" has no argument {other:?}; it has path and workspace_dir"
            ),
        ));
    }
    let setting = |name: &str| settings.and_then(|s| s.get_str(name));
    Ok(match config.get_str("workspace") {
        None | Some("default") => setting("path").unwrap_or("terraform.tfstate").into(),
        Some(workspace) => PathBuf::from(setting("workspace_dir").unwrap_or("terraform.tfstate.d"))
            .join(workspace)
            .join("terraform.tfstate"),
    })
}

impl Lookup for RemoteState {
    fn read<'a>(&'a self, configs: &'a [Value]) -> Future<'a, Vec<Result<Value, OpError>>> {
        Box::pin(async { configs.iter().map(|c| self.one(c)).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::{Disk as _, RealDisk};

    fn reader() -> RemoteState {
        RemoteState::new(Arc::new(|path: &Path| RealDisk.read(path)))
    }

    fn config(path: Value, defaults: Value) -> Value {
        Value::object([
            ("backend", Value::from("local")),
            ("config", Value::object([("path", path)])),
            ("defaults", defaults),
            ("outputs", Value::NULL),
            ("workspace", Value::NULL),
        ])
    }

    #[test]
    fn outputs_win_over_defaults() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("other.tfstate");
        let text = r#"{"version":4,"terraform_version":"1.15.5","serial":1,"lineage":"x","outputs":{"o":{"value":"here","type":"string"}},"resources":[],"check_results":null}"#;
        RealDisk.replace(&path, text.as_bytes()).unwrap();
        let reader = reader();
        let defaults = Value::object([("o", Value::from("d")), ("p", Value::from("d"))]);
        let config = config(path.display().to_string().into(), defaults);
        let read = reader.one(&config).unwrap();
        let outputs = read.get("outputs").unwrap();
        assert_eq!(outputs.get_str("o"), Some("here"));
        assert_eq!(outputs.get_str("p"), Some("d"));
    }

    #[test]
    fn what_is_not_there_or_not_built_is_an_error() {
        let reader = reader();
        let missing = reader.one(&config("nowhere/x.tfstate".into(), Value::NULL));
        assert_eq!(missing.unwrap_err().kind, OpErrorKind::NotFound);
        let s3 = config("x".into(), Value::NULL).with("backend", "s3".into());
        assert_eq!(reader.one(&s3).unwrap_err().kind, OpErrorKind::Unsupported);
        let typo = config("x".into(), Value::NULL)
            .with("config", Value::object([("pth", Value::from("x"))]));
        assert_eq!(reader.one(&typo).unwrap_err().kind, OpErrorKind::Invalid);
    }
}
