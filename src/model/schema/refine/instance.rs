//! Instances: arguments that are known and not built yet are refused, so that nothing is accepted and ignored.

use super::Refine;
use crate::{schema::plan::Problem, value::Value};

pub(super) const REFINE: Refine = Refine {
    name: "instance",
    validate: Some(validate),
    ..Refine::NONE
};

fn validate(config: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    let not_built = |name: &str, instead: &str| {
        let detail = format!("`{name}` of an instance is not built yet. {instead}");
        Problem::at(name, "Unsupported argument value", detail)
    };
    if config
        .get("secondary_network_interface")
        .is_some_and(|v| v.children().next().is_some())
    {
        let instead = "Remove the block, or attach the interface outside of this configuration.";
        problems.push(not_built("secondary_network_interface", instead));
    }
    if config.get_bool("get_password_data") == Some(true) {
        let instead =
            "Remove the argument, and read the password with `aws ec2 get-password-data`.";
        problems.push(not_built("get_password_data", instead));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Type;

    #[test]
    fn what_is_not_built_is_refused() {
        let interfaces = |l| Value::list(Type::object([("n", Type::Number)]), l);
        let config = |l, password: bool| {
            Value::object([
                ("secondary_network_interface", interfaces(l)),
                ("get_password_data", password.into()),
            ])
        };
        assert_eq!(validate(&config(Vec::new(), false)).len(), 0);
        let one = vec![Value::object([("n", Value::from(1))])];
        assert_eq!(validate(&config(one, true)).len(), 2);
    }
}
