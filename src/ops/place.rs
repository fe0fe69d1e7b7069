//! Where the state lies: the backend of the configuration, what `init` chose, the workspace.
//!
//! `init` writes `backend.json` into the folder of working data: `{"version": 1, "type", "block", "config"}`, where `block` is
//! the configuration's part (to notice a change) and `config` what is used. It may hold secrets and is readable by its owner
//! only. The workspace is in `environment`, as Terraform has it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use bastionless_core::{
    io::{Disk, RealDisk},
    lang::{
        expr,
        syntax::{self, Body},
    },
    store::{
        self, Backend, DEFAULT_WORKSPACE, LocalBackend, LocalPaths, S3Backend, S3Settings,
        StateStore,
    },
};
use bastionless_model::{
    base::{Diagnostic, Diagnostics, SourceMap},
    value::{Value, from_json, to_json},
};
use serde_json::{Value as Json, json};

use super::{Done, Failed, clouds, env::Env, file_error};

/// A `backend` block as written.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// Its type.
    pub(crate) kind: String,
    /// Its arguments: an object of constants.
    pub(crate) arguments: Value,
}

/// A backend with all of its settings.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// Its type; `local` where none was ever named.
    pub(crate) kind: String,
    /// The block's part.
    pub(crate) block: Json,
    /// What is used.
    pub(crate) config: Value,
}

/// Where the state of a run lies.
pub(crate) struct Place {
    /// The backend.
    pub(crate) backend: Arc<dyn Backend>,
    /// The state of the workspace.
    pub(crate) store: Arc<dyn StateStore>,
    /// The workspace.
    pub(crate) workspace: String,
    /// The type of the backend.
    pub(crate) kind: String,
}

impl Place {
    /// Opens the backend that the configuration in the working directory names, as `init` chose it.
    pub(crate) async fn open(env: &Env) -> Done<Self> {
        let choice = current(env)?;
        let backend = backend(&choice).await?;
        if choice.kind == "local" {
            store::unadopted(&RealDisk, &local_paths(&choice.config))?;
        }
        Ok(Self::on(backend, choice.kind, workspace(env)?))
    }

    /// Puts a place together.
    pub(crate) fn on(backend: Arc<dyn Backend>, kind: String, workspace: String) -> Self {
        let store = backend.state(&workspace);
        Self {
            backend,
            store,
            workspace,
            kind,
        }
    }
}

/// Returns the backend that a run uses, as `init` chose it.
pub(crate) fn current(env: &Env) -> Done<Choice> {
    let written = written(Path::new("."))?;
    let chosen = chosen(env)?;
    let block = |w: &Written| to_json(&w.arguments);
    match (written, chosen) {
        (None, None) => Ok(Choice::default()),
        (Some(w), Some(c)) if w.kind == c.kind && block(&w) == c.block => Ok(c),
        (Some(w), None) => Err(uninitialised(&format!(
            "Initial configuration of the requested backend \"{}\"",
            w.kind
        ))),
        (Some(w), Some(c)) if w.kind != c.kind => Err(uninitialised(&format!(
            "Backend type changed from \"{}\" to \"{}\"",
            c.kind, w.kind
        ))),
        (Some(w), Some(_)) => Err(uninitialised(&format!(
            "Backend configuration block has changed for \"{}\"",
            w.kind
        ))),
        (None, Some(c)) => Err(uninitialised(&format!(
            "Unsetting the previously set backend \"{}\"",
            c.kind
        ))),
    }
}

fn uninitialised(reason: &str) -> Failed {
    Diagnostic::error(
        "Backend initialization required, please run \"bastionless init\"",
        format!(
            "Reason: {reason}.\n\nThe backend is where bastionless keeps its state. Run `bastionless init` to accept the configuration, or `bastionless init -reconfigure` to use it without regard to what was set before. Nothing was read or written."
        ),
    )
    .into()
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            kind: "local".into(),
            block: Json::Null,
            config: Value::object::<&str>([]),
        }
    }
}

/// Opens a backend.
pub(crate) async fn backend(choice: &Choice) -> Done<Arc<dyn Backend>> {
    match choice.kind.as_str() {
        "local" => Ok(Arc::new(LocalBackend::new(
            local_paths(&choice.config),
            Arc::new(RealDisk),
        ))),
        "s3" => s3(&choice.config).await,
        other => Err(Diagnostic::error(
            "Unsupported backend type",
            format!(
                "There is no backend type named \"{other}\" in this version: use `s3` or `local`."
            ),
        )
        .into()),
    }
}

/// Tells whether two choices lead to the same place.
pub(crate) async fn is_same(one: &Choice, other: &Choice) -> Done<bool> {
    Ok(
        one.kind == other.kind
            && backend(one).await?.describe() == backend(other).await?.describe(),
    )
}

async fn s3(config: &Value) -> Done<Arc<dyn Backend>> {
    let bucket = clouds::clouds().object_store(config).await;
    let bucket =
        bucket.map_err(|e| Diagnostic::error("Failed to open the backend", format!("{e}.")))?;
    let mut settings = S3Settings::new(config.get_str("key").unwrap_or_default());
    if let Some(prefix) = config.get_str("workspace_key_prefix") {
        settings.workspace_key_prefix = prefix.to_owned();
    }
    settings.use_lockfile = config.get_bool("use_lockfile");
    settings.dynamodb_table = config.get_str("dynamodb_table").map(str::to_owned);
    Ok(Arc::new(S3Backend::new(
        bucket,
        settings,
        Arc::new(RealDisk),
    )?))
}

fn local_paths(config: &Value) -> LocalPaths {
    let mut paths = LocalPaths::in_directory(".");
    if let Some(path) = config.get_str("path").filter(|p| !p.is_empty()) {
        paths.state = path.into();
    }
    if let Some(path) = config.get_str("workspace_dir").filter(|p| !p.is_empty()) {
        paths.workspaces = path.into();
    }
    paths
}

/// Returns the paths of the local state of the working directory.
pub(crate) fn local(env: &Env) -> Done<LocalPaths> {
    let choice = current(env)?;
    if choice.kind == "local" {
        return Ok(local_paths(&choice.config));
    }
    let detail = format!(
        "The state of this configuration lies in the backend \"{}\", not in a file.",
        choice.kind
    );
    Err(Diagnostic::error("Backend is not local", detail).into())
}

/// Reads the `backend` block of a directory; other problems of its files are not told here.
pub(crate) fn written(dir: &Path) -> Done<Option<Written>> {
    let mut sources = SourceMap::default();
    let mut found: Option<Written> = None;
    let mut diagnostics = Diagnostics::default();
    for path in configuration_files(dir)? {
        let text = std::fs::read_to_string(&path).map_err(|e| file_error("Reading", &path, &e))?;
        if !text.contains("backend") && !text.contains("cloud") {
            continue;
        }
        let name = path
            .strip_prefix("./")
            .unwrap_or(&path)
            .display()
            .to_string();
        let id = sources.add(name, text.clone());
        let file = if path.extension().is_some_and(|e| e == "json") {
            backend_of_json(&text)
        } else {
            let file = syntax::parse(id, &text).value;
            backend_of(&file.body, &mut diagnostics)
        };
        found = found.or(file);
    }
    if diagnostics.has_errors() {
        return Err(Failed::new(diagnostics, Arc::new(sources)));
    }
    Ok(found)
}

/// Returns the configuration files of a directory, sorted; not those of editors.
pub(crate) fn configuration_files(dir: &Path) -> Done<Vec<PathBuf>> {
    let entries = std::fs::read_dir(dir).map_err(|e| file_error("Listing", dir, &e))?;
    let is_ours = |name: &str| {
        (name.ends_with(".tf") || name.ends_with(".tf.json")) && !name.starts_with(['.', '#'])
    };
    let files = entries
        .flatten()
        .filter(|e| is_ours(&e.file_name().to_string_lossy()));
    let mut out: Vec<PathBuf> = files.map(|e| e.path()).filter(|p| p.is_file()).collect();
    out.sort();
    Ok(out)
}

fn backend_of(body: &Body, diagnostics: &mut Diagnostics) -> Option<Written> {
    let settings = body.blocks().filter(|b| &*b.kind.name == "terraform");
    for block in settings.flat_map(|t| t.body.blocks()) {
        if &*block.kind.name == "cloud" {
            diagnostics.push(
                Diagnostic::error(
                    "Unsupported block type",
                    "The `cloud` block stands for a hosted service that bastionless does not use. Name a backend: `s3` or `local`.",
                )
                .at(block.header),
            );
        }
        if &*block.kind.name != "backend" {
            continue;
        }
        let kind = block.labels.first().map(|l| l.text.to_string())?;
        let mut arguments = Value::object::<&str>([]);
        for a in block.body.attributes() {
            match expr::constant(&a.expr) {
                Ok(v) => arguments = arguments.with(a.name.name.clone(), v),
                Err(problems) => diagnostics.extend(problems),
            }
        }
        for inner in block.body.blocks() {
            diagnostics.push(
                Diagnostic::error(
                    "Unsupported block type",
                    format!("Blocks of type \"{}\" are not expected in a backend; write it as an argument.", inner.kind.name),
                )
                .at(inner.header),
            );
        }
        return Some(Written { kind, arguments });
    }
    None
}

fn backend_of_json(text: &str) -> Option<Written> {
    let json: Json = serde_json::from_str(text).ok()?;
    let first = |j: &Json| {
        if let Json::Array(l) = j {
            l.first().cloned()
        } else {
            Some(j.clone())
        }
    };
    let backend = first(json.get("terraform")?)?
        .get("backend")
        .and_then(first)?;
    let (kind, arguments) = backend.as_object()?.iter().next()?;
    Some(Written {
        kind: kind.clone(),
        arguments: from_json(&first(arguments)?),
    })
}

fn choice_path(env: &Env) -> PathBuf {
    env.data_dir().join("backend.json")
}

/// Reads what `init` chose.
pub(crate) fn chosen(env: &Env) -> Done<Option<Choice>> {
    let path = choice_path(env);
    let Some(bytes) = RealDisk
        .read(&path)
        .map_err(|e| file_error("Reading", &path, &e))?
    else {
        return Ok(None);
    };
    let read = || -> Option<Choice> {
        let json: Json = serde_json::from_slice(&bytes).ok()?;
        (json.get("version")?.as_u64()? == 1).then_some(())?;
        Some(Choice {
            kind: json.get("type")?.as_str()?.to_owned(),
            block: json.get("block")?.clone(),
            config: from_json(json.get("config")?),
        })
    };
    read().map(Some).ok_or_else(|| {
        let detail = format!(
            "`{}` was not written by this version; run `bastionless init -reconfigure`.",
            path.display()
        );
        Diagnostic::error("Unreadable working data", detail).into()
    })
}

/// Writes what `init` chose; `None` removes it.
pub(crate) fn choose(env: &Env, choice: Option<&Choice>) -> Done<()> {
    let path = choice_path(env);
    let written = match choice {
        None => RealDisk.remove(&path),
        Some(c) => {
            let json = json!({ "version": 1, "type": c.kind, "block": c.block, "config": to_json(&c.config) });
            RealDisk
                .make_folder(&env.data_dir())
                .and_then(|()| RealDisk.replace(&path, format!("{json}\n").as_bytes()))
        }
    };
    written.map_err(|e| file_error("Writing", &path, &e).into())
}

/// Returns the selected workspace: `TF_WORKSPACE`, or what `workspace select` left.
pub(crate) fn workspace(env: &Env) -> Done<String> {
    if let Some(name) = env.get("TF_WORKSPACE") {
        return Ok(name.to_owned());
    }
    let path = env.data_dir().join("environment");
    let bytes = RealDisk
        .read(&path)
        .map_err(|e| file_error("Reading", &path, &e))?;
    let name = bytes
        .map(|b| String::from_utf8_lossy(&b).trim().to_owned())
        .unwrap_or_default();
    Ok(if name.is_empty() {
        DEFAULT_WORKSPACE.to_owned()
    } else {
        name
    })
}

/// Selects a workspace.
pub(crate) fn select_workspace(env: &Env, name: &str) -> Done<()> {
    let path = env.data_dir().join("environment");
    let written = RealDisk
        .make_folder(&env.data_dir())
        .and_then(|()| RealDisk.replace(&path, name.as_bytes()));
    written.map_err(|e| file_error("Writing", &path, &e).into())
}
