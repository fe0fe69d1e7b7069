//! `variable`.

use super::check;

#[test]
fn variables_are_held_to_their_rules() {
    check(
        r#"
variable "count" {}
variable "a b" {}
variable "a" {
  default = null
  nullable = false
}
variable "b" {
  validation {
    condition = 1 == 1
    error_message = "x"
  }
}
variable "c" {
  validation {
    error_message = "x"
  }
  type2 = 1
  nope {}
}
variable "e" {
  sensitive = "x"
  nullable = null
}
variable "e" {}
"#,
        &[
            "Invalid variable name @ main.tf:2:10",
            "Invalid variable name @ main.tf:3:10",
            "Invalid default value for variable @ main.tf:5:13",
            "Invalid validation expression @ main.tf:10:17",
            "Invalid variable validation condition @ main.tf:10:17",
            "Unsupported argument @ main.tf:18:3",
            "Unsupported block type @ main.tf:19:3",
            "Missing required argument @ main.tf:15:14",
            "Unsuitable value type @ main.tf:23:14",
            "Unsuitable value type @ main.tf:22:16",
            "Duplicate variable declaration @ main.tf:25:1",
        ],
    );
}
