//! Stages 1 to 3: from a directory to a linked program with the values of its root variables.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use bastionless_core::{
    io::{
        RealSystem, System as _, SystemHost, VariableArgument, load_configuration_with, load_inputs,
    },
    lang::{
        graph::StaticGraph,
        inputs::{self, Origin, RawInput, RawValue, RootValues},
        link::{self, link},
        program::{Program, Variable},
    },
    plan::file::PlanFile,
};
use bastionless_model::{
    base::{Diagnostic, Diagnostics, Outcome, SourceMap, Span},
    schema::Catalogue,
};

use super::{
    Done, Failed,
    generate::forgive,
    request::{Extra, Request, VariableSource},
};

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
    /// Variables that the command line or the person at the terminal set.
    pub(crate) arguments: BTreeSet<String>,
}

/// Reads the module tree only: what `init` needs. Returns the texts and what was wrong.
pub(crate) fn tree() -> (Arc<SourceMap>, Diagnostics) {
    let mut sources = SourceMap::default();
    let inputs = load_inputs(&RealSystem, Path::new("."), &[], &mut sources).value;
    let here = Path::new(".");
    let tree = load_configuration_with(&RealSystem, here, None, Some(&inputs), &mut sources);
    (Arc::new(sources), tree.diagnostics)
}

/// Reads and links the configuration of the working directory.
pub(crate) fn program() -> Outcome<(Program, StaticGraph)> {
    program_with(&[])
}

/// Reads and links the configuration with values of constant variables from the command line, too. What is wrong with the
/// values of other variables is said where they are needed.
pub(crate) fn program_with(given: &[VariableSource]) -> Outcome<(Program, StaticGraph)> {
    let mut sources = SourceMap::default();
    let given: Vec<VariableArgument> = given.iter().map(VariableSource::argument).collect();
    let inputs = load_inputs(&RealSystem, Path::new("."), &given, &mut sources).value;
    linked(sources, None, &inputs)
}

/// The machine as functions see it.
pub(crate) type MachineHost = SystemHost<'static>;

/// Makes the surroundings of functions; now is the time of the plan.
pub(crate) fn host() -> MachineHost {
    SystemHost::new(&RealSystem, "", Some(RealSystem.now()))
}

/// Returns the time in RFC 3339, in seconds.
pub(crate) fn timestamp() -> String {
    jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

fn linked(
    mut sources: SourceMap,
    extra: Option<&Extra>,
    inputs: &[RawInput],
) -> Outcome<(Program, StaticGraph)> {
    let file = extra.map(|e| (e.name.as_str(), e.text.as_str()));
    let here = Path::new(".");
    let tree = load_configuration_with(&RealSystem, here, file, Some(inputs), &mut sources);
    let mut diagnostics = tree.diagnostics;
    let mut linked = link(Arc::new(sources), &tree.value, Catalogue::builtin());
    if let Some(stub) = extra.filter(|e| e.is_stub) {
        forgive(&mut linked.value, stub);
    }
    diagnostics.extend(linked.diagnostics);
    let graph = StaticGraph::new(&linked.value);
    if !diagnostics.has_errors() {
        diagnostics.extend(graph.diagnostics);
    }
    Outcome {
        value: (linked.value, graph.value),
        diagnostics,
    }
}

/// Asks a person for the value of a variable: name and description in, what was typed out.
pub(crate) type Ask<'a> = &'a dyn Fn(&str, Option<&str>) -> Option<String>;

/// Reads the configuration with the values of its variables; refuses what has errors. `ask` is asked for missing values;
/// `saved` is the plan that is to be applied: it keeps the values that its command line gave.
pub(crate) fn configuration(
    request: &Request,
    saved: Option<&PlanFile>,
    ask: Option<Ask<'_>>,
) -> Done<Loaded> {
    read(&request.variables, request.extra.as_ref(), saved, ask, &[])
}

/// Reads the configuration, be it empty, with the values of its variables; those that have none stay unknown.
pub(crate) fn leniently(given: &[VariableSource]) -> Done<Loaded> {
    read(given, None, None, None, &[link::NO_FILES, inputs::NO_VALUE])
}

/// Reads the configuration; errors with one of the headlines in `forgiven` are dropped.
fn read(
    given: &[VariableSource],
    extra: Option<&Extra>,
    saved: Option<&PlanFile>,
    ask: Option<Ask<'_>>,
    forgiven: &[&str],
) -> Done<Loaded> {
    let mut sources = SourceMap::default();
    let arguments: Vec<VariableArgument> = given.iter().map(VariableSource::argument).collect();
    let found = load_inputs(&RealSystem, Path::new("."), &[], &mut SourceMap::default())
        .value
        .len();
    let mut raw = load_inputs(&RealSystem, Path::new("."), &arguments, &mut sources);
    if let Some(file) = saved {
        let at = found.min(raw.value.len());
        raw.value.splice(at..at, of_plan(file, &mut sources));
    }
    let mut arguments: BTreeSet<String> = raw
        .value
        .iter()
        .skip(found)
        .map(|r| r.name.to_string())
        .collect();
    let linked = linked(sources, extra, &raw.value);
    let (program, graph) = linked.value;
    let mut diagnostics = linked.diagnostics;
    diagnostics.extend(raw.diagnostics);
    diagnostics.0.retain(|d| !forgiven.contains(&&*d.summary));
    let mut texts = program.sources.clone();
    if diagnostics.has_errors() {
        return Err(Failed::new(diagnostics, texts));
    }
    if let Some(ask) = ask {
        let more = asked(&program, &raw.value, ask, Arc::make_mut(&mut texts));
        arguments.extend(more.iter().map(|r| r.name.to_string()));
        raw.value.splice(0..0, more);
    }
    if let Some(file) = saved {
        diagnostics.extend(ephemeral(&program, &raw.value, file));
        if diagnostics.has_errors() {
            return Err(Failed::new(diagnostics, texts));
        }
    }
    let (values, problems) = inputs::root_values(&program, &raw.value);
    diagnostics.extend(problems);
    diagnostics.0.retain(|d| !forgiven.contains(&&*d.summary));
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
        arguments,
    })
}

/// Compares the ephemeral variables that are given with those that a saved plan was given: their values are not in it.
fn ephemeral(program: &Program, raw: &[RawInput], file: &PlanFile) -> Diagnostics {
    let variables = program
        .modules
        .first()
        .into_iter()
        .flat_map(|m| &m.variables);
    let problem = |(name, variable): (&Arc<str>, &Variable)| {
        let before = file.plan.set_variables.contains(name);
        let now = raw.iter().any(|r| r.name == *name);
        let (summary, detail) = match (before, now) {
            (true, false) => (
                inputs::NO_VALUE,
                format!(
                    "The ephemeral input variable {:?} was set during the plan phase, and so must also be set during the apply phase.",
                    &**name
                ),
            ),
            (false, true) => (
                "Ephemeral variable was not set during planning",
                format!(
                    "The ephemeral input variable {:?} was not set during the planning phase, and so must remain unset during the apply phase.",
                    &**name
                ),
            ),
            _ => return None,
        };
        Some(Diagnostic::error(summary, detail).at(variable.name.span))
    };
    variables
        .filter(|(_, v)| v.ephemeral)
        .filter_map(problem)
        .collect()
}

/// Returns the values that the command line of a saved plan gave.
fn of_plan(file: &PlanFile, sources: &mut SourceMap) -> Vec<RawInput> {
    let id = sources.add("<value of the saved plan>", "");
    let kept = file
        .basis
        .arguments
        .iter()
        .filter_map(|name| file.plan.variables.get_key_value(name.as_str()));
    kept.map(|(name, value)| RawInput {
        name: name.clone(),
        value: RawValue::Value(value.clone().unmark_deep().0, Span::new(id, 0, 0)),
        origin: Origin::CommandLine,
    })
    .collect()
}

/// Names the content of all configuration files; variable files are no part of it.
fn digest(program: &Program) -> String {
    let mut text = String::new();
    let files: BTreeMap<&str, &str> = program
        .sources
        .iter()
        .map(|(_, s)| (&*s.name, &*s.text))
        .filter(|(n, _)| n.ends_with(".tf") || n.ends_with(".tf.json"))
        .collect();
    for (name, content) in files {
        text.push_str(&format!("{name}\n{}\n{content}\n", content.len()));
    }
    bastionless_core::state::journal::digest(text.as_bytes())
}

/// Asks for variables that have neither a value nor a default.
fn asked(
    program: &Program,
    raw: &[RawInput],
    ask: Ask<'_>,
    sources: &mut SourceMap,
) -> Vec<RawInput> {
    let Some(root) = program.modules.first() else {
        return Vec::new();
    };
    let missing = root
        .variables
        .iter()
        .filter(|(name, v)| v.default.is_none() && !raw.iter().any(|r| r.name == **name));
    missing
        .filter_map(|(name, v)| {
            let text = ask(name, v.description.as_deref())?;
            let id = sources.add(
                format!("<value for var.{name} from the terminal>"),
                text.as_str(),
            );
            Some(RawInput {
                name: name.clone(),
                value: RawValue::Text(text, id),
                origin: Origin::CommandLine,
            })
        })
        .collect()
}
