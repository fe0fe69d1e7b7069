//! `terraform`, and override files.

use super::super::testing::linked;
use super::check;

#[test]
fn versions_are_those_of_the_language_and_of_the_built_in_types() {
    check(
        r#"
terraform {
  required_version = "< 1.0, > 0.12"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
    b = { source = "a/b/c/d" }
    c = { version = "x" }
  }
}
terraform { required_version = "nope" }
"#,
        &[
            "Invalid provider source string @ main.tf:9:20",
            "Invalid version constraint @ main.tf:10:21",
            "Invalid version constraint @ main.tf:13:32",
            "Unsupported Terraform Core version @ main.tf:3:3",
            "warning: Provider version not satisfied @ main.tf:7:17",
        ],
    );
}

#[test]
fn override_files_replace_arguments_and_blocks() {
    let (program, _, diagnostics) = linked(
        r#"
variable "v" {
  default     = 1
  description = "kept"
}
locals {
  a = 1
  b = 2
}
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
-- override.tf --
variable "v" { default = 2 }
locals { b = 3 }
terraform {
  required_providers {
    west = { source = "hashicorp/aws" }
  }
}
-- x_override.tf --
output "nope" { value = 2 }
variable "v" { default = 3 }
"#,
    );
    assert_eq!(
        super::super::testing::shown(&program, &diagnostics),
        "Missing base output definition to override @ x_override.tf:1:1"
    );
    let root = &program.modules[0];
    let v = &root.variables["v"];
    assert_eq!(v.default.as_ref().and_then(|d| d.as_i64()), Some(3));
    assert_eq!(v.description.as_deref(), Some("kept"));
    let sources: Vec<&str> = root.provider_sources.keys().map(|k| &**k).collect();
    assert_eq!(sources, ["aws", "west"]);
    let b = root.locals["b"].expr.span;
    assert_eq!(program.sources.text(b), "3");
}
