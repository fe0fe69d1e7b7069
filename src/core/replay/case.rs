//! A recorded case.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::{Value as Json, json};

use crate::{
    io::{MemorySystem, RealSystem, System, VariableArgument},
    lang::{Target, address::AbsInstance},
    plan::{Mode, Options},
};

/// One of the two steps.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// What is applied first.
    First,
    /// What is looked at.
    Second,
}

/// A recorded case.
pub(super) struct Case {
    /// Its arguments and what came of it.
    pub(super) expected: Json,
    /// The machine with the files of the first step, where that is carried out too: cases of the lab have no state.
    pub(super) first: Option<Arc<dyn System>>,
    /// The machine with the files of the second step.
    pub(super) system: Arc<dyn System>,
    /// Where its root module is.
    pub(super) base: PathBuf,
    /// The text of the state after the first step, if there was one.
    pub(super) state: Option<String>,
    /// What data sources answered, by address.
    pub(super) data: BTreeMap<String, Json>,
    /// Objects that are imported, by address.
    pub(super) imported: BTreeMap<String, Json>,
}

impl Case {
    /// Reads a case.
    pub(super) fn read(dir: &Path) -> Self {
        let json = |name: &str| -> Option<Json> {
            let text = std::fs::read_to_string(dir.join(name)).ok()?;
            Some(serde_json::from_str(&text).unwrap())
        };
        let expected = json("expected.json").unwrap();
        let mut files = BTreeMap::new();
        // Configuration files of the first step are gone in the second, other files are still there.
        collect(&dir.join("step1"), &mut files);
        let is_old = |p: &PathBuf| {
            !matches!(
                p.extension().and_then(|e| e.to_str()),
                Some("tf" | "tfvars" | "json")
            )
        };
        files.retain(|p, _| is_old(p));
        collect(&dir.join("step2"), &mut files);
        let system = machine(files);
        let first = matches!(expected["provider"].as_str(), Some("lab" | "terraform")).then(|| {
            let mut files = BTreeMap::new();
            collect(&dir.join("step1"), &mut files);
            machine(files)
        });
        let state = json("step1.tfstate.json").map(|mut state| {
            let state_object = state.as_object_mut().unwrap();
            state_object.insert(
                "lineage".into(),
                "00000000-0000-4000-8000-000000000001".into(),
            );
            state.to_string()
        });
        let data = json("data.json")
            .map(|d| serde_json::from_value(d).unwrap())
            .unwrap_or_default();
        let imported = imported(&expected);
        Self {
            expected,
            first,
            system,
            base: PathBuf::new(),
            state,
            data,
            imported,
        }
    }

    /// Makes a case of one step of a configuration with the values of its variables.
    pub(super) fn of_configuration(case: &Json) -> Self {
        let text = |v: &Json| v.as_str().unwrap_or_default().as_bytes().to_vec();
        let config = case["config"].as_object().unwrap();
        let mut files: BTreeMap<PathBuf, Vec<u8>> =
            config.iter().map(|(k, v)| (k.into(), text(v))).collect();
        if let Some(vars) = case.get("vars").filter(|v| !v.is_null()) {
            files.insert(
                "terraform.tfvars.json".into(),
                vars.to_string().into_bytes(),
            );
        }
        let system = machine(files);
        Self {
            expected: json!({}),
            first: Some(system.clone()),
            system,
            base: PathBuf::new(),
            state: None,
            data: BTreeMap::new(),
            imported: BTreeMap::new(),
        }
    }

    /// Reads the recording of a public configuration, whose files are in `root`.
    #[cfg_attr(
        not(feature = "public-roots"),
        allow(dead_code, reason = "for the replay of public configurations")
    )]
    pub(super) fn of_root(recording: &Json, root: &Path) -> Self {
        let plan = &recording["plan"];
        let mut step2 = plan.as_object().unwrap().clone();
        step2.insert("plan_exit".into(), plan["exit"].clone());
        for part in ["apply", "replan"] {
            if let Some(exit) = recording.get(part).and_then(|p| p.get("exit")) {
                step2.insert(format!("{part}_exit"), exit.clone());
            }
        }
        let mut arguments = Vec::new();
        if recording["tfvars"]
            .as_object()
            .is_some_and(|t| !t.is_empty())
        {
            arguments.push("-var-file=replay.tfvars.json");
        }
        let mut data = BTreeMap::new();
        answers(&plan["data"]["root_module"], &mut data);
        Self {
            expected: json!({ "step2": step2, "step2_args": arguments }),
            first: None,
            system: Arc::new(RealSystem),
            base: root.to_owned(),
            state: None,
            data,
            imported: BTreeMap::new(),
        }
    }

    fn arguments(&self, step: Step) -> Vec<&str> {
        let key = match step {
            Step::First => "step1_args",
            Step::Second => "step2_args",
        };
        let given = self.expected.get(key).and_then(Json::as_array);
        given
            .into_iter()
            .flatten()
            .map(|a| a.as_str().unwrap())
            .collect()
    }

    /// Returns `-var` and `-var-file`.
    pub(super) fn variables(&self, step: Step) -> Vec<VariableArgument> {
        let one = |a: &str| {
            let value = a
                .strip_prefix("-var=")
                .map(|v| VariableArgument::Value(v.into()));
            value.or_else(|| {
                a.strip_prefix("-var-file=")
                    .map(|v| VariableArgument::File(v.into()))
            })
        };
        self.arguments(step).into_iter().filter_map(one).collect()
    }

    /// Returns the options of the plan.
    pub(super) fn options(&self, step: Step) -> Options {
        let mut options = Options::default();
        for a in self.arguments(step) {
            match a.split_once('=') {
                Some(("-target", t)) => options.targets.push(Target::parse(t).unwrap()),
                Some(("-replace", i)) => options.replace.push(AbsInstance::parse(i).unwrap()),
                Some(("-var" | "-var-file", _)) => {}
                None if a == "-refresh-only" => options.mode = Mode::RefreshOnly,
                Some(("-refresh", "false")) => options.refresh = false,
                None if a == "-destroy" => options.mode = Mode::Destroy,
                _ => panic!("the replay does not know the option {a}"),
            }
        }
        options.workspace = Arc::from("default");
        options
    }
}

fn machine(files: BTreeMap<PathBuf, Vec<u8>>) -> Arc<dyn System> {
    Arc::new(MemorySystem {
        files,
        time: 1_700_000_000,
        ..MemorySystem::default()
    })
}

/// Collects what the data sources of a module tree answered.
#[cfg_attr(
    not(feature = "public-roots"),
    allow(dead_code, reason = "for the replay of public configurations")
)]
fn answers(module: &Json, found: &mut BTreeMap<String, Json>) {
    let list = |key: &str| {
        module
            .get(key)
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
    };
    for r in list("resources").filter(|r| r["mode"] == "data") {
        found.insert(
            r["address"].as_str().unwrap().to_owned(),
            r["values"].clone(),
        );
    }
    for child in list("child_modules") {
        answers(child, found);
    }
}

/// Returns what imported objects were like.
fn imported(expected: &Json) -> BTreeMap<String, Json> {
    let changes = expected
        .pointer("/step2/resource_changes")
        .and_then(Json::as_array);
    changes
        .into_iter()
        .flatten()
        .filter(|c| c.get("importing").is_some())
        .map(|c| {
            (
                c["address"].as_str().unwrap().to_owned(),
                c["before"].clone(),
            )
        })
        .collect()
}

fn collect(dir: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    fn walk(root: &Path, at: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in std::fs::read_dir(at).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, files);
            } else {
                let name = path.strip_prefix(root).unwrap().to_owned();
                files.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    walk(dir, dir, files);
}
