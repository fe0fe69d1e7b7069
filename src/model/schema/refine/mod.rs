//! Rules that the data of a schema does not reach: pure functions, one file a family of types.

mod access_policy;
mod instance;
mod policy_document;
mod route_table;
mod s3_bucket_versioning;
mod security_group;
mod security_group_rule;
mod terraform_data;
mod vpc_endpoint;

use super::{
    Schema,
    plan::{Problem, Settings},
};
use crate::value::Value;

/// From schema, planned value, state and configuration to the planned value.
type Plan = fn(&Schema, Value, Option<&Value>, &Value) -> Value;

/// From settings, state and what was read to the state.
type Read = fn(&Settings, Option<&Value>, Value) -> Value;

/// The rules of a type; what is absent needs none.
#[derive(Clone, Copy)]
pub(super) struct Refine {
    /// The name that schemas use.
    pub(super) name: &'static str,
    /// Brings a configured top-level attribute (name, value) into the form that the state has.
    pub(super) shape: Option<fn(&str, Value) -> Value>,
    /// Changes the planned value, seeing state and configuration.
    pub(super) plan: Option<Plan>,
    /// Says why the change from state to planned value is impossible.
    pub(super) refuse: Option<fn(&Value, &Value) -> Vec<Problem>>,
    /// Settles what was read, seeing state.
    pub(super) read: Option<Read>,
    /// Checks a configuration.
    pub(super) validate: Option<fn(&Value) -> Vec<Problem>>,
}

impl Refine {
    const NONE: Self = Self {
        name: "",
        shape: None,
        plan: None,
        refuse: None,
        read: None,
        validate: None,
    };
}

/// All rules, sorted by name.
static REFINES: &[Refine] = &[
    access_policy::REFINE,
    instance::REFINE,
    policy_document::REFINE,
    route_table::REFINE,
    s3_bucket_versioning::REFINE,
    security_group::REFINE,
    security_group_rule::REFINE,
    terraform_data::REFINE,
    vpc_endpoint::REFINE,
    security_group_rule::REFINE_SINGLE,
];

/// Returns the rules of a type.
pub(super) fn of(schema: &Schema) -> Option<&'static Refine> {
    let name = schema.refine.as_deref()?;
    REFINES.iter().find(|r| r.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Catalogue, SchemaKind};

    #[test]
    fn schemas_and_rules_name_each_other() {
        assert!(REFINES.is_sorted_by_key(|r| r.name));
        let catalogue = Catalogue::builtin();
        let mut used = std::collections::BTreeSet::new();
        for kind in [SchemaKind::Managed, SchemaKind::Data] {
            for name in catalogue.names(kind) {
                let schema = catalogue.get(kind, name).unwrap();
                if let Some(refine) = &schema.refine {
                    assert!(of(&schema).is_some(), "{name}: {refine}");
                    used.insert(refine.to_string());
                }
            }
        }
        assert_eq!(used.len(), REFINES.len());
    }
}
