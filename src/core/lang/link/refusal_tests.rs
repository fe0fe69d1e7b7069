//! What Terraform 1.15.5 refuses among OpenTofu's invalid configurations, at the places where it points.

use super::testing::problems;

#[track_caller]
fn check(text: &str, expect: &str) {
    let found: Vec<String> = problems(text)
        .lines()
        .filter(|l| !l.starts_with("warning"))
        .map(str::to_owned)
        .collect();
    assert_eq!(found.join("\n"), expect);
}

#[test]
fn conditions_do_not_name_their_own_resource() {
    check(
        "resource \"terraform_data\" \"a\" {
  count = 1
  lifecycle {
    precondition {
      condition     = terraform_data.a[0].id != \"\"
      error_message = \"x\"
    }
    postcondition {
      condition     = self.id != \"\"
      error_message = \"x ${terraform_data.a[0].id}\"
    }
  }
}
",
        "Invalid reference in precondition @ main.tf:5:23\nInvalid reference in postcondition @ main.tf:10:23",
    );
}

#[test]
fn triggers_know_each_key_and_count_index_only() {
    check(
        "resource \"terraform_data\" \"a\" {}
resource \"terraform_data\" \"b\" {
  for_each = { x = 1 }
  lifecycle {
    replace_triggered_by = [terraform_data.a[each.val]]
  }
}
",
        "Invalid each reference in replace_triggered_by expression @ main.tf:5:29",
    );
}

#[test]
fn names_of_providers_hold_letters_digits_and_dashes() {
    check(
        "terraform {
  required_providers {
    a_b = { source = \"x/y\" }
  }
}
resource \"terraform_data\" \"a\" {
  provider = TEST
}
",
        "Invalid provider local name @ main.tf:3:5\nInvalid provider local name @ main.tf:7:14",
    );
    check(
        "required_providers {\n}\n",
        "Invalid required_providers block @ main.tf:1:1",
    );
}

#[test]
fn list_and_map_are_whole_types_of_variables() {
    check(
        "variable \"a\" {\n  type = list\n  default = [1]\n}\nvariable \"b\" {\n  type = map\n}\n",
        "",
    );
    check(
        "variable \"a\" {\n  type = set\n}\nvariable \"b\" {\n  type = list(map)\n}\n",
        "Invalid type specification @ main.tf:2:10\nInvalid type specification @ main.tf:5:15",
    );
}
