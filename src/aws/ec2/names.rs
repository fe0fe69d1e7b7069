//! Names that are generated where the configuration gives none.

use aws_sdk_ec2::primitives::{DateTime, DateTimeFormat};
use bastionless_model::{cloud::Intent, value::Value};

use super::attributes::text_of;

const GENERATED: usize = 26;

/// Returns the name to create an object with: as configured, else prefix or `terraform-` and a suffix that the intent
/// determines, so that a repeated call makes the same name.
pub(crate) fn name_for(planned: &Value, name: &str, prefix: &str, intent: &Intent) -> String {
    if let Some(name) = text_of(planned, name) {
        return name.to_owned();
    }
    let prefix = text_of(planned, prefix).unwrap_or("terraform-");
    format!("{prefix}{}", suffix(intent))
}

/// 18 digits of time and 8 hexadecimal digits, as Terraform's.
fn suffix(intent: &Intent) -> String {
    let time = DateTime::from_secs(intent.recorded_at).fmt(DateTimeFormat::DateTime);
    let digits = time.unwrap_or_default();
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let unique: String = intent
        .id
        .chars()
        .filter(char::is_ascii_hexdigit)
        .take(8)
        .collect();
    format!("{digits:0<18}{unique:0>8}")
}

/// Returns the prefix of a generated name, as it is read back: the name without its suffix.
pub(crate) fn prefix_of(name: &str) -> Option<&str> {
    let at = name.len().checked_sub(GENERATED)?;
    let (prefix, suffix) = (name.get(..at)?, name.get(at..)?);
    let (time, unique) = (suffix.get(..18)?, suffix.get(18..)?);
    let generated = time.bytes().all(|b| b.is_ascii_digit())
        && unique
            .bytes()
            .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase());
    (generated && !prefix.is_empty()).then_some(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_name_gives_its_prefix_back() {
        let intent = Intent {
            id: "0f3c9a1e-77aa-4bd2-9d5a-aa0000000000".into(),
            recorded_at: 1_763_769_600,
        };
        let planned = Value::object([("name_prefix", Value::from("door-"))]);
        let name = name_for(&planned, "name", "name_prefix", &intent);
        assert_eq!(name, "door-2025112200000000000f3c9a1e");
        assert_eq!(prefix_of(&name), Some("door-"));
        assert_eq!(prefix_of("a-name-that-someone-gave-to-it"), None);
    }
}
