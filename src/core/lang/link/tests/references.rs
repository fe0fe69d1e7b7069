//! References.

use super::super::testing::linked;
use super::check;

#[test]
fn undeclared_names_are_reported_together() {
    check(
        r#"
output "a" { value = path.nope }
output "b" { value = terraform.nope }
output "c" { value = count.index }
output "d" { value = each.key }
output "e" { value = self.id }
output "f" { value = data.x.y }
output "g" { value = module.nope }
output "h" { value = var.nope }
output "i" { value = aws }
output "j" { value = terraform_data.r }
output "n" { value = local.nope }
variable "nop" { default = 1 }
"#,
        &[
            r#"Invalid "path" attribute @ main.tf:2:22"#,
            r#"Invalid "terraform" attribute @ main.tf:3:22"#,
            r#"Reference to "count" in non-counted context @ main.tf:4:22"#,
            r#"Reference to "each" in context without for_each @ main.tf:5:22"#,
            r#"Invalid "self" reference @ main.tf:6:22"#,
            "Reference to undeclared resource @ main.tf:7:22",
            "Reference to undeclared module @ main.tf:8:22",
            "Reference to undeclared input variable @ main.tf:9:22",
            "Invalid reference @ main.tf:10:22",
            "Reference to undeclared resource @ main.tf:11:22",
            "Reference to undeclared local value @ main.tf:12:22",
        ],
    );
}

#[test]
fn suggestions_name_what_is_near() {
    let (_, _, diagnostics) = linked(
        "output \"a\" { value = var.nope }\noutput \"b\" { value = terraform_data.man.id }\nvariable \"nop\" { default = 1 }\nresource \"terraform_data\" \"main\" {}\n",
    );
    let details: Vec<&str> = diagnostics.iter().map(|d| &*d.detail).collect();
    assert_eq!(
        details,
        [
            "An input variable with the name \"nope\" has not been declared. Did you mean \"nop\"?",
            "A managed resource \"terraform_data\" \"man\" has not been declared in the root module. Did you mean \"main\"?",
        ]
    );
}

#[test]
fn references_fit_what_they_name() {
    check(
        r#"
resource "terraform_data" "one" {}
resource "terraform_data" "many" {
  count = 1
}
output "a" { value = terraform_data.one[0].id }
output "b" { value = terraform_data.many.id }
output "c" { value = terraform_data.one.foo }
output "d" { value = terraform_data.one.id.x }
output "e" { value = module.m.nope }
output "f" { value = module.m.x.anything }
output "g" { value = module.n[0].nope }
module "m" { source = "./m" }
module "n" {
  source = "./m"
  count  = 1
}
-- m/m.tf --
output "x" { value = 1 }
"#,
        &[
            "Unexpected resource instance key @ main.tf:6:22",
            "Missing resource instance key @ main.tf:7:22",
            "Unsupported attribute @ main.tf:8:40",
            "Unsupported attribute @ main.tf:9:43",
            "Unsupported attribute @ main.tf:10:30",
            "Unsupported attribute @ main.tf:12:33",
        ],
    );
}
