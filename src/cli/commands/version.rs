//! `version`

use bastionless_core::state::TERRAFORM_VERSION;
use serde_json::json;

use super::Command;
use crate::cli::{
    options::{on, switch},
    shell::Shell,
};

pub(super) const COMMAND: Command = Command {
    words: "version",
    about: "Show the version",
    has_events: false,
    options: |c| c.arg(switch("json", "As JSON")),
    run: |cx, m| {
        if !on(m, "json") {
            return Ok(version(&cx.shell));
        }
        let document = json!({
            "terraform_version": TERRAFORM_VERSION,
            "bastionless_version": env!("CARGO_PKG_VERSION"),
            "platform": platform(),
            "provider_selections": {},
            "terraform_outdated": false,
        });
        cx.shell.out(&format!("{document:#}\n"));
        Ok(0)
    },
};

/// Prints the version for people.
pub(in crate::cli) fn version(shell: &Shell) -> u8 {
    shell.out(&format!(
        "Bastionless v{}\non {}\nlanguage of Terraform v{TERRAFORM_VERSION}, types of AWS provider v{}\n",
        env!("CARGO_PKG_VERSION"),
        platform(),
        bastionless_model::schema::PROVIDER_VERSION,
    ));
    0
}

/// Names the platform as Terraform does.
fn platform() -> String {
    let arch = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{}_{arch}", std::env::consts::OS)
}
