use std::{collections::BTreeMap, fmt::Write as _};

use bastionless_model::{
    base::{Diagnostics, SourceMap},
    schema::{Attribute, Block, Equivalence, Mode, NestedBlock, Nesting, Replace},
    value::{Type, Value, to_json, unknown_mask},
};

use super::*;
use crate::lang::{
    functions::{FunctionError, Host},
    syntax::parse,
};

struct Nothing;

impl Host for Nothing {
    fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        Err(format!("open {path}: no such file or directory"))
    }
    fn file_exists(&self, _: &str) -> Result<bool, String> {
        Ok(false)
    }
    fn list_files(&self, _: &str) -> Result<Vec<String>, String> {
        Ok(Vec::new())
    }
    fn now(&self) -> (i64, u32) {
        (0, 0)
    }
    fn plan_time(&self) -> Option<(i64, u32)> {
        None
    }
    fn uuid(&self) -> String {
        String::new()
    }
    fn random_bytes(&self) -> [u8; 16] {
        [0; 16]
    }
    fn render_template(&self, n: &str, t: &str, v: &Value) -> Result<Value, FunctionError> {
        render_template(self, n, t, v)
    }
    fn home_dir(&self) -> Option<String> {
        None
    }
    fn base_dir(&self) -> String {
        ".".into()
    }
}

/// Every reference is an unknown text; `local.secret` is sensitive.
struct Unknowns;

impl Scope for Unknowns {
    fn resolve(&self, reference: &Reference) -> Result<Value, Diagnostic> {
        let secret = format!("{:?}", reference.subject).contains("secret");
        let value = Value::unknown(if reference.span.start == 0 {
            Type::String
        } else {
            Type::list(Type::String)
        });
        Ok(if secret {
            Value::tuple(vec!["s".into()]).sensitive()
        } else {
            value
        })
    }
}

fn attribute(ty: Type, mode: Mode) -> Attribute {
    Attribute {
        ty,
        mode,
        sensitive: false,
        write_only: false,
        default: None,
        replace: Replace::Never,
        unknown_when_changed: Vec::new(),
        equivalence: Equivalence::Exact,
        volatile: false,
        unread: false,
        keep_when_absent: false,
        as_blocks: None,
        values: Vec::new(),
        format: None,
        range: None,
        deprecated: None,
        description: String::new(),
    }
}

fn nested(nesting: Nesting, min: usize, max: Option<usize>) -> NestedBlock {
    let names = ["key", "value"].map(|n| (n.into(), attribute(Type::String, Mode::Optional)));
    NestedBlock {
        nesting,
        min,
        max,
        block: Block {
            attributes: names.into_iter().collect(),
            blocks: BTreeMap::new(),
            deprecated: None,
        },
        computed: false,
        replace: Replace::Never,
        keep_when_absent: false,
        unread: false,
        description: String::new(),
    }
}

fn schema() -> Block {
    let mut ingress = attribute(
        Type::list(nested(Nesting::List, 0, None).block.implied_type()),
        Mode::OptionalComputed,
    );
    ingress.as_blocks = Some(Box::new(nested(Nesting::List, 0, None)));
    let attributes = [
        ("name", attribute(Type::String, Mode::Required)),
        ("size", attribute(Type::Number, Mode::Optional)),
        ("ingress", ingress),
    ];
    let blocks = [
        ("item", nested(Nesting::List, 0, None)),
        ("rule", nested(Nesting::Set, 0, None)),
        ("one", nested(Nesting::List, 0, Some(1))),
        ("single", nested(Nesting::Single, 0, Some(1))),
        ("kv", nested(Nesting::Map, 0, None)),
    ];
    Block {
        attributes: attributes.map(|(k, v)| (k.into(), v)).into(),
        blocks: blocks.map(|(k, v)| (k.into(), v)).into(),
        deprecated: None,
    }
}

fn said(diagnostics: &Diagnostics, sources: &SourceMap) -> String {
    let mut out = String::new();
    for d in diagnostics.iter() {
        let span = d.primary.as_ref().unwrap().span;
        let (_, s, _) = sources.positions(span).unwrap();
        let text = sources.text(span).lines().next().unwrap_or("");
        writeln!(out, "{}:{} `{text}` {}: {}", s.line, s.column, d.summary, d.detail).unwrap();
    }
    out
}

/// Decodes the text as a body: what is wrong, or the value with what is unknown in it.
fn body(text: &str) -> String {
    let mut sources = SourceMap::default();
    let id = sources.add("a.tf", text);
    let file = parse(id, text);
    assert!(file.diagnostics.is_empty(), "{:?}", file.diagnostics);
    let block = file.value.body.blocks().next().unwrap();
    let mut problems = validate_body(&block.body, &schema());
    let (value, more) = decode_body(&block.body, &schema(), &Env::new(&Unknowns, &Nothing));
    problems.extend(more);
    if !problems.is_empty() {
        return said(&problems, &sources);
    }
    let set = |v: &serde_json::Value| !v.is_null() && *v != serde_json::json!([]) && *v != serde_json::json!({});
    let mut shown = to_json(&value.clone().unmark_deep().0);
    if let Some(m) = shown.as_object_mut() {
        m.retain(|_, v| set(v));
    }
    let mut mask = unknown_mask(&value);
    if let Some(m) = mask.as_object_mut() {
        m.retain(|_, v| *v == serde_json::json!(true));
    }
    let (_, marks) = value.unmark_with_paths();
    let marks: Vec<String> = marks.iter().map(|(p, _)| p.to_string()).collect();
    format!("{shown} unknown {mask} marked {marks:?}")
}

#[test]
fn bodies_become_objects() {
    insta::assert_snapshot!(body("x {\n name = 1\n size = \"2\"\n item {\n key = \"a\"\n }\n item {}\n single {}\n kv \"b\" {\n key = 1\n }\n}\n"), @"");
    insta::assert_snapshot!(body("x {\n name = \"\"\n ingress {\n key = true\n }\n}\n"), @"");
    insta::assert_snapshot!(body("x {\n name = \"\"\n ingress = []\n}\n"), @"");
}

#[test]
fn dynamic_blocks_are_expanded() {
    insta::assert_snapshot!(body("x {\n name = \"\"\n dynamic \"item\" {\n for_each = { b = 1, a = 2 }\n content {\n key = item.key\n value = item.value\n }\n }\n}\n"), @"");
    insta::assert_snapshot!(body("x {\n name = \"\"\n dynamic \"item\" {\n for_each = [1]\n iterator = it\n content {\n key = it.value\n }\n }\n dynamic \"kv\" {\n for_each = [\"p\", \"q\"]\n labels = [kv.value]\n content {}\n }\n}\n"), @"");
    insta::assert_snapshot!(body("x {\n name = \"\"\n dynamic \"item\" {\n for_each = local.list\n content {\n key = item.value\n }\n }\n}\n"), @"");
    insta::assert_snapshot!(body("x {\n name = \"\"\n dynamic \"item\" {\n for_each = local.secret\n content {\n key = item.value\n }\n }\n}\n"), @"");
}

#[test]
fn problems_of_bodies_are_said_together() {
    insta::assert_snapshot!(body("x {\n nme = 1\n size = \"x\"\n itm {}\n size {}\n one {}\n one {}\n single {}\n single {}\n item \"l\" {}\n kv {}\n}\n"), @"");
    insta::assert_snapshot!(body("x {\n name = \"\"\n dynamic \"one\" {\n for_each = [1, 2]\n content {}\n }\n dynamic \"item\" {\n for_each = \"s\"\n content {}\n }\n dynamic \"rule\" {\n for_each = null\n nope = 1\n content {\n nope = 1\n }\n }\n dynamic \"rule\" {\n }\n dynamic \"lifecycle\" {}\n}\n"), @"");
}

#[test]
fn function_names_are_suggested() {
    let mut sources = SourceMap::default();
    let text = "a = joinn(\",\", [])\n";
    let id = sources.add("a.tf", text);
    let file = parse(id, text).value;
    let problems = evaluate(
        &file.body.attribute("a").unwrap().expr,
        &Env::without_references(&Nothing),
    )
    .unwrap_err();
    let first = problems.0.first().unwrap();
    assert_eq!(first.detail, "There is no function named \"joinn\". Did you mean \"join\"?");
    assert_eq!(first.patches[0].replacement, "join");
}

#[test]
fn constants_allow_neither_references_nor_calls() {
    let table = [
        ("var.x", "Variables not allowed"),
        ("upper(\"x\")", "Function calls not allowed"),
    ];
    for (text, want) in table {
        let text = format!("a = {text}\n");
        let file = parse(bastionless_model::base::SourceId(0), &text).value;
        let problems = constant(&file.body.attribute("a").unwrap().expr).unwrap_err();
        assert_eq!(problems.0[0].summary, want);
    }
}

#[test]
fn twenty_thousand_blocks_take_moments() {
    let mut text = String::new();
    for i in 0..20_000 {
        writeln!(
            text,
            "resource \"x\" \"r{i}\" {{\n  name = \"name-${{var.prefix}}-{i}\"\n  size = {i} + 1\n\n  item {{\n    key   = \"a\"\n    value = join(\",\", [\"x\", var.prefix])\n  }}\n}}\n"
        )
        .unwrap();
    }
    let start = std::time::Instant::now();
    let file = parse(bastionless_model::base::SourceId(0), &text);
    assert!(file.diagnostics.is_empty());
    let parsed = start.elapsed();
    let schema = schema();
    let mut names = 0;
    for block in file.value.body.blocks() {
        let env = Env::new(&Unknowns, &Nothing);
        let (value, problems) = decode_body(&block.body, &schema, &env);
        assert!(problems.is_empty(), "{problems:?}");
        names += usize::from(value.get("name").is_some());
    }
    println!("{} bytes, parsed {parsed:?}, all {:?}", text.len(), start.elapsed());
    assert_eq!(names, 20_000);
    assert!(start.elapsed().as_secs() < 20);
}
