//! The examples, planned on the cloud in memory, with changes to their texts.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use bastionless_model::{base::SourceMap, schema::Catalogue};

use crate::{
    access::{Estate, things},
    engine::{Events, Providers, Silent, answer, fake::FakeCloud},
    io::{MemorySystem, SystemHost, load_configuration, load_inputs},
    lang::{graph::StaticGraph, inputs::root_values, link::link},
    plan::{
        Options,
        finalise::Finaliser,
        policies::projected,
        settler::{Answer, Inputs, ReadKey, Round, Settler},
    },
    state::Snapshot,
};

/// A change of a text: file, what stands there once, what is to stand there.
pub(super) type Edit<'a> = (&'a str, &'a str, &'a str);

/// Returns the files of an example, changed.
fn files(example: &str, edits: &[Edit<'_>]) -> BTreeMap<PathBuf, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .join(example);
    let mut out = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "tf") {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let mut text = std::fs::read_to_string(&path).unwrap();
            for (file, from, to) in edits {
                if *file == name {
                    assert_eq!(
                        text.matches(from).count(),
                        1,
                        "{from:?} stands once in {name}"
                    );
                    text = text.replace(from, to);
                }
            }
            out.insert(Path::new("/work").join(name), text.into_bytes());
        }
    }
    for (file, _, to) in edits
        .iter()
        .filter(|(file, _, _)| !out.contains_key(&Path::new("/work").join(file)))
        .collect::<Vec<_>>()
    {
        out.insert(Path::new("/work").join(file), to.as_bytes().to_vec());
    }
    out
}

/// Plans an example and returns the state as the plan leaves it.
pub(super) fn planned(example: &str, edits: &[Edit<'_>]) -> Snapshot {
    let system = MemorySystem {
        files: files(example, edits),
        time: 1_700_000_000,
        ..MemorySystem::default()
    };
    let system: &'static MemorySystem = Box::leak(Box::new(system));
    let base = Path::new("/work");
    let mut sources = SourceMap::default();
    let tree = load_configuration(system, base, &mut sources);
    let raw = load_inputs(system, base, &[], &mut sources);
    let linked = link(Arc::new(sources), &tree.value, Catalogue::builtin());
    let graph = StaticGraph::new(&linked.value);
    let (values, problems) = root_values(&linked.value, &raw.value);
    assert!(
        !tree.diagnostics.has_errors() && !problems.has_errors(),
        "{:?}{problems:?}",
        tree.diagnostics
    );
    assert!(
        !linked.diagnostics.has_errors() && !graph.diagnostics.has_errors(),
        "{:?}{:?}",
        linked.diagnostics,
        graph.diagnostics
    );
    let (program, graph) = (Arc::new(linked.value), Arc::new(graph.value));
    let host = Arc::new(SystemHost::new(system, base, Some((1_700_000_000, 0))));
    let mut settler = Settler::new(Inputs {
        program: program.clone(),
        graph: graph.clone(),
        variables: values.values,
        set_variables: Vec::new().into_iter().collect(),
        prior: Arc::new(Snapshot::fresh(
            "11111111-1111-1111-1111-111111111111".into(),
        )),
        host: host.clone(),
        catalogue: Catalogue::builtin(),
        options: Options::default(),
    });
    let providers = Providers::new(Arc::new(FakeCloud::default()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut answers: Vec<(ReadKey, Answer)> = Vec::new();
    let plan = loop {
        match settler.advance(std::mem::take(&mut answers)) {
            Round::Needs(reads) => {
                let events: Arc<dyn Events> = Arc::new(Silent);
                answers = runtime.block_on(answer(reads, &providers, &events, 1));
            }
            Round::Done(plan) => break Arc::new(*plan),
        }
    };
    let problems = settler.take_diagnostics();
    assert!(!problems.has_errors(), "{problems:?}");
    let mut finaliser = Finaliser::new(
        program,
        graph,
        plan.clone(),
        "default",
        host,
        Catalogue::builtin(),
    );
    projected(&plan, &mut finaliser, Catalogue::builtin())
}

/// Plans an example and reads the estate as the plan leaves it.
pub(super) fn estate(example: &str, edits: &[Edit<'_>]) -> Estate {
    Estate::read(
        &things(&planned(example, edits), Catalogue::builtin()),
        None,
    )
}
