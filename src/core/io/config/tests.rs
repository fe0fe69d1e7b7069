use std::sync::Arc;

use bastionless_model::{schema::Catalogue, value::to_json};

use super::*;
use crate::{
    io::MemorySystem,
    lang::{inputs::root_values, link::link},
};

/// Loads everything and writes values, what was set, and problems.
fn run(system: &MemorySystem, arguments: &[VariableArgument]) -> String {
    let mut sources = SourceMap::default();
    let tree = load_configuration(system, Path::new(""), &mut sources);
    let inputs = load_inputs(system, Path::new(""), arguments, &mut sources);
    let linked = link(Arc::new(sources), &tree.value, Catalogue::builtin());
    let (values, problems) = root_values(&linked.value, &inputs.value);
    let mut out = String::new();
    for (name, value) in &values.values {
        let set = if values.set.contains(name) {
            " (set)"
        } else {
            ""
        };
        let secret = if value.is_sensitive() {
            " (sensitive)"
        } else {
            ""
        };
        let known = if value.is_wholly_known() {
            to_json(value).to_string()
        } else {
            "?".into()
        };
        out.push_str(&format!("{name} = {known}{set}{secret}\n"));
    }
    for d in [
        tree.diagnostics,
        inputs.diagnostics,
        linked.diagnostics,
        problems,
    ]
    .iter()
    .flat_map(Diagnostics::iter)
    {
        let place = d
            .primary
            .as_ref()
            .and_then(|l| linked.value.sources.positions(l.span))
            .map_or_else(String::new, |(s, p, _)| {
                format!(" @ {}:{}:{}", s.name, p.line, p.column)
            });
        out.push_str(&format!(
            "{:?}: {}{place}: {}\n",
            d.severity,
            d.summary,
            d.detail.lines().next().unwrap_or("")
        ));
    }
    out
}

fn var(text: &str) -> VariableArgument {
    VariableArgument::Value(text.into())
}

#[test]
fn later_sources_win_over_earlier_ones() {
    let declared = "variable \"a\" {}\nvariable \"b\" {}\nvariable \"c\" {}\nvariable \"d\" {}\nvariable \"e\" {}\nvariable \"f\" { default = 0 }\n";
    let mut system = MemorySystem::with_files([
        ("main.tf", declared),
        ("terraform.tfvars", "b = 1\nc = 1\nd = 1\ne = 1\n"),
        ("terraform.tfvars.json", "{\"c\": 2, \"d\": 2, \"e\": 2}"),
        ("b.auto.tfvars", "d = 4\ne = 4\n"),
        ("a.auto.tfvars.json", "{\"d\": 3}"),
        ("named.tfvars", "e = 6\n"),
    ]);
    system.env.insert("TF_VAR_a".into(), "env".into());
    system.env.insert("TF_VAR_b".into(), "env".into());
    let arguments = [var("e=5"), VariableArgument::File("named.tfvars".into())];
    insta::assert_snapshot!(run(&system, &arguments), @r#"
    a = "env" (set)
    b = 1 (set)
    c = 2 (set)
    d = 4 (set)
    e = 6 (set)
    f = 0
    "#);
    let arguments = [VariableArgument::File("named.tfvars".into()), var("e=5")];
    assert!(run(&system, &arguments).contains("e = \"5\" (set)"));
}

#[test]
fn texts_are_read_as_the_type_says() {
    let declared = r#"
variable "text" { type = string }
variable "number" { type = number }
variable "list" { type = list(string) }
variable "object" { type = object({ a = string, b = optional(number, 3) }) }
variable "anything" { type = any }
variable "untyped" {}
variable "secret" {
  type      = string
  sensitive = true
}
"#;
    let system = MemorySystem::with_files([("main.tf", declared)]);
    let arguments = [
        "text=[1]",
        "number=5",
        "list=[\"a\"]",
        "object={a=\"x\"}",
        "anything=[true]",
        "untyped=[true]",
        "secret=s",
    ];
    insta::assert_snapshot!(run(&system, &arguments.map(var)), @r#"
    anything = [true] (set)
    list = ["a"] (set)
    number = 5 (set)
    object = {"a":"x","b":3} (set)
    secret = "s" (set) (sensitive)
    text = "[1]" (set)
    untyped = "[true]" (set)
    "#);
}

#[test]
fn what_does_not_fit_is_said_with_its_place_and_never_with_its_value() {
    let declared = r#"
variable "required" {}
variable "number" { type = number }
variable "list" { type = list(string) }
variable "solid" {
  default  = "d"
  nullable = false
}
variable "strict" { nullable = false }
variable "secret" {
  type      = list(string)
  sensitive = true
}
variable "code" {
  type      = number
  sensitive = true
}
"#;
    let system = MemorySystem::with_files([
        ("main.tf", declared),
        (
            "terraform.tfvars",
            "list = \"x\"\nsolid = null\nstrict = null\nextra = 1\nblock {}\ncall = upper(\"a\")\n",
        ),
    ]);
    let arguments = [
        var("number=x"),
        var("secret=geheim("),
        var("code=geheim"),
        var("other=1"),
        var("nothing"),
    ];
    insta::assert_snapshot!(run(&system, &arguments), @r#"
    code = ? (set) (sensitive)
    list = ? (set)
    number = ? (set)
    required = ?
    secret = ? (set) (sensitive)
    solid = "d" (set)
    strict = ? (set)
    Error: Unexpected "block" block @ terraform.tfvars:5:1: Blocks are not allowed here.
    Error: Function calls not allowed @ terraform.tfvars:6:8: Functions may not be called here.
    Error: Invalid -var option: The given -var option "nothing" is not correctly specified. Must be a variable name and value separated by an equals sign, like -var="key=value".
    Warning: Value for undeclared variable @ terraform.tfvars:4:9: The root module does not declare a variable named "extra" but a value was found in file "terraform.tfvars". If you meant to use this value, add a "variable" block to the configuration.
    Error: Value for undeclared variable: A variable named "other" was assigned on the command line, but the root module does not declare a variable of that name. To use this value, add a "variable" block to the configuration.
    Error: Invalid value for input variable @ main.tf:14:1: Unsuitable value for var.code set using -var="code=...": a number is required.
    Error: Invalid value for input variable @ terraform.tfvars:1:8: The given value is not suitable for var.list declared at main.tf:4,1-16: list of string required, but have string.
    Error: Invalid value for input variable @ main.tf:3:1: Unsuitable value for var.number set using -var="number=...": a number is required.
    Error: No value for required variable @ main.tf:2:1: The root module input variable "required" is not set, and has no default value. Use a -var or -var-file command line argument to provide a value for this variable.
    Error: Invalid value for input variable @ main.tf:10:1: The value given for var.secret cannot be read as an expression of its type. It is sensitive, so it is not shown.
    Error: Required variable not set @ terraform.tfvars:3:10: The given value is not suitable for var.strict declared at main.tf:9,1-18: required variable may not be set to null.
    "#);
}

#[test]
fn files_that_cannot_be_read_are_reported() {
    let mut system = MemorySystem::with_files([
        ("main.tf", "variable \"a\" { default = 1 }\n"),
        ("terraform.tfvars.json", "{\"a\": }"),
        (".hidden.tf", "nonsense"),
        ("main.tf~", "nonsense"),
    ]);
    system.files.insert("b.tf".into(), vec![b'#', 0xff]);
    insta::assert_snapshot!(run(&system, &[VariableArgument::File("nope.tfvars".into())]), @r#"
    a = 1
    Error: Invalid character encoding: The file "b.tf" is not encoded in UTF-8: byte 2 is no part of a character. Save it as UTF-8.
    Error: Invalid JSON @ terraform.tfvars.json:1:7: The file must hold one JSON object whose keys are names of variables: expected value at line 1 column 7.
    Error: Failed to read variables file: The file "nope.tfvars" could not be read: no such file or directory.
    "#);
    insta::assert_snapshot!(run(&MemorySystem::default(), &[]), @r#"
    Error: Unreadable module directory: The directory "." could not be read: no such file or directory. Check its name and its permissions.
    "#);
}

#[test]
fn modules_that_terraform_installed_are_used() {
    let system = MemorySystem::with_files([
        (
            "main.tf",
            "module \"r\" {\n  source  = \"terraform-aws-modules/vpc/aws\"\n  version = \"~> 5.0\"\n  v       = 1\n}\nmodule \"g\" {\n  source = \"github.com/a/b//sub?ref=v1\"\n  v      = 1\n}\nmodule \"changed\" { source = \"other/vpc/aws\" }\n",
        ),
        (
            ".terraform/modules/modules.json",
            r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"r","Source":"registry.terraform.io/terraform-aws-modules/vpc/aws","Version":"5.1.0","Dir":".terraform/modules/r"},{"Key":"g","Source":"git::https://github.com/a/b.git//sub?ref=v1","Dir":".terraform/modules/g/sub"},{"Key":"changed","Source":"registry.terraform.io/terraform-aws-modules/vpc/aws","Version":"5.1.0","Dir":".terraform/modules/r"}]}"#,
        ),
        (".terraform/modules/r/main.tf", "variable \"v\" {}\n"),
        (".terraform/modules/g/sub/main.tf", "variable \"v\" {}\n"),
    ]);
    insta::assert_snapshot!(run(&system, &[]), @r#"
    Error: Module source has changed @ main.tf:10:29: The source address was changed since this module was installed. Run "bastionless init" to install all modules required by this configuration.
    "#);
}
