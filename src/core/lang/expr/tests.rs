use std::{collections::BTreeMap, fmt::Write as _};

use bastionless_model::{
    base::{Diagnostics, SourceMap},
    schema::{Attribute, Block, Equivalence, Mode, NestedBlock, Nesting, Replace},
    value::{Type, Value, to_json, unknown_mask},
};

use super::*;
use crate::lang::{
    functions::{FunctionError, Host},
    program::Subject,
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

/// Variables are unknown texts, locals unknown lists; `local.secret` is known and sensitive.
struct Unknowns;

impl Scope for Unknowns {
    fn resolve(&self, reference: &Reference) -> Result<Value, Diagnostic> {
        Ok(match &reference.subject {
            Subject::Local(n) if &**n == "secret" => Value::tuple(vec!["s".into()]).sensitive(),
            Subject::Local(_) => Value::unknown(Type::list(Type::String)),
            _ => Value::unknown(Type::String),
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
        implied: std::sync::OnceLock::new(),
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
        writeln!(
            out,
            "{}:{} `{text}` {}: {}",
            s.line, s.column, d.summary, d.detail
        )
        .unwrap();
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
    let set = |v: &serde_json::Value| {
        !v.is_null() && *v != serde_json::json!([]) && *v != serde_json::json!({})
    };
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
    insta::assert_snapshot!(body("x {\n name = 1\n size = \"2\"\n item {\n key = \"a\"\n }\n item {}\n single {}\n kv \"b\" {\n key = 1\n }\n}\n"), @r#"{"item":[{"key":"a","value":null},{"key":null,"value":null}],"kv":{"b":{"key":"1","value":null}},"name":"1","single":{"key":null,"value":null},"size":2} unknown {} marked []"#);
    insta::assert_snapshot!(body("x {\n name = \"\"\n ingress {\n key = true\n }\n}\n"), @r#"{"ingress":[{"key":"true","value":null}],"name":""} unknown {} marked []"#);
    insta::assert_snapshot!(body("x {\n name = \"\"\n ingress = []\n}\n"), @r#"{"name":""} unknown {} marked []"#);
}

#[test]
fn dynamic_blocks_are_expanded() {
    insta::assert_snapshot!(body("x {\n name = \"\"\n dynamic \"item\" {\n for_each = { b = 1, a = 2 }\n content {\n key = item.key\n value = item.value\n }\n }\n}\n"), @r#"{"item":[{"key":"a","value":"2"},{"key":"b","value":"1"}],"name":""} unknown {} marked []"#);
    insta::assert_snapshot!(body("x {\n name = \"\"\n dynamic \"item\" {\n for_each = [1]\n iterator = it\n content {\n key = it.value\n }\n }\n dynamic \"kv\" {\n for_each = [\"p\", \"q\"]\n labels = [kv.value]\n content {}\n }\n}\n"), @r#"{"item":[{"key":"1","value":null}],"kv":{"p":{"key":null,"value":null},"q":{"key":null,"value":null}},"name":""} unknown {} marked []"#);
    insta::assert_snapshot!(body("x {\n name = \"\"\n dynamic \"item\" {\n for_each = local.list\n content {\n key = item.value\n }\n }\n}\n"), @r#"{"name":""} unknown {"item":true} marked []"#);
    insta::assert_snapshot!(body("x {\n name = \"\"\n dynamic \"item\" {\n for_each = local.secret\n content {\n key = item.value\n }\n }\n}\n"), @r#"{"item":[{"key":"s","value":null}],"name":""} unknown {} marked [".item[0]"]"#);
}

#[test]
fn problems_of_bodies_are_said_together() {
    insta::assert_snapshot!(body("x {\n nme = 1\n size = \"x\"\n itm {}\n size {}\n one {}\n one {}\n single {}\n single {}\n item \"l\" {}\n kv {}\n}\n"), @r#"
    2:2 `nme` Unsupported argument: An argument named "nme" is not expected here. Did you mean "name"?
    1:3 `{` Missing required argument: The argument "name" is required, but no definition was found.
    4:2 `itm` Unsupported block type: Blocks of type "itm" are not expected here. Did you mean "item"?
    5:2 `size` Unsupported block type: Blocks of type "size" are not expected here. Did you mean to define argument "size"? If so, use the equals sign to assign it a value.
    10:7 `"l"` Extraneous label for item: No labels are expected for item blocks.
    11:5 `{` Missing key for kv: All kv blocks must have 1 labels (key).
    7:6 `{` Too many one blocks: No more than 1 "one" blocks are allowed
    9:2 `single` Duplicate single block: Only one block of type "single" is allowed.
    3:9 `"x"` Incorrect attribute value type: Inappropriate value for attribute "size": a number is required.
    "#);
    insta::assert_snapshot!(body("x {\n name = \"\"\n dynamic \"one\" {\n for_each = [1, 2]\n content {}\n }\n dynamic \"item\" {\n for_each = \"s\"\n content {}\n }\n dynamic \"rule\" {\n for_each = null\n nope = 1\n content {\n nope = 1\n }\n }\n dynamic \"rule\" {\n }\n dynamic \"lifecycle\" {}\n}\n"), @r#"
    13:2 `nope` Unsupported argument: An argument named "nope" is not expected here.
    15:2 `nope` Unsupported argument: An argument named "nope" is not expected here.
    18:17 `{` Missing required argument: The argument "for_each" is required, but no definition was found.
    18:17 `{` Missing dynamic content block: A dynamic block must have a nested block of type "content" to describe the body of each generated block.
    20:10 `"lifecycle"` Unsupported block type: Blocks of type "lifecycle" are not expected here.
    8:13 `"s"` Invalid dynamic for_each value: Cannot use a string value in for_each. An iterable collection is required.
    5:10 `{` Too many one blocks: No more than 1 "one" blocks are allowed
    12:13 `null` Invalid dynamic for_each value: Cannot use a null value in for_each.
    "#);
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
    assert_eq!(
        first.detail,
        "There is no function named \"joinn\". Did you mean \"join\"?"
    );
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
fn many_blocks_are_decoded_one_like_the_other() {
    const BLOCKS: usize = 1_000;
    let mut text = String::new();
    for i in 0..BLOCKS {
        writeln!(
            text,
            "resource \"x\" \"r{i}\" {{\n  name = \"name-${{var.prefix}}-{i}\"\n  size = {i} + 1\n\n  item {{\n    key   = \"a\"\n    value = join(\",\", [\"x\", var.prefix])\n  }}\n}}\n"
        )
        .unwrap();
    }
    let file = parse(bastionless_model::base::SourceId(0), &text);
    assert!(file.diagnostics.is_empty());
    let schema = schema();
    let mut names = 0;
    for block in file.value.body.blocks() {
        let env = Env::new(&Unknowns, &Nothing);
        let (value, problems) = decode_body(&block.body, &schema, &env);
        assert!(problems.is_empty(), "{problems:?}");
        names += usize::from(value.get("name").is_some());
    }
    assert_eq!(names, BLOCKS);
}

#[test]
fn the_deepest_expressions_fit_on_a_small_stack() {
    let n = 190;
    let table = [
        format!("{}1{}", "(".repeat(n), ")".repeat(n)),
        format!("{}1{}", "[".repeat(n), "]".repeat(n)),
        format!("{}1{}", "{a=".repeat(n), "}".repeat(n)),
        format!("{}1{}", "\"${".repeat(n), "}\"".repeat(n)),
        format!("{}1{}", "\"x${".repeat(n), "}\"".repeat(n)),
        format!("{}1{}", "abs(".repeat(n), ")".repeat(n)),
        format!("{}1{}", "try(".repeat(n), ")".repeat(n)),
        format!("{}true", "!".repeat(n)),
        format!("{}1", "false ? 0 : ".repeat(n)),
        format!("{}1{}", "[for x in [1] : ".repeat(n), "]".repeat(n)),
        format!("1{}", " + 1".repeat(1900)),
        format!("[]{}", "[*]".repeat(n)),
        format!("local.x{}", "[local.y]".repeat(1900)),
        format!(
            "{}1{}{}",
            "try(".repeat(n),
            " + 1".repeat(1999),
            ")".repeat(n)
        ),
        format!(
            "{}1{}{}",
            "[for x in [1] : ".repeat(n),
            " + 1".repeat(1999),
            "]".repeat(n)
        ),
        format!(
            "{}1{}",
            "abs(".repeat(n),
            format!("{})", " + 1".repeat(9)).repeat(n)
        ),
    ];
    for text in table {
        let start: String = text.chars().take(20).collect();
        let text = format!("a = {text}\n");
        let file = parse(bastionless_model::base::SourceId(0), &text);
        assert!(
            file.diagnostics.is_empty(),
            "{start} {:?}",
            file.diagnostics
        );
        let expr = &file.value.body.attribute("a").unwrap().expr;
        references(expr);
        let result = evaluate(expr, &Env::new(&Unknowns, &Nothing));
        assert!(
            result.is_ok() || start.contains("local.x"),
            "{start} {result:?}"
        );
    }
}

#[test]
fn functions_of_the_terraform_provider() {
    let table = [
        (
            "encode_expr({ a = [1, \"x\"], \"b c\" = { d = null } })",
            "\"{\\n  a = [1, \\\"x\\\"]\\n  \\\"b c\\\" = {\\n    d = null\\n  }\\n}\"",
        ),
        (
            "encode_tfvars({ b = 1, long = \"$${x}\" })",
            "\"b    = 1\\nlong = \\\"$${x}\\\"\\n\"",
        ),
        ("decode_tfvars(\"a = 1\\nb = [\\\"x\\\"]\\n\").b", "[\"x\"]"),
    ];
    for (text, want) in table {
        let text = format!("a = provider::terraform::{text}\n");
        let file = parse(bastionless_model::base::SourceId(0), &text).value;
        let value = evaluate(
            &file.body.attribute("a").unwrap().expr,
            &Env::new(&Unknowns, &Nothing),
        );
        assert_eq!(to_json(&value.unwrap()).to_string(), want, "{text}");
    }
}
