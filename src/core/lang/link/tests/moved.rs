//! `moved`, `removed`, `import`.

use super::check;

#[test]
fn moves_removals_and_imports_are_compared_with_the_configuration() {
    check(
        r#"
moved {
  from = terraform_data.a
  to   = terraform_data.a
}
moved {
  from = terraform_data.b
  to   = terraform_data.c
}
moved {
  from = terraform_data.b
  to   = terraform_data.d
}
moved {
  from = terraform_data.e
  to   = terraform_data.f
}
moved {
  from = terraform_data.f
  to   = terraform_data.e
}
moved {
  from = terraform_data.still
  to   = terraform_data.g
}
moved {
  from = terraform_data.still
  to   = terraform_data.still[0]
}
moved {
  from = module.x
  to   = terraform_data.y
}
removed {
  from = terraform_data.still
}
removed {
  from = terraform_data.x[0]
}
removed {
  from = module.m[0].terraform_data.x
}
import {
  to = terraform_data.nope
  id = "x"
}
import {
  to = terraform_data.still
}
import {
  to = terraform_data.still[each.key]
  id = each.value
}
resource "terraform_data" "still" {}
"#,
        &[
            "Invalid \"moved\" addresses @ main.tf:30:1",
            "Resource instance keys not allowed @ main.tf:38:26",
            "Module instance keys not allowed @ main.tf:41:18",
            "Invalid import block @ main.tf:47:1",
            "Invalid expression @ main.tf:51:8",
            "Redundant move statement @ main.tf:2:1",
            "Ambiguous move statements @ main.tf:10:1",
            "Cyclic dependency in move statements @ main.tf:14:1",
            "Moved object still exists @ main.tf:22:1",
            "Ambiguous move statements @ main.tf:26:1",
            "Removed resource still exists @ main.tf:54:1",
        ],
    );
}
