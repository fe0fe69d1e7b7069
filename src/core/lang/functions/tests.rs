//! Tests of the functions: their examples, and that none is missing. Calls with the results of real Terraform are among the
//! cases of the expressions.

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostic, SourceMap},
    value::{Value, to_json},
};
use serde_json::Value as Json;

use super::*;
use crate::lang::{
    expr::{Env, Scope, evaluate},
    program::Reference,
    syntax::{parse, parse_expression},
};

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

struct Nothing;

impl Scope for Nothing {
    fn resolve(&self, reference: &Reference) -> Result<Value, Diagnostic> {
        Err(Diagnostic::error("no references here", "").at(reference.span))
    }
}

fn value(text: &str) -> Json {
    let mut sources = SourceMap::default();
    let source: Arc<str> = format!("e = {text}\n").into();
    let file = parse(sources.add("e.tf", source.clone()), &source);
    let expr = &file.value.body.attribute("e").expect("an attribute").expr;
    let value =
        evaluate(expr, &Env::new(&Nothing, &Fixtures)).unwrap_or_else(|d| panic!("{text}: {d:?}"));
    to_json(&value)
}

#[test]
fn examples_are_true() {
    let of_provider = [
        "provider::terraform::encode_expr",
        "provider::terraform::encode_tfvars",
    ];
    let functions = names().chain(of_provider).filter_map(lookup);
    let examples = functions.flat_map(|f| f.examples);
    for (call, result) in examples.chain(table::OF_EXPRESSIONS.iter().flat_map(|f| f.examples)) {
        assert_eq!(value(call), value(result), "{call}");
    }
}

#[test]
fn the_manual_is_as_written() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/functions.md");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    let expected = manual();
    let first = written.lines().zip(expected.lines()).find(|(a, b)| a != b);
    assert!(
        written == expected,
        "docs/functions.md: write it anew with `bastionless console -functions > docs/functions.md`; {first:?}"
    );
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
        let shown = !function.examples.is_empty() || UNSHOWN.contains(&function.name);
        assert!(!function.pure || shown, "{} has no example", function.name);
    }
}

/// A key and a reference are not to be had in an example.
const UNSHOWN: [&str; 2] = ["rsadecrypt", "templatestring"];

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

/// Evaluates an expression that is refused, and returns why.
fn refused(text: &str) -> String {
    let mut sources = SourceMap::default();
    let expr = parse_expression(sources.add("expression", text), text).unwrap();
    let found = evaluate(&expr, &Env::new(&Nothing, &Fixtures)).unwrap_err();
    found.iter().map(|d| d.detail.clone()).collect()
}

#[test]
fn short_texts_cannot_ask_for_all_memory_or_stack() {
    assert!(refused("format(\"%1000000000d\", 1)").contains("is above 1000000"));
    assert!(refused("format(\"%.1000000000f\", 1)").contains("is above 1000000"));
    let deep = "- ".repeat(100_000);
    assert!(refused(&format!("yamldecode(\"{deep}\")")).contains("exceeded max depth"));
    let deep = "[".repeat(100_000);
    assert!(refused(&format!("yamldecode(\"{deep}\")")).contains("recursion limit exceeded"));
    assert!(refused(&format!("jsondecode(\"{deep}\")")).contains("exceeded max depth"));
    // Nine lines that stand for 10^9 texts.
    let mut lines = String::from("a: &a [x,x,x,x,x,x,x,x,x,x]\\n");
    for (own, other) in ('b'..='i').zip('a'..) {
        let ten = vec![format!("*{other}"); 10].join(",");
        lines.push_str(&format!("{own}: &{own} [{ten}]\\n"));
    }
    assert!(
        refused(&format!("yamldecode(\"{lines}\")"))
            .contains("document contains excessive aliasing")
    );
    let long = "x".repeat(11_000);
    let list = vec!["\"x\""; 11_000].join(", ");
    let tuple = format!("[{}]", ["1"; 11].join(", "));
    for (text, why) in [
        (format!("join(\"{long}\", [{list}])"), "100000000 bytes"),
        (
            format!("replace(\"{long}\", \"x\", \"{long}\")"),
            "100000000 bytes",
        ),
        (
            format!("replace(\"{long}\", \"/x/\", \"{long}\")"),
            "100000000 bytes",
        ),
        (
            format!("replace(\"{long}\", \"/x+/\", \"{}\")", "$0".repeat(11_000)),
            "100000000 bytes",
        ),
        (
            format!("setproduct({})", vec![tuple; 6].join(", ")),
            "1000000 values",
        ),
    ] {
        assert!(refused(&text).contains(why), "{}", &text[..40]);
    }
}
