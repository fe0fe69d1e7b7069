//! Commands that call no cloud, as a user runs them.

use serde_json::json;

use crate::sandbox::Sandbox;

const PAIR: &str = r#"
variable "text" {
  default = "one"
}

resource "terraform_data" "a" {
  input = var.text
}

resource "terraform_data" "b" {
  count = 2
  input = "${terraform_data.a.output}-${count.index}"
}

output "all" {
  value = terraform_data.b[*].output
}

output "one" {
  value = terraform_data.a.output
}
"#;

fn applied() -> Sandbox {
    let s = Sandbox::new(PAIR);
    s.ok("apply -auto-approve");
    s
}

#[test]
fn the_life_of_a_configuration() {
    let s = Sandbox::new(PAIR);
    assert!(s.ok("validate").contains("Success!"));
    let plan = s.exits("plan -detailed-exitcode", 2);
    assert!(
        plan.out
            .contains("Plan: 3 to add, 0 to change, 0 to destroy."),
        "{}",
        plan.out
    );
    let apply = s.ok("apply -auto-approve");
    assert!(
        apply.contains("Apply complete! Resources: 3 added, 0 changed, 0 destroyed."),
        "{apply}"
    );
    assert!(
        s.exits("plan -detailed-exitcode", 0)
            .out
            .contains("No changes.")
    );
    assert_eq!(s.ok("output -raw one"), "one");
    assert_eq!(s.json("output -json all"), json!(["one-0", "one-1"]));
    let changed = s.exits("plan -detailed-exitcode -var text=two", 2);
    assert!(
        changed
            .out
            .contains("Plan: 0 to add, 3 to change, 0 to destroy."),
        "{}",
        changed.out
    );
    let replaced = s.exits("plan -detailed-exitcode -replace=terraform_data.b[0]", 2);
    assert!(
        replaced.out.contains("1 to add, 0 to change, 1 to destroy"),
        "{}",
        replaced.out
    );
    let gone = s.ok("destroy -auto-approve");
    assert!(
        gone.contains("Destroy complete! Resources: 3 destroyed."),
        "{gone}"
    );
    assert_eq!(s.ok("state list"), "");
}

#[test]
fn a_plan_that_failed_is_written_and_refused_and_no_plan_is_not_written() {
    let cases = [
        ("resource \"terraform_data\" \"a\" {\n  nix = 1\n}\n", false),
        (
            "resource \"terraform_data\" \"a\" {\n  input = terraform_data.b.id\n}\n",
            false,
        ),
        (
            "resource \"terraform_data\" \"a\" {\n  input = terraform_data.a.id\n}\n",
            true,
        ),
        (
            "resource \"terraform_data\" \"a\" {}\nresource \"terraform_data\" \"b\" {\n  count = terraform_data.a.id == \"\" ? 1 : 2\n}\n",
            true,
        ),
    ];
    for (text, written) in cases {
        let s = Sandbox::new(text);
        s.exits("plan -out p", 1);
        assert_eq!(s.path("p").exists(), written, "{text}");
        if written {
            let refused = s.exits("apply p", 1);
            assert!(
                refused.err.contains("Cannot apply incomplete plan"),
                "{}",
                refused.err
            );
        }
    }
}

#[test]
fn a_saved_plan_is_applied_as_it_was_reviewed() {
    let s = Sandbox::new(PAIR);
    s.ok("plan -out p -var text=given");
    // What the command line gave is in the plan and need not be given again.
    s.ok("apply p");
    assert_eq!(s.ok("output -raw one"), "given");
    let stale = s.exits("apply p", 1);
    assert!(stale.err.contains("Saved plan is stale"), "{}", stale.err);
}

#[test]
fn ephemeral_variables_are_given_again_to_a_saved_plan() {
    let s = Sandbox::new(
        "variable \"key\" {\n  ephemeral = true\n}\nvariable \"other\" {\n  ephemeral = true\n  default   = \"d\"\n}\nresource \"terraform_data\" \"a\" {\n  input = ephemeralasnull(var.key)\n}\n",
    );
    s.ok("plan -out p -var key=hush-hush");
    assert!(!s.read("p").contains("hush-hush"));
    assert!(!s.ok("show -json p").contains("hush-hush"));
    let missing = s.exits("apply p", 1).err;
    assert!(missing.contains("must also be set during the"), "{missing}");
    let extra = s.exits("apply -var key=k -var other=o p", 1).err;
    assert!(extra.contains("was not set during planning"), "{extra}");
    s.ok("apply -var key=another p");
}

#[test]
fn sources_of_modules_are_made_of_constant_variables() {
    let s = Sandbox::new(
        "variable \"size\" {\n  const = true\n}\nlocals {\n  dir = \"./${lower(var.size)}\"\n}\nmodule \"m\" {\n  source = local.dir\n}\noutput \"o\" {\n  value = module.m.o\n}\n",
    );
    s.file(
        "small/main.tf",
        "output \"o\" {\n  value = \"small one\"\n}\n",
    );
    let missing = s.exits("validate", 1).err;
    assert!(
        missing.contains("No value for required variable"),
        "{missing}"
    );
    s.ok("validate -var size=Small");
    s.ok("init -var size=Small");
    s.ok("apply -auto-approve -var size=Small");
    assert_eq!(s.ok("output -raw o"), "small one");
    let other = s.exits("plan -var size=big", 1).err;
    assert!(other.contains("Unreadable module directory"), "{other}");
}

#[test]
fn a_saved_plan_is_refused_after_each_change() {
    let s = applied();
    s.ok("plan -out p -replace terraform_data.a");
    s.file("main.tf", &format!("{PAIR}\nlocals {{\n  x = 1\n}}\n"));
    assert!(
        s.exits("apply p", 1)
            .err
            .contains("the configuration was changed")
    );
    s.file("main.tf", PAIR);
    s.file("terraform.tfvars", "text = \"other\"\n");
    assert!(
        s.exits("apply p", 1)
            .err
            .contains("the value of the variable `text` was changed")
    );
    std::fs::remove_file(s.path("terraform.tfvars")).unwrap();
    let before = s.ok("state pull");
    s.ok("state mv terraform_data.b[1] terraform_data.c");
    assert!(s.exits("apply p", 1).err.contains("the state was changed"));
    s.file("before", &before);
    s.ok("state push -force before");
    s.ok("apply p");
}

#[test]
fn events_have_terraforms_shape() {
    let s = Sandbox::new(PAIR);
    let init = s.events("init -json -input=false", 0);
    assert_eq!(init[0]["type"], "version");
    assert_eq!(
        init.last().unwrap()["message_code"],
        "output_init_success_message"
    );
    let plan = s.events("plan -json", 0);
    let of = |kind: &str| plan.iter().filter(|e| e["type"] == kind).count();
    assert_eq!(
        (of("version"), of("planned_change"), of("change_summary")),
        (1, 3, 1)
    );
    let summary = plan.iter().find(|e| e["type"] == "change_summary").unwrap();
    assert_eq!(summary["changes"]["add"], 3);
    assert_eq!(
        summary["@message"],
        "Plan: 3 to add, 0 to change, 0 to destroy."
    );
    let apply = s.events("apply -json -auto-approve", 0);
    assert_eq!(
        apply
            .iter()
            .filter(|e| e["type"] == "apply_complete")
            .count(),
        3
    );
    assert_eq!(apply.last().unwrap()["outputs"]["one"]["value"], "one");
    assert!(
        apply
            .iter()
            .all(|e| e["@timestamp"].as_str().unwrap().ends_with('Z'))
    );
    let asked = s.events("apply -json", 1);
    assert_eq!(
        asked.last().unwrap()["diagnostic"]["summary"],
        "Plan file or auto-approve required"
    );
}

#[test]
fn problems_have_a_place_in_a_file() {
    let s = Sandbox::new("resource \"terraform_data\" \"a\" {\n  input = var.nothing\n}\n");
    let text = s.exits("validate", 1).err;
    assert!(
        text.contains("main.tf:2:11") && text.contains("Reference to undeclared input variable"),
        "{text}"
    );
    let ran = s.exits("validate -json", 1);
    let document: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(document["valid"], false);
    assert_eq!(document["diagnostics"][0]["range"]["start"]["line"], 2);
    let plan = s.events("plan -json -out=p", 1);
    assert_eq!(
        plan.last().unwrap()["diagnostic"]["range"]["filename"],
        "main.tf"
    );
    assert!(
        !s.path("p").exists(),
        "no plan of what was refused before planning"
    );
}

#[test]
fn plans_and_states_are_documents() {
    let s = Sandbox::new(PAIR);
    assert_eq!(s.json("show -json"), json!({ "format_version": "1.0" }));
    s.ok("plan -out=p");
    let plan = s.json("show -json p");
    assert_eq!(plan["format_version"], "1.2");
    assert_eq!(plan["resource_changes"].as_array().unwrap().len(), 3);
    let resources = &plan["configuration"]["root_module"]["resources"];
    assert_eq!(
        resources[0]["expressions"]["input"],
        json!({ "references": ["var.text"] })
    );
    assert_eq!(
        resources[1]["expressions"]["input"]["references"],
        json!(["terraform_data.a.output", "terraform_data.a", "count.index"])
    );
    assert!(
        s.ok("graph -type=apply -plan=p")
            .contains("\"[root] terraform_data.b[0]\" -> \"[root] terraform_data.a\"")
    );
    assert!(s.ok("graph").contains("\"[root] var.text\""));
    s.ok("apply p");
    let state = s.json("show -json");
    assert_eq!(state["values"]["outputs"]["one"]["value"], "one");
    assert!(s.ok("show").contains("input  = \"one\""));
    assert!(
        s.ok("plan -markdown -destroy")
            .contains("| **destroy** | `terraform_data.a` |")
    );
}

#[test]
fn the_state_is_listed_moved_removed_and_replaced() {
    let s = applied();
    assert_eq!(
        s.ok("state list"),
        "terraform_data.a\nterraform_data.b[0]\nterraform_data.b[1]\n"
    );
    assert!(
        s.ok("state show terraform_data.a")
            .contains("# terraform_data.a:")
    );
    let before = s.ok("state pull");
    assert!(
        s.ok("state mv terraform_data.b terraform_data.c")
            .contains("Successfully moved 2 object(s).")
    );
    assert!(
        s.ok("state rm -dry-run terraform_data.c")
            .contains("Would remove terraform_data.c[0]")
    );
    s.ok("state rm terraform_data.c[0]");
    assert_eq!(
        s.ok("state list"),
        "terraform_data.a\nterraform_data.c[1]\n"
    );
    s.file("old", &before);
    let refused = s.exits("state push old", 1);
    assert!(refused.err.contains("newer state"), "{}", refused.err);
    s.ok("state push -force old");
    assert_eq!(
        s.ok("state list terraform_data.b"),
        "terraform_data.b[0]\nterraform_data.b[1]\n"
    );
    let backups = std::fs::read_dir(s.path("")).unwrap().flatten();
    assert!(
        backups
            .filter(|e| e.file_name().to_string_lossy().ends_with(".backup"))
            .count()
            > 0
    );
    assert!(
        s.exits("state rm terraform_data.x", 1)
            .err
            .contains("No instance found")
    );
}

#[test]
fn terraforms_state_is_adopted_once() {
    let s = applied();
    std::fs::rename(s.path("bastionless.tfstate"), s.path("terraform.tfstate")).unwrap();
    let theirs = s.read("terraform.tfstate");
    for line in ["plan", "apply -auto-approve", "state list"] {
        assert!(s.exits(line, 1).err.contains("state adopt"), "{line}");
    }
    s.ok("state adopt");
    assert_eq!(s.read("bastionless.tfstate"), theirs);
    assert_eq!(s.read("terraform.tfstate"), theirs);
    s.exits("plan -detailed-exitcode", 0);
    assert!(s.exits("state adopt", 1).err.contains("State is not empty"));
}

#[test]
fn an_object_is_imported_and_nothing_else_is_done() {
    let s = Sandbox::new(
        "resource \"terraform_data\" \"a\" {}\nresource \"terraform_data\" \"b\" {}\n",
    );
    s.ok("import terraform_data.a some-id");
    assert_eq!(s.ok("state list"), "terraform_data.a\n");
    assert!(s.ok("state show terraform_data.a").contains("\"some-id\""));
    assert!(
        s.exits("import terraform_data.none x", 1)
            .err
            .contains("terraform_data.none")
    );
}

#[test]
fn workspaces_keep_their_states_apart() {
    let s = applied();
    s.ok("workspace new dev");
    assert_eq!(s.ok("workspace show"), "dev\n");
    assert_eq!(s.ok("state list"), "");
    s.ok("apply -auto-approve");
    s.ok("workspace select default");
    assert_eq!(s.ok("workspace list"), "* default\n  dev\n\n");
    assert!(s.exits("workspace delete dev", 1).err.contains("not empty"));
    s.ok("workspace delete -force dev");
    assert!(
        s.exits("workspace select dev", 1)
            .err
            .contains("doesn't exist")
    );
}

#[test]
fn a_backend_must_be_initialised() {
    let s = Sandbox::new(
        "terraform {\n  backend \"local\" {\n    path = \"here/x.tfstate\"\n  }\n}\nresource \"terraform_data\" \"a\" {}\n",
    );
    assert!(
        s.exits("plan", 1)
            .err
            .contains("Backend initialization required")
    );
    s.ok("init");
    s.ok("apply -auto-approve");
    assert!(s.path("here/x.tfstate").exists());
    s.file("main.tf", "terraform {\n  backend \"local\" {}\n}\n");
    assert!(
        s.exits("plan", 1)
            .err
            .contains("Backend configuration block has changed")
    );
    assert!(s.exits("init", 1).err.contains("-reconfigure"));
    s.ok("init -reconfigure");
    s.ok("plan");
}

#[test]
fn files_are_formatted() {
    let s = Sandbox::new("locals {\na=1\n  long = 2\n}\n");
    assert_eq!(s.exits("fmt -check", 2).out, "main.tf\n");
    assert!(s.exits("fmt -check -diff", 2).out.contains("+  a    = 1"));
    assert_eq!(s.ok("fmt"), "main.tf\n");
    assert_eq!(s.read("main.tf"), "locals {\n  a    = 1\n  long = 2\n}\n");
    assert_eq!(s.ok("fmt"), "");
    assert_eq!(s.run_with("fmt -", "x={a=1}\n").out, "x = { a = 1 }\n");
    s.file("broken.tf", "locals {\n");
    assert!(s.exits("fmt", 1).err.contains("broken.tf"));
}

#[test]
fn the_command_line_is_terraforms() {
    let s = Sandbox::new(PAIR)
        .env("TF_CLI_ARGS_plan", "-var text=env")
        .env("TF_VAR_text", "weak");
    assert!(s.ok("plan").contains("\"env\""));
    assert!(s.ok("plan --var text=own -no-color").contains("\"own\""));
    let version = s.json("version -json");
    assert_eq!(version["terraform_version"], "1.15.5");
    let wrong = s.exits("plan -detailed-exitcod", 1).err;
    assert!(wrong.contains("--detailed-exitcode"), "{wrong}");
    assert!(s.exits("pln", 1).err.contains("Did you mean `plan`?"));
    for line in ["plan -exclude=x", "init -from-module=x"] {
        assert!(s.exits(line, 1).err.contains("Not built yet"), "{line}");
    }
    assert!(s.ok("plan -help").contains("--detailed-exitcode"));
    s.file("sub/main.tf", "output \"x\" {\n  value = path.root\n}\n");
    s.ok("-chdir=sub apply -auto-approve");
    assert!(s.path("sub/bastionless.tfstate").exists());
    assert!(
        s.exits("apply", 1).err.contains("-auto-approve"),
        "nobody can be asked"
    );
}

#[test]
fn all_types_are_listed() {
    let s = Sandbox::new("");
    let schemas = s.json("providers schema -json");
    let aws = &schemas["provider_schemas"]["registry.terraform.io/hashicorp/aws"];
    assert!(
        aws["resource_schemas"]["aws_ec2_instance_connect_endpoint"]["block"]["attributes"]["subnet_id"]
            ["required"]
            == true
    );
}

/// What real Terraform says of the same configuration.
#[test]
fn validate_knows_no_values_of_modules_and_objects() {
    let root = "module \"m\" {\n  source = \"./m\"\n  w      = \"abc\"\n}\noutput \"s\" {\n  value = [module.m.s, module.m.z.name]\n}\n";
    let s = Sandbox::new(root);
    let module = "variable \"w\" {\n  type = string\n}\noutput \"z\" {\n  value = tonumber(var.w)\n}\noutput \"s\" {\n  value     = 1\n  sensitive = true\n}\n";
    std::fs::create_dir(s.path("m")).unwrap();
    std::fs::write(s.path("m/main.tf"), module).unwrap();
    s.ok("init");
    assert!(s.ok("validate").contains("Success!"));
    let object = "resource \"terraform_data\" \"a\" {}\noutput \"o\" {\n  value = [for v in terraform_data.a : v.output]\n}\n";
    let s = Sandbox::new(object);
    assert_eq!(
        s.exits("validate", 1)
            .err
            .matches("Can't access attributes on a primitive-typed value (string).")
            .count(),
        1
    );
}
