//! The environment of a run: variables, read once, and what they decide.

use std::{collections::BTreeMap, path::PathBuf};

/// Variables of the environment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Env(pub(crate) BTreeMap<String, String>);

impl Env {
    /// Reads the environment of the process; what is not UTF-8 is left out.
    pub(crate) fn of_process() -> Self {
        let text = |s: std::ffi::OsString| s.into_string().ok();
        Self(
            std::env::vars_os()
                .filter_map(|(k, v)| Some((text(k)?, text(v)?)))
                .collect(),
        )
    }

    /// Returns a variable that is set and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|v| !v.is_empty())
    }

    /// Returns the folder of working data: `TF_DATA_DIR` or `.bastionless`.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.get("TF_DATA_DIR").unwrap_or(".bastionless").into()
    }

    /// Tells whether somebody else than a person runs the program (`TF_IN_AUTOMATION`).
    pub(crate) fn is_automation(&self) -> bool {
        self.get("TF_IN_AUTOMATION").is_some()
    }

    /// Tells whether `TF_INPUT` allows to ask.
    pub(crate) fn allows_input(&self) -> bool {
        !matches!(
            self.get("TF_INPUT"),
            Some("0" | "f" | "F" | "false" | "FALSE" | "False")
        )
    }
}
