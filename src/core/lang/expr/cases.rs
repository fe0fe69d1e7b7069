//! Expressions whose results a real Terraform has given.
//!
//! `testdata/lang-differences.txt` lists where we still differ: it may only become shorter. With `BASTIONLESS_BLESS=1` it is
//! written anew and every difference is printed.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use bastionless_model::{
    base::{Diagnostic, Diagnostics, SourceMap, Span},
    value::{Kind, Marks, Step, Type, Value, to_json, type_to_json, unknown_mask},
};
use serde_json::{Value as Json, json};

use super::{Env, Scope, evaluate, references, render_template};
use crate::lang::{
    functions::{FunctionError, Host},
    program::{Reference, Subject},
    syntax::{Item, parse},
};

struct Files(PathBuf);

impl Host for Files {
    fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        let full = self.0.join(path);
        if full.is_dir() {
            return Err(format!("read {path}: is a directory"));
        }
        std::fs::read(full).map_err(|_| format!("open {path}: no such file or directory"))
    }

    fn file_exists(&self, path: &str) -> Result<bool, String> {
        let path = self.0.join(path);
        if path.is_dir() {
            return Err("is a directory, not a file".into());
        }
        Ok(path.is_file())
    }

    fn list_files(&self, dir: &str) -> Result<Vec<String>, String> {
        let base = self.0.join(dir);
        let mut found = Vec::new();
        let mut todo = vec![base.clone()];
        while let Some(dir) = todo.pop() {
            for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    todo.push(path);
                } else if let Ok(p) = path.strip_prefix(&base) {
                    found.push(p.to_string_lossy().replace('\\', "/"));
                }
            }
        }
        found.sort();
        Ok(found)
    }

    fn now(&self) -> (i64, u32) {
        (1_500_000_000, 5)
    }

    fn plan_time(&self) -> Option<(i64, u32)> {
        Some((1_500_000_000, 5))
    }

    fn uuid(&self) -> String {
        "b5ee72a3-54dd-c4b8-551c-4bdc0204cedb".into()
    }

    fn random_bytes(&self) -> [u8; 16] {
        [7; 16]
    }

    fn render_template(
        &self,
        name: &str,
        text: &str,
        vars: &Value,
    ) -> Result<Value, FunctionError> {
        render_template(self, name, text, vars)
    }

    fn home_dir(&self) -> Option<String> {
        Some("/home/me".into())
    }

    fn base_dir(&self) -> String {
        self.0.to_string_lossy().into_owned()
    }
}

/// The variables and locals that every case can see.
struct Prelude {
    plan: bool,
}

impl Prelude {
    fn value(&self, subject: &Subject) -> Option<Value> {
        let unknown = |ty| Value::unknown(ty).not_null();
        let id = || unknown(Type::String);
        Some(match subject {
            Subject::Variable(n) => match &**n {
                "in_null" => Value::NULL,
                "in_string" => "hello".into(),
                "in_list" => Value::tuple(vec!["a".into(), "b".into(), "c".into()]),
                "in_map" => Value::object([("a", Value::from(1)), ("b", Value::from(2))]),
                _ => return None,
            },
            Subject::Local(n) if self.plan => match &**n {
                "unk_string" => id(),
                "unk_number" => Value::unknown(Type::Number),
                "unk_bool" => Value::unknown(Type::Bool),
                "unk_list" => unknown(Type::list(Type::String)),
                "unk_set" => Value::unknown(Type::set(Type::Dynamic)),
                "unk_map" => Value::DYNAMIC,
                "unk_dynamic" => unknown(Type::String),
                "unk_object" => Value::object([("id", id()), ("known", "k".into())]),
                "unk_sens" => id().sensitive(),
                _ => return None,
            },
            Subject::Path(n) => match &**n {
                "cwd" => "/work/here".into(),
                _ => ".".into(),
            },
            Subject::Terraform(_) => "default".into(),
            Subject::Resource(r) if self.plan && r.to_string() == "terraform_data.unk" => {
                Value::object([
                    ("id", id()),
                    ("input", "x".into()),
                    ("output", unknown(Type::String)),
                    ("triggers_replace", Value::NULL),
                ])
            }
            _ => return None,
        })
    }

    fn undeclared(reference: &Reference) -> Diagnostic {
        let (summary, detail) = match &reference.subject {
            Subject::Variable(n) => (
                "Reference to undeclared input variable",
                format!("An input variable with the name \"{n}\" has not been declared. This variable can be declared with a variable \"{n}\" {{}} block."),
            ),
            Subject::Local(n) => (
                "Reference to undeclared local value",
                format!("A local value with the name \"{n}\" has not been declared."),
            ),
            Subject::Resource(r) => (
                "Reference to undeclared resource",
                format!(
                    "A managed resource \"{}\" \"{}\" has not been declared in the root module.",
                    r.type_name, r.name
                ),
            ),
            Subject::SelfObject => (
                "Invalid \"self\" reference",
                "The \"self\" object is not available in this context. This object can be used only in resource provisioner, connection, and postcondition blocks.".into(),
            ),
            other => ("Reference to something undeclared", format!("{other:?}")),
        };
        Diagnostic::error(summary, detail).at(reference.span)
    }
}

impl Scope for Prelude {
    fn resolve(&self, reference: &Reference) -> Result<Value, Diagnostic> {
        self.value(&reference.subject)
            .ok_or_else(|| Self::undeclared(reference))
    }
}

fn run(expr: &str, plan: bool, sources: &mut SourceMap) -> Result<Value, Diagnostics> {
    let text: Arc<str> = format!("locals {{\n  e = {expr}\n}}\n").into();
    let id = sources.add("e.tf", text.clone());
    let file = parse(id, &text);
    if file.diagnostics.has_errors() {
        return Err(file.diagnostics);
    }
    let Some(Item::Block(block)) = file.value.body.items.first() else {
        panic!("no block in {text}");
    };
    let expr = &block.body.attribute("e").unwrap().expr;
    let prelude = Prelude { plan };
    let (found, mut problems) = references(expr);
    for reference in &found {
        if let Err(d) = prelude.resolve(reference) {
            problems.push(d);
        }
    }
    if problems.has_errors() {
        return Err(problems);
    }
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("lang/testdata/lang-fixtures");
    let files = Files(root);
    evaluate(expr, &Env::new(&prelude, &files).pure_only(plan))
}

/// Numbers compare as numbers.
fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(x), Json::Number(y)) => {
            let read =
                |n: &serde_json::Number| bastionless_model::value::Number::parse(&n.to_string());
            x.to_string() == y.to_string() || (read(x).is_some() && read(x) == read(y))
        }
        (Json::Array(x), Json::Array(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(a, b)| same(a, b))
        }
        (Json::Object(x), Json::Object(y)) => {
            x.len() == y.len() && x.iter().all(|(k, v)| y.get(k).is_some_and(|w| same(v, w)))
        }
        _ => a == b,
    }
}

/// JSON as a plan shows it: what is unknown is left out of objects.
fn planned(value: &Value) -> Json {
    match value.kind() {
        Kind::Unknown(..) => Json::Null,
        Kind::Object(m) | Kind::Map(_, m) => m
            .iter()
            .filter(|(_, v)| !v.is_unknown())
            .map(|(k, v)| (k.to_string(), planned(v)))
            .collect(),
        Kind::List(_, l) | Kind::Tuple(l) | Kind::Set(_, l) => l.iter().map(planned).collect(),
        _ => to_json(value),
    }
}

fn marks(value: &Value) -> Json {
    let (_, paths) = value.clone().unmark_with_paths();
    let mut paths: Vec<Json> = paths
        .iter()
        .filter(|(_, m)| m.contains(Marks::SENSITIVE))
        .map(|(p, _)| {
            p.0.iter()
                .map(|s| match s {
                    Step::Attribute(a) => json!(&**a),
                    Step::Index(v) | Step::Element(v) => to_json(v),
                })
                .collect()
        })
        .collect();
    paths.sort_by_key(Json::to_string);
    paths.into()
}

fn wrong_value(case: &Json, value: &Value) -> Option<String> {
    let want = &case["expected"];
    let plan = case["mode"] == "plan";
    let got = if plan {
        planned(value)
    } else {
        to_json(&value.clone().unmark_deep().0)
    };
    if !same(&got, &want["ok"]) {
        return Some(format!("value {got}"));
    }
    let ty = type_to_json(&value.type_of());
    if !plan && ty != want["type"] {
        return Some(format!("type {ty}"));
    }
    if value.is_sensitive() != (want["sensitive"] == true) {
        return Some(format!("sensitive {}", value.is_sensitive()));
    }
    if plan {
        let mask = unknown_mask(value);
        let want = want.get("unknown").unwrap_or(&Json::Bool(false));
        let known = |m: &Json| value.is_wholly_known() && *m == Json::Bool(false);
        if mask != *want && !known(want) {
            return Some(format!("unknown {mask}"));
        }
    }
    if let Some(want) = want.get("marks").filter(|_| case["deep"] == true) {
        let got = marks(value);
        if got != *want {
            return Some(format!("marks {got}"));
        }
    }
    None
}

fn place(sources: &SourceMap, span: Span) -> Json {
    let Some((_, start, end)) = sources.positions(span) else {
        return Json::Null;
    };
    let prefix = "  e = ".len();
    let point = |line: usize, column: usize| {
        let column = if line == 2 { column - prefix } else { column };
        [line - 1, column]
    };
    let [a, b] = point(start.line, start.column);
    let [c, mut d] = point(end.line, end.column);
    if (a, b) == (c, d) {
        d += 1;
    }
    json!([a, b, c, d])
}

/// Tells whether one of our problems has Terraform's words and place.
fn wrong_words(case: &Json, problems: &Diagnostics, sources: &SourceMap) -> Option<String> {
    let want = &case["expected"];
    let said = |d: &Diagnostic| {
        let detail = match d.detail.split_once(" Did you mean ") {
            Some((before, _)) if before.starts_with("There is no function") => before,
            _ => &d.detail,
        };
        let at = d.primary.as_ref().map(|l| place(sources, l.span));
        (
            d.summary.to_string(),
            detail.to_owned(),
            at.unwrap_or(Json::Null),
        )
    };
    let all: Vec<_> = problems.iter().map(said).collect();
    let right = |(summary, detail, at): &(String, String, Json)| {
        *summary == want["summary"]
            && *detail == want["detail"]
            && want.get("at").is_none_or(|w| w == at)
    };
    if all.iter().any(right) || want["infinite"] == true {
        return None;
    }
    Some(format!("words {:?}", all.first()))
}

fn difference(case: &Json) -> Option<String> {
    let mut sources = SourceMap::default();
    let expr = case["expr"].as_str().unwrap();
    let result = run(expr, case["mode"] == "plan", &mut sources);
    let want_error = case["expected"]["error"] == true;
    match result {
        Ok(value) if want_error => {
            let infinite = value.as_number().is_some_and(|n| n.is_infinite());
            (!infinite).then(|| format!("accepted {}", to_json(&value)))
        }
        Ok(value) => wrong_value(case, &value),
        Err(problems) if want_error => wrong_words(case, &problems, &sources),
        Err(problems) => Some(format!(
            "refused {:?}",
            problems
                .0
                .first()
                .map(|d| format!("{}: {}", d.summary, d.detail))
        )),
    }
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "differences are printed where they are asked for"
)]
fn expressions_agree_with_terraform() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("lang/testdata");
    // Other cases can be looked at too, with `BASTIONLESS_CASES=file` and `--nocapture`.
    let other = std::env::var_os("BASTIONLESS_CASES").map(PathBuf::from);
    let own = ["lang-cases.jsonl", "function-cases.jsonl"].map(|name| folder.join(name));
    let files = other
        .clone()
        .map_or_else(|| own.to_vec(), |file| vec![file]);
    let cases: String = files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect();
    let mut found = BTreeMap::new();
    for line in cases.lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        if let Some(difference) = difference(&case) {
            let id = case["id"].as_str().unwrap().to_owned();
            let kind = difference.split(' ').next().unwrap().to_owned();
            found.insert(id, (kind, difference, case));
        }
    }
    let now: String = found
        .iter()
        .map(|(id, (kind, ..))| format!("{id} {kind}\n"))
        .collect();
    let file = folder.join("lang-differences.txt");
    let before = std::fs::read_to_string(&file).unwrap_or_default();
    if other.is_some() || std::env::var_os("BASTIONLESS_BLESS").is_some() {
        if other.is_none() {
            std::fs::write(&file, &now).unwrap();
        }
        for (kind, difference, case) in found.values() {
            println!(
                "{kind} | {} | {difference} | {}",
                case["expr"], case["expected"]
            );
        }
        return;
    }
    let known: Vec<&str> = before.lines().collect();
    let new: Vec<String> = found
        .iter()
        .filter(|(id, (kind, ..))| !known.contains(&format!("{id} {kind}").as_str()))
        .map(|(_, (_, difference, case))| format!("{} | {difference}", case["expr"]))
        .collect();
    assert!(
        new.is_empty(),
        "new differences to Terraform:\n{}",
        new.join("\n")
    );
}
