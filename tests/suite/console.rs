//! `console`: what a real Terraform 1.15.5 prints for the same expressions and configuration (recorded in `console/`).

use serde_json::Value as Json;

use crate::sandbox::Sandbox;

const MAIN: &str = include_str!("console/main.tf");
const MODULE: &str = include_str!("console/m/main.tf");

fn configured() -> Sandbox {
    let s = Sandbox::new(MAIN);
    s.file("m/main.tf", MODULE);
    s
}

/// The headlines of errors, sorted, each once.
fn headlines(text: &str) -> Vec<&str> {
    let mut all: Vec<&str> = text
        .lines()
        .filter_map(|l| l.strip_prefix("error: "))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[test]
fn expressions_from_a_pipe_print_what_terraform_prints() {
    let s = configured();
    let mut wrong = Vec::new();
    for line in include_str!("console/cases.jsonl").lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let input = case["in"].as_str().unwrap();
        let ran = s.run_with("console", input);
        let agrees = match case["out"].as_str() {
            Some(out) => ran.code == 0 && ran.out == out,
            None => {
                ran.code == 1
                    && ran.out.is_empty()
                    && serde_json::json!(headlines(&ran.err)) == case["errors"]
            }
        };
        if !agrees {
            wrong.push(format!("{line}\n    {ran:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_state_answers_and_a_plan_answers_what_will_be() {
    let s = Sandbox::new(
        "variable \"v\" {\n  default = 1\n  validation {\n    condition     = var.v > 0\n    error_message = \"positive\"\n  }\n}\nresource \"terraform_data\" \"c\" {\n  count = 2\n  input = \"${var.v}-${count.index}\"\n}\n",
    );
    s.ok("apply -auto-approve");
    let ask = |line: &str, input: &str| s.run_with(line, input).out;
    assert_eq!(
        ask("console", "terraform_data.c[*].output"),
        "[\n  \"1-0\",\n  \"1-1\",\n]\n"
    );
    assert_eq!(
        ask("console -var v=2", "[var.v, terraform_data.c[0].input]"),
        "[\n  \"2\",\n  \"1-0\",\n]\n"
    );
    assert_eq!(
        ask("console -plan -var v=2", "terraform_data.c[0].input"),
        "\"2-0\"\n"
    );
    assert_eq!(
        ask("console -plan -var v=2", "terraform_data.c[0].output"),
        "(known after apply)\n"
    );
    assert_eq!(
        ask("console -state=none", "terraform_data.c"),
        "(known after apply)\n"
    );
    let failed = s.run_with("console -var v=0", "var.v");
    assert_eq!(
        (failed.code, failed.out.as_str()),
        (0, "\"0\"\n"),
        "{failed:?}"
    );
    assert!(
        failed.err.contains("positive") && failed.err.contains("unexpected results"),
        "{}",
        failed.err
    );
    assert_eq!(s.run_with("console -var nope=1", "1").code, 1);
    let lines = s.read("bastionless.tfstate");
    assert_eq!(
        ask("console", "1\nterraform_data.c[0].id\nexit"),
        "",
        "leaving says nothing"
    );
    assert_eq!(s.read("bastionless.tfstate"), lines, "nothing is written");
}

#[test]
fn an_empty_directory_evaluates_too() {
    let s = Sandbox::new("");
    std::fs::remove_file(s.path("main.tf")).unwrap();
    assert_eq!(
        s.run_with("console", "cidrsubnet(\"10.0.0.0/16\", 8, 2)")
            .out,
        "\"10.0.2.0/24\"\n"
    );
    assert!(s.run_with("console", "help").out.contains("type \"exit\""));
}

#[test]
fn outputs_of_repeated_modules_need_a_key() {
    let main = |value: &str| {
        let s = Sandbox::new(&format!(
            "module \"n\" {{\n  source = \"./m\"\n  count  = 2\n  x      = \"y\"\n}}\nmodule \"f\" {{\n  source   = \"./m\"\n  for_each = {{ a = 1 }}\n  x        = \"y\"\n}}\noutput \"it\" {{\n  value = {value}\n}}\n"
        ));
        s.file("m/main.tf", MODULE);
        s
    };
    assert!(
        main("module.n.o")
            .exits("validate", 1)
            .err
            .contains("a list of objects")
    );
    assert!(
        main("module.f.o")
            .exits("plan", 1)
            .err
            .contains("does not have an attribute named \"o\"")
    );
    let s = main("[module.f.a.o, module.f[\"a\"].o, module.n[1].o]");
    s.ok("apply -auto-approve");
    assert_eq!(
        s.json("output -json it"),
        serde_json::json!(["o-y", "o-y", "o-y"])
    );
}
