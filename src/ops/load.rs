//! Stages 1 to 3: from a directory to a linked program with the values of its root variables.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use bastionless_core::{
    io::DiskModules,
    lang::{
        graph::StaticGraph,
        inputs::{self, Origin, RawInput, RawValue, RootValues},
        link::{link, load},
        program::Program,
    },
};
use bastionless_model::{
    base::{Diagnostic, Diagnostics, Outcome, SourceMap},
    schema::Catalogue,
};

use super::{Done, Failed, env::Env, request::VariableSource};

/// A configuration, ready to be planned.
pub(crate) struct Loaded {
    /// The linked program.
    pub(crate) program: Arc<Program>,
    /// Its graph.
    pub(crate) graph: Arc<StaticGraph>,
    /// Values of the root variables.
    pub(crate) values: RootValues,
    /// The texts, variable files included.
    pub(crate) sources: Arc<SourceMap>,
    /// Warnings.
    pub(crate) warnings: Diagnostics,
    /// SHA-256 over all configuration files, hexadecimal.
    pub(crate) digest: String,
}

/// Reads the module tree only: what `init` needs. Returns the texts and what was wrong.
pub(crate) fn tree(env: &Env) -> (Arc<SourceMap>, Diagnostics) {
    let mut sources = SourceMap::default();
    let modules = DiskModules::new(&[env.data_dir(), PathBuf::from(".terraform")]);
    let tree = load(".", &modules, &mut sources);
    (Arc::new(sources), tree.diagnostics)
}

/// Reads and links the configuration of the working directory.
pub(crate) fn program(env: &Env) -> Outcome<(Program, StaticGraph)> {
    linked(env, SourceMap::default())
}

fn linked(env: &Env, mut sources: SourceMap) -> Outcome<(Program, StaticGraph)> {
    let modules = DiskModules::new(&[env.data_dir(), PathBuf::from(".terraform")]);
    let tree = load(".", &modules, &mut sources);
    let mut diagnostics = tree.diagnostics;
    let linked = link(Arc::new(sources), &tree.value, Catalogue::builtin());
    diagnostics.extend(linked.diagnostics);
    let graph = StaticGraph::new(&linked.value);
    if !diagnostics.has_errors() {
        diagnostics.extend(graph.diagnostics);
    }
    Outcome { value: (linked.value, graph.value), diagnostics }
}

/// Reads the configuration with the values of its variables; refuses what has errors. `ask` is asked for missing values.
pub(crate) fn configuration(
    env: &Env,
    given: &[VariableSource],
    ask: Option<&dyn Fn(&str, Option<&str>) -> Option<String>>,
) -> Done<Loaded> {
    let mut sources = SourceMap::default();
    let mut raw = Outcome { value: Vec::new(), diagnostics: Diagnostics::default() };
    collect(env, given, &mut sources, &mut raw);
    let linked = linked(env, sources);
    let (program, graph) = linked.value;
    let mut diagnostics = linked.diagnostics;
    diagnostics.extend(raw.diagnostics);
    let mut texts = program.sources.clone();
    if diagnostics.has_errors() {
        return Err(Failed::new(diagnostics, texts));
    }
    if let Some(ask) = ask {
        let more = asked(&program, &raw.value, ask, Arc::make_mut(&mut texts));
        raw.value.splice(0..0, more);
    }
    let (values, problems) = inputs::root_values(&program, &raw.value);
    diagnostics.extend(problems);
    if diagnostics.has_errors() {
        return Err(Failed::new(diagnostics, texts));
    }
    let digest = digest(&program);
    Ok(Loaded {
        program: Arc::new(program),
        graph: Arc::new(graph),
        values,
        sources: texts,
        warnings: diagnostics,
        digest,
    })
}

/// Names the content of all configuration files; variable files are no part of it.
fn digest(program: &Program) -> String {
    let mut text = String::new();
    let files: BTreeMap<&str, &str> =
        program.sources.iter().map(|(_, s)| (&*s.name, &*s.text)).filter(|(n, _)| n.ends_with(".tf") || n.ends_with(".tf.json")).collect();
    for (name, content) in files {
        text.push_str(&format!("{name}\n{}\n{content}\n", content.len()));
    }
    bastionless_core::state::journal::digest(text.as_bytes())
}

/// Collects values in ascending order of precedence: environment, `terraform.tfvars`, `*.auto.tfvars`, command line.
fn collect(env: &Env, given: &[VariableSource], sources: &mut SourceMap, raw: &mut Outcome<Vec<RawInput>>) {
    for (key, text) in &env.0 {
        if let Some(name) = key.strip_prefix("TF_VAR_").filter(|n| !n.is_empty()) {
            let id = sources.add(format!("<value for var.{name} from environment>"), text.as_str());
            raw.value.push(RawInput { name: name.into(), value: RawValue::Text(text.clone(), id), origin: Origin::Environment });
        }
    }
    for path in ["terraform.tfvars", "terraform.tfvars.json"].map(PathBuf::from).into_iter().chain(automatic()) {
        if path.is_file() {
            read_file(&path, sources, raw);
        }
    }
    for source in given {
        match source {
            VariableSource::File(path) => read_file(Path::new(path), sources, raw),
            VariableSource::Text(name, text) => {
                let id = sources.add(format!("<value for var.{name} from the command line>"), text.as_str());
                let value = RawValue::Text(text.clone(), id);
                raw.value.push(RawInput { name: name.as_str().into(), value, origin: Origin::CommandLine });
            }
        }
    }
}

/// Returns `*.auto.tfvars` and `*.auto.tfvars.json`, sorted by name.
fn automatic() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(".").into_iter().flatten().flatten();
    let mut out: Vec<PathBuf> = entries
        .map(|e| PathBuf::from(e.file_name()))
        .filter(|p| {
            let name = p.to_string_lossy();
            name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json")
        })
        .collect();
    out.sort();
    out
}

fn read_file(path: &Path, sources: &mut SourceMap, raw: &mut Outcome<Vec<RawInput>>) {
    let name = path.to_string_lossy().into_owned();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) => {
            let detail = format!("Given variables file {name} could not be read: {e}.");
            raw.diagnostics.push(Diagnostic::error("Failed to read variables file", detail));
            return;
        }
    };
    let id = sources.add(name.clone(), text.as_str());
    let read = if name.ends_with(".json") { inputs::from_json(id, &name, &text) } else { inputs::from_tfvars(id, &name, &text) };
    raw.value.extend(read.value);
    raw.diagnostics.extend(read.diagnostics);
}

/// Asks for variables that have neither a value nor a default.
fn asked(
    program: &Program,
    raw: &[RawInput],
    ask: &dyn Fn(&str, Option<&str>) -> Option<String>,
    sources: &mut SourceMap,
) -> Vec<RawInput> {
    let Some(root) = program.modules.first() else { return Vec::new() };
    let missing = root.variables.iter().filter(|(name, v)| v.default.is_none() && !raw.iter().any(|r| r.name == **name));
    missing
        .filter_map(|(name, v)| {
            let text = ask(name, v.description.as_deref())?;
            let id = sources.add(format!("<value for var.{name} from the terminal>"), text.as_str());
            Some(RawInput { name: name.clone(), value: RawValue::Text(text, id), origin: Origin::CommandLine })
        })
        .collect()
}
