//! Tests of the functions: the examples of every function, and calls whose results real Terraform has given.
//!
//! Calls are evaluated here by a small evaluator of literals and calls, so that functions are tested without the language.

use std::{collections::BTreeMap, str::FromStr, sync::Arc};

use bastionless_model::value::{Number, Type, Value, convert, to_json, type_to_json};
use hcl_edit::{
    expr::{Expression, ObjectKey, UnaryOperator},
    template::Element,
};
use serde_json::Value as Json;

use super::*;

/// What an expression of the small evaluator comes to.
enum Failure {
    /// Terraform's words.
    Detail(String),
    /// Not in the small evaluator.
    Unsupported,
}

struct Fixtures;

const FILES: &[(&str, &[u8])] = &[
    ("hello.txt", b"hello world\n"),
    ("bin.dat", b"\x00\x01\xff\xfebin"),
    ("bom.txt", b"\xef\xbb\xbfbom"),
    ("crlf.txt", b"l1\r\nl2\r\n"),
    ("empty.txt", b""),
    ("data.csv", b"id,name\n1,foo\n2,\"b,ar\"\n"),
    (
        "data.json",
        "{\"a\":[1,2.5,\"x\",null,true],\"b\":{\"c\":\"é\"}}".as_bytes(),
    ),
    ("data.yaml", b"a: 1\nb:\n  - x\n  - true: yes\n"),
    ("sub/a.txt", b"x"),
    ("sub/b.md", b"x"),
    ("sub/deep/c.txt", b"x"),
];

impl Host for Fixtures {
    fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        if ["sub", "sub/deep", "", "."].contains(&path) {
            return Err(format!(
                "read {}: is a directory",
                if path.is_empty() { "." } else { path }
            ));
        }
        let found = FILES
            .iter()
            .find(|(name, _)| *name == path)
            .map(|(_, bytes)| bytes.to_vec());
        found.ok_or_else(|| format!("open {path}: no such file or directory"))
    }

    fn file_exists(&self, path: &str) -> Result<bool, String> {
        if ["sub", "sub/deep"].contains(&path) {
            return Err(format!("{path:?} is a directory, not a file"));
        }
        Ok(FILES.iter().any(|(name, _)| *name == path))
    }

    fn list_files(&self, dir: &str) -> Result<Vec<String>, String> {
        let inside = |name: &&str| dir == "." || name.starts_with(&format!("{dir}/"));
        let relative = |name: &str| {
            if dir == "." {
                name.to_owned()
            } else {
                name[dir.len() + 1..].to_owned()
            }
        };
        Ok(FILES
            .iter()
            .map(|(name, _)| *name)
            .filter(inside)
            .map(relative)
            .collect())
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

    fn render_template(&self, _: &str, text: &str, _: &Value) -> Result<Value, FunctionError> {
        Ok(text.into())
    }

    fn home_dir(&self) -> Option<String> {
        Some("/home/me".into())
    }

    fn base_dir(&self) -> String {
        "/work/here".into()
    }
}

fn eval(e: &Expression) -> Result<Value, Failure> {
    match e {
        Expression::Null(_) => Ok(Value::NULL),
        Expression::Bool(b) => Ok(Value::from(**b)),
        Expression::Number(n) => {
            let raw = n
                .as_repr()
                .map_or_else(|| n.value().to_string(), |r| str::to_owned(r));
            Number::parse(raw.trim())
                .map(Value::from)
                .ok_or(Failure::Unsupported)
        }
        Expression::String(s) => Ok(Value::from(nfc(s))),
        Expression::Array(a) => Ok(Value::tuple(a.iter().map(eval).collect::<Result<_, _>>()?)),
        Expression::Object(o) => {
            let mut out = BTreeMap::new();
            for (k, v) in o {
                let key: String = match k {
                    ObjectKey::Ident(name) => name.as_str().into(),
                    ObjectKey::Expression(Expression::Variable(name)) => name.as_str().into(),
                    ObjectKey::Expression(e) => {
                        let key =
                            convert(&eval(e)?, &Type::String).map_err(|_| Failure::Unsupported)?;
                        key.as_str().ok_or(Failure::Unsupported)?.into()
                    }
                };
                out.insert(Arc::<str>::from(key), eval(v.expr())?);
            }
            Ok(Value::object(out))
        }
        Expression::StringTemplate(t) => {
            let mut text = String::new();
            for part in t {
                match part {
                    Element::Literal(l) => text.push_str(l),
                    _ => return Err(Failure::Unsupported),
                }
            }
            Ok(Value::from(nfc(&text)))
        }
        Expression::Parenthesis(p) => eval(p.inner()),
        Expression::UnaryOp(op) if *op.operator.value() == UnaryOperator::Neg => {
            let v = eval(&op.expr)?;
            v.as_number()
                .map(|n| n.neg().into())
                .ok_or(Failure::Unsupported)
        }
        Expression::FuncCall(call) => {
            let function = lookup(call.name.name.as_str()).ok_or(Failure::Unsupported)?;
            let mut args = call.args.iter().map(eval).collect::<Result<Vec<_>, _>>()?;
            if call.args.expand_final() {
                let last = args.pop().ok_or(Failure::Unsupported)?;
                args.extend(last.elements().ok_or(Failure::Unsupported)?.iter().cloned());
            }
            if args.len() < function.parameters.len()
                || function.variadic.is_none() && args.len() > function.parameters.len()
            {
                return Err(Failure::Unsupported);
            }
            function
                .call(Call {
                    args: &args,
                    host: &Fixtures,
                })
                .map_err(|e| Failure::Detail(detail(function, &e)))
        }
        _ => Err(Failure::Unsupported),
    }
}

fn nfc(s: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    s.nfc().collect()
}

fn detail(function: &Function, e: &FunctionError) -> String {
    match e.argument.and_then(|i| function.parameter(i)) {
        Some(p) => format!("Invalid value for {:?} parameter: {}.", p.name, e.message),
        None => format!(
            "Call to function {:?} failed: {}.",
            function.name, e.message
        ),
    }
}

fn run(text: &str) -> Result<Value, Failure> {
    eval(&Expression::from_str(text).map_err(|_| Failure::Unsupported)?)
}

fn same_numbers(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => {
            Number::parse(a.as_str()) == Number::parse(b.as_str())
        }
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_numbers(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(k, v)| b.get(k).is_some_and(|w| same_numbers(v, w)))
        }
        _ => a == b,
    }
}

/// Returns what is wrong with the result of a case.
fn mismatch(expected: &Json, got: &Result<Value, String>) -> Option<String> {
    match got {
        Ok(v) if expected.get("infinite").is_some() => {
            (!v.as_number().is_some_and(Number::is_infinite))
                .then(|| format!("{v:?}, not infinite"))
        }
        Ok(v) => {
            let json = to_json(v);
            let ty = type_to_json(&v.type_of());
            let sensitive = v.is_sensitive();
            let fits = expected
                .get("ok")
                .is_some_and(|want| same_numbers(want, &json))
                && expected.get("type") == Some(&ty)
                && expected.get("sensitive").is_some() == sensitive;
            (!fits).then(|| {
                format!(
                    "{json} {ty} {}, not {expected}",
                    if sensitive { "sensitive" } else { "" }
                )
            })
        }
        Err(e) => {
            let want = expected.get("detail").and_then(Json::as_str);
            // Terraform ends its reports of panics, which these are there, with a stack.
            let e = if e.contains("panic in") {
                e.trim_end_matches('.')
            } else {
                e
            };
            (want != Some(e)).then(|| format!("{e}, not {expected}"))
        }
    }
}

#[test]
fn calls_give_what_terraform_gives() {
    let (mut right, mut skipped, mut wrong) = (0, 0, Vec::new());
    for line in include_str!("cases.jsonl").lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let text = case["expr"].as_str().unwrap();
        if text.contains("templatefile") || text.contains("templatestring") {
            skipped += 1;
            continue;
        }
        let got = match run(text) {
            Ok(v) => Ok(v),
            Err(Failure::Detail(d)) => Err(d),
            Err(Failure::Unsupported) => {
                skipped += 1;
                continue;
            }
        };
        match mismatch(&case["expected"], &got) {
            None => right += 1,
            Some(problem) => wrong.push(format!("{text}\n    {problem}")),
        }
    }
    assert!(
        wrong.is_empty(),
        "{right} right, {skipped} skipped, {} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn examples_are_true() {
    for function in names().filter_map(lookup) {
        for (call, result) in function.examples {
            let value = |text| run(text).unwrap_or_else(|_| panic!("{text} has no value"));
            let (got, want) = (to_json(&value(call)), to_json(&value(result)));
            assert!(same_numbers(&got, &want), "{call} is {got}, not {want}");
        }
    }
}

#[test]
fn every_function_of_terraform_is_there_in_order() {
    let here: Vec<&str> = names().collect();
    let missing: Vec<&str> = TERRAFORM
        .split_whitespace()
        .filter(|n| !here.contains(n))
        .collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
    assert!(here.is_sorted());
    for function in names().filter_map(lookup) {
        assert!(
            function.doc.ends_with('.') && !function.doc.contains('\n'),
            "{}",
            function.name
        );
        assert!(
            !function.pure || !function.examples.is_empty(),
            "{} has no example",
            function.name
        );
    }
}

/// All functions of Terraform 1.15.
const TERRAFORM: &str = "\
    abs abspath alltrue anytrue base64decode base64encode base64gzip base64sha256 base64sha512 basename bcrypt can
    ceil chomp chunklist cidrhost cidrnetmask cidrsubnet cidrsubnets coalesce coalescelist compact concat contains
    convert csvdecode dirname distinct element endswith ephemeralasnull file filebase64 filebase64sha256
    filebase64sha512 fileexists filemd5 fileset filesha1 filesha256 filesha512 flatten floor format formatdate
    formatlist indent index issensitive join jsondecode jsonencode keys length log lookup lower matchkeys max md5
    merge min nonsensitive one parseint pathexpand plantimestamp pow range regex regexall replace reverse
    rsadecrypt sensitive setintersection setproduct setsubtract setunion sha1 sha256 sha512 signum slice sort
    split startswith strcontains strrev substr sum templatefile templatestring textdecodebase64 textencodebase64
    timeadd timecmp timestamp title tobool tolist tomap tonumber toset tostring transpose trim trimprefix
    trimspace trimsuffix try upper urlencode uuid uuidv5 values yamldecode yamlencode zipmap
";
