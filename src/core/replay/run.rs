//! Carries out a case and says what came of it, in the shape of the recording.

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Severity, SourceMap},
    cloud::{Clouds, Observed},
    schema::Catalogue,
    value::Value,
};
use serde_json::{Map as JsonMap, Value as Json, json};

use super::{
    case::{Case, Step},
    ids::Ids,
    lab::{self, Lab},
    order::order,
};
use crate::{
    engine::{Applied, Apply, Cancel, Events, Providers, Silent, answer, fake::FakeCloud},
    io::{RealDisk, System, SystemHost, VariableArgument, load_configuration_with, load_inputs},
    lang::{
        address::Mode,
        graph::StaticGraph,
        inputs::{RootValues, root_values},
        link::link,
        program::Program,
    },
    plan::{
        Options, Plan,
        file::{Basis, PlanFile},
        finalise::Finaliser,
        settler::{Answer, Inputs, Read, ReadKey, Round, Settler},
    },
    report::plan_json,
    state::{Snapshot, Status, read_value},
    store::{Backend as _, DEFAULT_WORKSPACE, LocalBackend, LocalPaths, StateStore, open},
};

/// A configuration, ready to be planned.
struct Loaded {
    program: Arc<Program>,
    graph: Arc<StaticGraph>,
    values: RootValues,
}

/// Where a case is carried out.
struct Bench<'a> {
    case: &'a Case,
    cloud: FakeCloud,
    catalogue: &'static Catalogue,
    host: Arc<SystemHost<'static>>,
    store: Arc<dyn StateStore>,
    sources: Arc<SourceMap>,
}

/// Carries out the second step of a case; the first too, where the case has no state.
pub(super) fn run(case: &Case) -> Json {
    on_bench(case, async |mut bench| {
        let mut ids = Ids::default();
        let Some(first) = &case.first else {
            return bench.second(&mut ids).await;
        };
        let first = bench.first(&**first).await;
        let prior = open(&*bench.store, &RealDisk).await.unwrap().snapshot;
        ids.learn(&prior, 1);
        let mut out = bench.second(&mut ids).await;
        out["step1"] = first;
        ids.mask(&out)
    })
}

/// Applies a configuration and says what is in its outputs, or what was wrong.
pub(super) fn apply_once(case: &Case) -> Json {
    on_bench(case, async |mut bench| {
        let mut out = bench.first(&*case.system).await;
        let after = open(&*bench.store, &RealDisk).await.unwrap().snapshot;
        let state: Json = serde_json::from_str(&after.write().unwrap()).unwrap();
        out["outputs"] = state["outputs"].clone();
        out
    })
}

fn on_bench<'c>(case: &'c Case, work: impl AsyncFnOnce(Bench<'c>) -> Json) -> Json {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    if let Some(state) = &case.state {
        std::fs::write(folder.path().join("bastionless.tfstate"), state).unwrap();
    }
    let system: &'static Arc<dyn System> = Box::leak(Box::new(case.system.clone()));
    let system: &'static dyn System = &**system;
    let paths = LocalPaths::in_directory(folder.path());
    let bench = Bench {
        case,
        cloud: FakeCloud::default(),
        catalogue: match case.first {
            Some(_) => lab::catalogue(),
            None => Catalogue::builtin(),
        },
        host: Arc::new(SystemHost::new(
            system,
            &case.base,
            Some((1_700_000_000, 0)),
        )),
        store: LocalBackend::new(paths, Arc::new(RealDisk)).state(DEFAULT_WORKSPACE),
        sources: Arc::default(),
    };
    runtime.block_on(work(bench))
}

impl Bench<'_> {
    /// Applies the first step.
    async fn first(&mut self, system: &dyn System) -> Json {
        let (loaded, mut diagnostics) = self.load(system, &self.case.variables(Step::First));
        let Some(loaded) = loaded else {
            return json!({ "apply_exit": 1, "diagnostics": self.told(&diagnostics) });
        };
        let providers = self.providers();
        let options = self.case.options(Step::First);
        let (plan, more) = self.plan(&loaded, options, &providers).await;
        diagnostics.extend(more);
        if plan.errored || diagnostics.has_errors() {
            return json!({ "apply_exit": 1, "diagnostics": self.told(&diagnostics) });
        }
        let applied = self.apply(&loaded, plan, providers).await;
        diagnostics.extend(applied.diagnostics);
        let exit = i32::from(diagnostics.has_errors());
        json!({ "apply_exit": exit, "diagnostics": self.told(&diagnostics) })
    }

    async fn second(&mut self, ids: &mut Ids) -> Json {
        let mut out = JsonMap::new();
        let prior = open(&*self.store, &RealDisk).await.unwrap().snapshot;
        self.fill(&prior);
        let (loaded, mut diagnostics) =
            self.load(&*self.case.system, &self.case.variables(Step::Second));
        let Some(loaded) = loaded else {
            out.insert("plan_exit".into(), 1.into());
            out.insert("diagnostics".into(), self.told(&diagnostics));
            return Json::Object(out);
        };
        let providers = self.providers();
        let options = self.case.options(Step::Second);
        let (plan, more) = self.plan(&loaded, options, &providers).await;
        diagnostics.extend(more);
        let failed = plan.errored || diagnostics.has_errors();
        out.insert("plan_exit".into(), exit(failed, &plan).into());
        out.insert("diagnostics".into(), self.told(&diagnostics));
        if !plan.void {
            self.planned(&plan, &mut out);
        }
        if failed {
            return Json::Object(out);
        }
        let (_, pairs) = order(&plan);
        out.insert("apply_order".into(), json!(pairs));
        let applied = self.apply(&loaded, plan, providers).await;
        ids.learn(&applied.snapshot, 2);
        self.applied(&applied, &mut out);
        self.replanned(&mut out).await;
        Json::Object(out)
    }

    /// Plans once more, to see what is left to do.
    async fn replanned(&mut self, out: &mut JsonMap<String, Json>) {
        let (Some(loaded), _) = self.load(&*self.case.system, &self.again()) else {
            return;
        };
        let providers = self.providers();
        let (plan, more) = self.plan(&loaded, Options::default(), &providers).await;
        let failed = plan.errored || more.has_errors();
        out.insert("replan_exit".into(), exit(failed, &plan).into());
        if exit(failed, &plan) != 0 {
            let mut second = JsonMap::new();
            self.planned(&plan, &mut second);
            let list = second
                .get("resource_changes")
                .and_then(Json::as_array)
                .into_iter()
                .flatten();
            let left: Vec<&Json> = list.filter(|c| c["actions"] != json!(["no-op"])).collect();
            out.insert("second_plan".into(), json!([left, self.told(&more)]));
        }
    }

    /// Returns the arguments of the second plan: a file of values stays, a value on the command line was for once.
    fn again(&self) -> Vec<VariableArgument> {
        let mut arguments = self.case.variables(Step::Second);
        arguments.retain(|a| matches!(a, VariableArgument::File(_)));
        arguments
    }

    /// Returns the clouds of a run; states of other configurations are among the files of the case.
    fn providers(&self) -> Providers {
        let system = self.case.system.clone();
        let clouds: Arc<dyn Clouds> = match self.case.first {
            Some(_) => Arc::new(Lab),
            None => Arc::new(self.cloud.clone()),
        };
        Providers::new(clouds).reading_files(move |path| Ok(system.read(path).ok()))
    }

    /// Puts the objects of the state into the cloud.
    fn fill(&self, prior: &Snapshot) {
        for (address, _, instance) in prior.instances() {
            let type_name = &address.resource.resource.type_name;
            let Some(schema) = Catalogue::builtin().managed(type_name) else {
                continue;
            };
            for object in instance.current.iter().chain(instance.deposed.values()) {
                if let (Ok(value), Some(id)) = (object.decode(&schema), object.text_attribute("id"))
                {
                    self.cloud.adopt(type_name, &id, value.unmark_deep().0);
                }
            }
        }
    }

    /// Reads, links, and gives the variables their values.
    fn load(
        &mut self,
        system: &dyn System,
        arguments: &[VariableArgument],
    ) -> (Option<Loaded>, Diagnostics) {
        let mut sources = SourceMap::default();
        let base = &*self.case.base;
        let raw = load_inputs(system, base, arguments, &mut sources);
        let inputs = Some(&*raw.value);
        let tree = load_configuration_with(system, base, None, inputs, &mut sources);
        self.sources = Arc::new(sources);
        let mut diagnostics = tree.diagnostics;
        let linked = link(self.sources.clone(), &tree.value, self.catalogue);
        diagnostics.extend(linked.diagnostics);
        diagnostics.extend(raw.diagnostics);
        let graph = StaticGraph::new(&linked.value);
        if !diagnostics.has_errors() {
            diagnostics.extend(graph.diagnostics);
        }
        if diagnostics.has_errors() {
            return (None, diagnostics);
        }
        let (values, problems) = root_values(&linked.value, &raw.value);
        diagnostics.extend(problems);
        let loaded = Loaded {
            program: Arc::new(linked.value),
            graph: Arc::new(graph.value),
            values,
        };
        let failed = diagnostics.has_errors();
        ((!failed).then_some(loaded), diagnostics)
    }

    async fn plan(
        &self,
        loaded: &Loaded,
        options: Options,
        providers: &Providers,
    ) -> (Plan, Diagnostics) {
        let prior = open(&*self.store, &RealDisk).await.unwrap();
        let mut settler = Settler::new(Inputs {
            program: loaded.program.clone(),
            graph: loaded.graph.clone(),
            variables: loaded.values.values.clone(),
            set_variables: loaded.values.set.iter().cloned().collect(),
            prior: Arc::new(prior.snapshot),
            host: self.host.clone(),
            catalogue: self.catalogue,
            options,
        });
        let mut answers: Vec<(ReadKey, Answer)> = Vec::new();
        let plan = loop {
            match settler.advance(std::mem::take(&mut answers)) {
                Round::Needs(reads) => {
                    let (known, open): (Vec<_>, Vec<_>) = reads
                        .into_iter()
                        .map(|r| (self.recorded(&r), r))
                        .partition(|(a, _)| a.is_some());
                    let open = open.into_iter().map(|(_, r)| r).collect();
                    let events: Arc<dyn Events> = Arc::new(Silent);
                    answers = answer(open, providers, &events, 1).await;
                    answers.extend(known.into_iter().filter_map(|(a, r)| Some((r.key, a?))));
                }
                Round::Done(plan) => break *plan,
            }
        };
        (plan, settler.take_diagnostics())
    }

    /// Returns the recorded answer to a question, where there is one.
    fn recorded(&self, read: &Read) -> Option<Answer> {
        if self.case.first.is_some() {
            return None;
        }
        let value = |found: &Json, address: &crate::lang::address::AbsInstance| {
            let resource = &address.resource.resource;
            let schema = match resource.mode {
                Mode::Managed => self.catalogue.managed(&resource.type_name),
                Mode::Data => self.catalogue.data(&resource.type_name),
            }?;
            read_value(&found.to_string(), &schema.block.implied_type()).ok()
        };
        match &read.key {
            // Documents are made by us, everything else is what the recording provider answered.
            ReadKey::Data(a) if &*a.resource.resource.type_name == "aws_iam_policy_document" => {
                None
            }
            ReadKey::Data(a) => value(self.case.data.get(&a.to_string())?, a).map(Answer::Found),
            ReadKey::Import(a) => {
                let found: Value = value(self.case.imported.get(&a.to_string())?, a)?;
                let id = found.get_str("id").unwrap_or_default().to_owned();
                self.cloud
                    .adopt(&a.resource.resource.type_name, &id, found.clone());
                Some(Answer::Observed(Observed::Present(found)))
            }
            _ => None,
        }
    }

    fn planned(&self, plan: &Plan, out: &mut JsonMap<String, Json>) {
        let file = PlanFile {
            plan: plan.clone(),
            basis: Basis {
                lineage: String::new(),
                serial: 0,
                state_digest: String::new(),
                config_digest: String::new(),
                workspace: "default".into(),
                backend: String::new(),
                arguments: Vec::new(),
            },
            timestamp: String::new(),
            configuration: Json::Null,
            judgement: Json::Null,
        };
        let json = plan_json(&file, self.catalogue);
        let changes = json.get("resource_changes").and_then(Json::as_array);
        let changes: Vec<Json> = changes.into_iter().flatten().map(flat).collect();
        out.insert("resource_changes".into(), changes.into());
        for key in [
            "output_changes",
            "checks",
            "applyable",
            "complete",
            "errored",
        ] {
            if let Some(v) = json.get(key) {
                out.insert(key.into(), v.clone());
            }
        }
        out.entry("output_changes").or_insert_with(|| json!({}));
    }

    async fn apply(&self, loaded: &Loaded, plan: Plan, providers: Providers) -> Applied {
        let plan = Arc::new(plan);
        let evaluate = Finaliser::new(
            loaded.program.clone(),
            loaded.graph.clone(),
            plan.clone(),
            "default",
            self.host.clone(),
            self.catalogue,
        );
        let run = Apply {
            plan,
            catalogue: self.catalogue,
            providers,
            store: self.store.clone(),
            prior: open(&*self.store, &RealDisk).await.unwrap(),
            evaluate: Box::new(evaluate),
            parallelism: 1,
            events: Arc::new(Silent),
            cancel: Cancel::default(),
            disk: Arc::new(RealDisk),
        };
        run.run().await
    }

    fn applied(&self, applied: &Applied, out: &mut JsonMap<String, Json>) {
        out.insert(
            "apply_exit".into(),
            i32::from(applied.diagnostics.has_errors()).into(),
        );
        out.insert("apply_diagnostics".into(), self.told(&applied.diagnostics));
        let mut after = Vec::new();
        for (address, _, instance) in applied.snapshot.instances() {
            if let Some(object) = &instance.current {
                let tainted = if object.status == Status::Tainted {
                    " (tainted)"
                } else {
                    ""
                };
                after.push(format!("{address}{tainted}"));
            }
            after.extend(
                instance
                    .deposed
                    .keys()
                    .map(|_| format!("{address} (deposed)")),
            );
        }
        after.sort();
        out.insert("state_after".into(), json!(after));
        let state: Json = serde_json::from_str(&applied.snapshot.write().unwrap()).unwrap();
        out.insert("outputs_after".into(), state["outputs"].clone());
    }

    /// Returns the words of the lab for a call that failed: our headline is one for all, theirs are in the text.
    fn provider_words(&self, d: &Diagnostic) -> Option<&'static str> {
        let ours = [
            "Creating an object failed",
            "Changing an object failed",
            "Destroying an object failed",
            "Reading a data source failed",
            "Reading failed",
            "Import failed",
        ];
        let is_ours = self.case.first.is_some() && ours.contains(&&*d.summary);
        lab::WORDS
            .into_iter()
            .find(|w| is_ours && d.detail.contains(&format!("{w}: ")))
    }

    fn told(&self, diagnostics: &Diagnostics) -> Json {
        let one = |d: &Diagnostic| {
            let severity = match d.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let summary = self.provider_words(d).unwrap_or(&d.summary);
            let mut out = json!({ "severity": severity, "summary": summary, "detail": d.detail });
            if let Some((source, start, _)) = d
                .primary
                .as_ref()
                .and_then(|l| self.sources.positions(l.span))
            {
                out["at"] = json!([&*source.name, start.line, start.column]);
            }
            out
        };
        diagnostics.iter().map(one).collect()
    }
}

fn exit(failed: bool, plan: &Plan) -> i32 {
    match (failed, plan.is_applyable()) {
        (true, _) => 1,
        (false, true) => 2,
        (false, false) => 0,
    }
}

/// Brings a change of the plan JSON into the shape of the recording.
fn flat(change: &Json) -> Json {
    let mut out = JsonMap::new();
    for key in ["address", "previous_address", "action_reason", "deposed"] {
        if let Some(v) = change.get(key) {
            out.insert(key.into(), v.clone());
        }
    }
    for (key, v) in change["change"].as_object().into_iter().flatten() {
        out.insert(key.clone(), v.clone());
    }
    Json::Object(out)
}
