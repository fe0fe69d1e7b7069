//! `module` and `output`.

use super::check;

#[test]
fn calls_are_compared_with_the_variables_of_the_module() {
    check(
        r#"
module "m" {
  source = "./m"
  extra  = 1
  old    = 1
}
module "n" { source = "./nope" }
module "o" { source = "foo" }
module "p" { source = "hashicorp/consul/aws" }
module "q" { source = "registry/module/aws" }
module "r" {
  source  = "registry/module/aws"
  version = "~> 2.0"
}
module "s" { source = "bastionless::door" }
output "o" { value = module.n.x }
-- m/m.tf --
variable "v" {}
variable "old" {
  default    = 1
  deprecated = "use new"
}
-- .terraform/modules/q/main.tf --
output "x" { value = 1 }
"#,
        &[
            "Unreadable module directory @ main.tf:7:23",
            "Invalid module source address @ main.tf:8:23",
            "Module not installed @ main.tf:9:23",
            "Module version requirements have changed @ main.tf:13:13",
            "Unknown built-in module @ main.tf:15:23",
            "Missing required argument @ main.tf:2:12",
            "Unsupported argument @ main.tf:4:3",
            "warning: Deprecated variable got a value @ main.tf:5:12",
        ],
    );
}

#[test]
fn a_module_that_calls_itself_is_refused() {
    check(
        "module \"a\" { source = \"./a\" }\n-- a/a.tf --\nmodule \"a\" { source = \"../a\" }\n",
        &["Module calls itself @ a/a.tf:1:23"],
    );
}

#[test]
fn uses_of_deprecated_outputs_are_mentioned_unless_silenced() {
    check(
        r#"
module "m" { source = "./m" }
module "quiet" {
  source                     = "./q"
  ignore_nested_deprecations = true
}
output "a" { value = module.m.old }
output "b" { value = module.m }
output "c" { value = module.m.new }
-- m/m.tf --
output "old" {
  value      = 1
  deprecated = "use new"
}
output "new" { value = 1 }
-- q/m.tf --
module "m" { source = "../m" }
output "x" { value = module.m.old }
"#,
        &[
            "warning: Deprecated value used @ main.tf:7:22",
            "warning: Deprecated value used @ main.tf:8:22",
        ],
    );
}
