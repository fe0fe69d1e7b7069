//! `taint`, `untaint`, `init -migrate-state`, `plan -generate-config-out`.

use crate::sandbox::Sandbox;

const ONE: &str = "resource \"terraform_data\" \"a\" {\n  input = 1\n}\n";

#[test]
fn a_tainted_object_is_replaced() {
    let s = Sandbox::new(ONE);
    s.ok("apply -auto-approve");
    assert_eq!(
        s.ok("taint terraform_data.a"),
        "Resource instance terraform_data.a has been marked as tainted.\n"
    );
    s.ok("taint terraform_data.a");
    let plan = s.exits("plan -detailed-exitcode", 2).out;
    assert!(
        plan.contains("is tainted, so must be replaced")
            || plan.contains("is tainted, so it must be replaced"),
        "{plan}"
    );
    assert_eq!(
        s.ok("untaint terraform_data.a"),
        "Resource instance terraform_data.a has been successfully untainted.\n"
    );
    s.exits("plan -detailed-exitcode", 0);
    assert!(
        s.exits("untaint terraform_data.a", 1)
            .err
            .contains("is not tainted")
    );
    for line in ["taint terraform_data.zz", "untaint terraform_data.a[0]"] {
        assert!(
            s.exits(line, 1).err.contains("No such resource instance"),
            "{line}"
        );
    }
    assert!(
        s.exits("taint -allow-missing terraform_data.zz", 0)
            .err
            .contains("not an error")
    );
    assert!(
        s.exits("taint data.x.y", 1)
            .err
            .contains("only managed resources")
    );
}

fn backend(path: &str) -> String {
    format!("terraform {{\n  backend \"local\" {{\n    path = \"{path}\"\n  }}\n}}\n{ONE}")
}

#[test]
fn states_are_taken_along_to_another_backend() {
    let s = Sandbox::new(ONE);
    s.ok("apply -auto-approve");
    let first = s.read("bastionless.tfstate");
    s.file("main.tf", &backend("b/x.tfstate"));
    assert!(s.exits("init", 1).err.contains("Existing state found"));
    assert!(
        s.exits("init -migrate-state", 1)
            .err
            .contains("-force-copy"),
        "nobody can be asked"
    );
    assert!(!s.path("b").exists(), "nothing was done");
    let said = s.ok("init -migrate-state -force-copy");
    assert!(
        said.contains("Copied the state of workspace \"default\"."),
        "{said}"
    );
    assert_eq!(s.read("b/x.tfstate"), first);
    assert_eq!(s.read("bastionless.tfstate"), first, "the old one stays");
    s.exits("plan -detailed-exitcode", 0);
    s.ok("apply -auto-approve -replace=terraform_data.a");
    // Back without the block: the older state that lies there is replaced.
    s.file("main.tf", ONE);
    assert!(s.exits("init", 1).err.contains("-migrate-state"));
    s.ok("init -force-copy");
    s.exits("plan -detailed-exitcode", 0);
    assert_eq!(s.read("bastionless.tfstate"), s.read("b/x.tfstate"));
    assert!(
        s.exits("init -migrate-state -reconfigure", 1)
            .err
            .contains("mutually-exclusive")
    );
}

#[test]
fn another_state_is_not_replaced_without_force() {
    let s = Sandbox::new(&backend("a.tfstate"));
    s.ok("init");
    s.ok("apply -auto-approve");
    s.file("main.tf", &backend("b.tfstate"));
    s.ok("init -reconfigure");
    s.ok("apply -auto-approve");
    let theirs = s.read("b.tfstate");
    s.file("main.tf", &backend("a.tfstate"));
    s.ok("init -reconfigure");
    s.file("main.tf", &backend("b.tfstate"));
    s.ok("init -migrate-state -force-copy");
    assert_eq!(s.read("b.tfstate"), s.read("a.tfstate"));
    assert_ne!(s.read("b.tfstate"), theirs);
}

#[test]
fn configuration_of_imported_objects_is_written() {
    let imports = "import {\n  to = terraform_data.a\n  id = \"some-id\"\n}\nimport {\n  to = terraform_data.b\n  id = \"b\"\n}\n";
    let s = Sandbox::new(&format!(
        "{imports}resource \"terraform_data\" \"b\" {{}}\n"
    ));
    let refused = s.exits("plan", 1).err;
    assert!(
        refused.contains("Configuration for import target does not exist")
            && refused.contains("-generate-config-out"),
        "{refused}"
    );
    let plan = s.exits("plan -generate-config-out=generated.tf -out=p", 0);
    assert!(
        plan.out.contains("2 to import") && plan.err.contains("written it to generated.tf"),
        "{plan:?}"
    );
    // What a real Terraform 1.15.5 writes.
    assert_eq!(
        s.read("generated.tf"),
        "# __generated__ by Terraform\n# Please review these resources and move them into your main configuration files.\n\n# __generated__ by Terraform from \"some-id\"\nresource \"terraform_data\" \"a\" {\n  input            = null\n  triggers_replace = null\n}\n"
    );
    assert!(
        s.exits("plan -generate-config-out=generated.tf", 1)
            .err
            .contains("Target generated file already exists")
    );
    s.ok("apply p");
    assert_eq!(s.ok("state list"), "terraform_data.a\nterraform_data.b\n");
    s.exits("plan -detailed-exitcode", 0);
    s.ok("plan -generate-config-out=other.tf");
    assert!(!s.path("other.tf").exists(), "every import has its block");
    s.file(
        "main.tf",
        "import {\n  to = terraform_data.c[0]\n  id = \"x\"\n}\n",
    );
    assert!(
        s.exits("plan -generate-config-out=other.tf", 1)
            .err
            .contains("Cannot generate configuration")
    );
}
