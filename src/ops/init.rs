//! `init`: installs modules and sets up the backend.

use std::{path::Path, sync::Arc};

use bastionless_core::lang::{
    expr,
    syntax::{self, Item},
};
use bastionless_model::{
    base::{Diagnostic, Diagnostics, SourceMap},
    value::{Type, Value, convert, to_json},
};

use super::{
    Done, Failed,
    env::Env,
    file_error, load, migrate, modules,
    place::{self, Choice, Written},
};

/// What `init` is asked.
pub(crate) struct Asked<'a> {
    /// `-backend=false`: the backend is left alone.
    pub(crate) backend: bool,
    /// `-backend-config`
    pub(crate) settings: Vec<String>,
    /// `-reconfigure`
    pub(crate) reconfigure: bool,
    /// `-migrate-state`, `-force-copy`
    pub(crate) migration: migrate::Asked<'a>,
}

/// What became of the backend.
#[derive(Default)]
pub(crate) struct Backend {
    /// Its type, where it was set up anew.
    pub(crate) kind: Option<String>,
    /// Workspaces whose states were copied.
    pub(crate) copied: Vec<String>,
}

impl Backend {
    fn anew(kind: impl Into<String>, copied: Vec<String>) -> Self {
        Self {
            kind: Some(kind.into()),
            copied,
        }
    }
}

/// Installs modules, unless there is no configuration; `None` for `-get=false`, where they must be there already.
pub(crate) fn modules(asked: Option<&modules::Asked<'_>>) -> Done<(Diagnostics, Arc<SourceMap>)> {
    if place::configuration_files(Path::new("."))?.is_empty() {
        let note = Diagnostic::warning(
            "No configuration files",
            "The directory holds no file whose name ends in `.tf` or `.tf.json`. `init` can be run again when it does.",
        );
        return Ok((note.into(), Arc::default()));
    }
    if let Some(asked) = asked {
        return modules::get(asked);
    }
    let (sources, diagnostics) = load::tree();
    if diagnostics.has_errors() {
        Err(Failed::new(diagnostics, sources))
    } else {
        Ok((diagnostics, sources))
    }
}

/// Sets up the backend.
pub(crate) async fn run(env: &Env, asked: &Asked<'_>) -> Done<Backend> {
    if asked.backend {
        set_up(env, asked).await
    } else {
        Ok(Backend::default())
    }
}

async fn set_up(env: &Env, asked: &Asked<'_>) -> Done<Backend> {
    let before = if asked.reconfigure {
        None
    } else {
        place::chosen(env)?
    };
    let Some(written) = place::written(Path::new("."))? else {
        if !asked.settings.is_empty() {
            return Err(Diagnostic::error(
                "Missing backend configuration",
                "-backend-config was used without a \"backend\" block in the configuration.",
            )
            .into());
        }
        let Some(before) = before else {
            place::choose(env, None)?;
            return Ok(Backend::default());
        };
        if !asked.migration.migrate {
            return Err(changed("the backend block was removed"));
        }
        let copied = migrate::migrate(&before, &Choice::default(), &asked.migration).await?;
        place::choose(env, None)?;
        return Ok(Backend::anew("local", copied));
    };
    let choice = merged(&written, &asked.settings)?;
    if let Some(before) = &before {
        let same = before.kind == choice.kind && to_json(&before.config) == to_json(&choice.config);
        // Without settings on the command line those of the last time are still meant, unless the block changed.
        let kept =
            asked.settings.is_empty() && before.kind == choice.kind && before.block == choice.block;
        if kept {
            return check(before).await.map(|()| Backend::default());
        }
        if !same && !asked.migration.migrate {
            return Err(changed("the backend or its settings changed"));
        }
    }
    check(&choice).await?;
    let copied = match &before {
        Some(before) => migrate::migrate(before, &choice, &asked.migration).await?,
        None if asked.reconfigure => Vec::new(),
        None => from_here(&choice, &asked.migration).await?,
    };
    place::choose(env, Some(&choice))?;
    Ok(Backend::anew(choice.kind, copied))
}

/// Takes the state along that lies in the directory when a backend is named for the first time.
async fn from_here(choice: &Choice, asked: &migrate::Asked<'_>) -> Done<Vec<String>> {
    let here = Choice::default();
    if !migrate::holds_objects(&here).await? || place::is_same(&here, choice).await? {
        return Ok(Vec::new());
    }
    if !asked.migrate && asked.confirm.is_none() {
        return Err(Diagnostic::error(
            "Existing state found",
            "The directory holds a state with objects, and the new backend would hide it. `bastionless init -migrate-state -force-copy` copies it, `bastionless init -reconfigure` leaves it where it is. Nothing was done.",
        )
        .into());
    }
    migrate::migrate(&here, choice, asked).await
}

fn changed(why: &str) -> Failed {
    Diagnostic::error(
        "Backend configuration changed",
        format!(
            "Against the last `init`, {why}. A state is never moved by itself: to take it along, run `bastionless init -migrate-state`; to use the new settings as they are, run `bastionless init -reconfigure`."
        ),
    )
    .into()
}

/// Opens the backend and tries what a run needs.
async fn check(choice: &Choice) -> Done<()> {
    Ok(place::backend(choice).await?.probe().await?)
}

fn merged(written: &Written, settings: &[String]) -> Done<Choice> {
    let mut config = written.arguments.clone();
    for setting in settings {
        match setting.split_once('=') {
            Some((name, text)) if !Path::new(setting).is_file() => {
                config = config.with(name.trim(), Value::from(text));
            }
            _ => config = from_file(config, setting)?,
        }
    }
    let config = typed(&written.kind, config)?;
    Ok(Choice {
        kind: written.kind.clone(),
        block: to_json(&written.arguments),
        config,
    })
}

fn from_file(mut config: Value, path: &str) -> Done<Value> {
    let text =
        std::fs::read_to_string(path).map_err(|e| file_error("Reading", path.as_ref(), &e))?;
    let mut sources = SourceMap::default();
    let id = sources.add(path, text.as_str());
    let parsed = syntax::parse(id, &text);
    let mut diagnostics = parsed.diagnostics;
    for item in &parsed.value.body.items {
        match item {
            Item::Attribute(a) => match expr::constant(&a.expr) {
                Ok(v) => config = config.with(a.name.name.clone(), v),
                Err(problems) => diagnostics.extend(problems),
            },
            Item::Block(b) => diagnostics.push(
                Diagnostic::error(
                    "Unexpected block",
                    "A file of backend settings holds arguments only.",
                )
                .at(b.header),
            ),
        }
    }
    if diagnostics.has_errors() {
        return Err(Failed::new(diagnostics, Arc::new(sources)));
    }
    Ok(config)
}

/// Arguments of the S3 backend and their kinds; what is not here is refused, never ignored.
const S3: &[(&str, Kind)] = &[
    ("access_key", Kind::Text),
    ("acl", Kind::Text),
    ("allowed_account_ids", Kind::Texts),
    ("assume_role", Kind::Any),
    ("assume_role_with_web_identity", Kind::Any),
    ("bucket", Kind::Text),
    ("custom_ca_bundle", Kind::Text),
    ("dynamodb_endpoint", Kind::Text),
    ("dynamodb_table", Kind::Text),
    ("ec2_metadata_service_endpoint", Kind::Text),
    ("ec2_metadata_service_endpoint_mode", Kind::Text),
    ("encrypt", Kind::Switch),
    ("endpoint", Kind::Text),
    ("endpoints", Kind::Any),
    ("external_id", Kind::Text),
    ("forbidden_account_ids", Kind::Texts),
    ("force_path_style", Kind::Switch),
    ("http_proxy", Kind::Text),
    ("https_proxy", Kind::Text),
    ("iam_endpoint", Kind::Text),
    ("insecure", Kind::Switch),
    ("key", Kind::Text),
    ("kms_key_id", Kind::Text),
    ("max_retries", Kind::Number),
    ("no_proxy", Kind::Text),
    ("profile", Kind::Text),
    ("region", Kind::Text),
    ("retry_mode", Kind::Text),
    ("role_arn", Kind::Text),
    ("secret_key", Kind::Text),
    ("session_name", Kind::Text),
    ("shared_config_files", Kind::Texts),
    ("shared_credentials_file", Kind::Text),
    ("shared_credentials_files", Kind::Texts),
    ("skip_credentials_validation", Kind::Switch),
    ("skip_metadata_api_check", Kind::Switch),
    ("skip_region_validation", Kind::Switch),
    ("skip_requesting_account_id", Kind::Switch),
    ("skip_s3_checksum", Kind::Switch),
    ("sse_customer_key", Kind::Text),
    ("sts_endpoint", Kind::Text),
    ("sts_region", Kind::Text),
    ("token", Kind::Text),
    ("use_dualstack_endpoint", Kind::Switch),
    ("use_fips_endpoint", Kind::Switch),
    ("use_lockfile", Kind::Switch),
    ("use_path_style", Kind::Switch),
    ("workspace_key_prefix", Kind::Text),
];

const LOCAL: &[(&str, Kind)] = &[("path", Kind::Text), ("workspace_dir", Kind::Text)];

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Texts,
    Switch,
    Number,
    Any,
}

fn typed(kind: &str, config: Value) -> Done<Value> {
    let known = match kind {
        "s3" => S3,
        "local" => LOCAL,
        other => {
            let detail = format!(
                "There is no backend type named \"{other}\" in this version: use `s3` or `local`."
            );
            return Err(Diagnostic::error("Unsupported backend type", detail).into());
        }
    };
    let mut out = Value::object::<&str>([]);
    let mut problems = Diagnostics::default();
    for (name, value) in config.entries().into_iter().flatten() {
        let Some((_, kind)) = known.iter().find(|(n, _)| **n == **name) else {
            problems.push(Diagnostic::error(
                "Unsupported argument",
                format!("An argument named \"{name}\" is not expected in backend \"{kind}\"."),
            ));
            continue;
        };
        let ty = match kind {
            Kind::Text => Type::String,
            Kind::Texts => Type::list(Type::String),
            Kind::Switch => Type::Bool,
            Kind::Number => Type::Number,
            Kind::Any => Type::Dynamic,
        };
        match convert(value, &ty) {
            Ok(v) => out = out.with(name.clone(), v),
            Err(e) => problems.push(Diagnostic::error(
                "Incorrect attribute value type",
                format!(
                    "Inappropriate value for attribute \"{name}\" of the backend: {}.",
                    e.message
                ),
            )),
        }
    }
    for needed in if kind == "s3" {
        &["bucket", "key"][..]
    } else {
        &[]
    } {
        if out.get_str(needed).is_none_or(str::is_empty) {
            problems.push(Diagnostic::error(
                "Missing required argument",
                format!("The backend \"{kind}\" needs \"{needed}\": write it into its block or pass -backend-config=\"{needed}=…\"."),
            ));
        }
    }
    if problems.has_errors() {
        Err(problems.into())
    } else {
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_the_command_line_win_and_are_converted() {
        let written = Written {
            kind: "s3".into(),
            arguments: Value::object([("bucket", Value::from("a")), ("key", Value::from("k"))]),
        };
        let choice = merged(&written, &["bucket=b".into(), "encrypt=true".into()]).unwrap();
        let (block, config) = (&choice.block, to_json(&choice.config));
        assert_eq!(block.to_string(), r#"{"bucket":"a","key":"k"}"#);
        assert_eq!(
            config.to_string(),
            r#"{"bucket":"b","encrypt":true,"key":"k"}"#
        );
    }

    #[test]
    fn unknown_and_missing_settings_are_refused() {
        let written = Written {
            kind: "s3".into(),
            arguments: Value::object([("buckt", Value::from("a"))]),
        };
        let failed = merged(&written, &[]).unwrap_err();
        let all: Vec<_> = failed
            .diagnostics
            .iter()
            .map(|d| d.detail.as_str())
            .collect();
        assert_eq!(all.len(), 3, "{all:?}");
        let written = Written {
            kind: "gcs".into(),
            arguments: Value::object::<&str>([]),
        };
        assert!(merged(&written, &[]).is_err());
    }
}
