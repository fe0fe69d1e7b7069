//! Rules that the data of a schema does not reach: pure functions, one file a family of types.

mod access_policy;
mod instance;
mod policy_document;
mod route_table;
mod s3_bucket;
mod s3_bucket_versioning;
mod security_group;
mod security_group_rule;
mod terraform_data;
mod vpc_endpoint;

use super::{
    Schema,
    plan::{Problem, Settings},
};
use crate::value::{Path, Value};

/// From schema, planned value, state and configuration to the planned value.
type Plan = fn(&Schema, Value, Option<&Value>, &Value) -> Value;

/// From state and planned value to what speaks against it; there is no state of an object that is to be made.
type Refuse = fn(Option<&Value>, &Value) -> Vec<Problem>;

/// From settings, state and what was read to the state.
type Read = fn(&Settings, Option<&Value>, Value) -> Value;

/// The rules of a type; what is absent needs none.
#[derive(Clone, Copy, Debug)]
pub struct Refine {
    /// The name that schemas use.
    pub name: &'static str,
    /// Brings a configured top-level attribute (name, value) into the form that the state has.
    pub shape: Option<fn(&str, Value) -> Value>,
    /// Changes the planned value, seeing state and configuration.
    pub plan: Option<Plan>,
    /// Says why the change from state to planned value is impossible.
    pub refuse: Option<Refuse>,
    /// Returns places whose change from state to planned value makes a new object necessary, beside those that data names.
    pub replace: Option<fn(&Value, &Value) -> Vec<Path>>,
    /// Settles what was read, seeing state.
    pub read: Option<Read>,
    /// Checks a configuration.
    pub validate: Option<fn(&Value) -> Vec<Problem>>,
}

impl Refine {
    /// No rules at all, to start from.
    pub const NONE: Self = Self {
        name: "",
        shape: None,
        plan: None,
        refuse: None,
        replace: None,
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
    s3_bucket::REFINE,
    s3_bucket_versioning::REFINE,
    security_group::REFINE,
    security_group_rule::REFINE,
    terraform_data::REFINE,
    vpc_endpoint::REFINE,
    security_group_rule::REFINE_SINGLE,
];

/// Returns the rules of a name.
pub(super) fn named(name: &str) -> Option<&'static Refine> {
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
                    used.insert(refine.name);
                }
            }
        }
        assert_eq!(used.len(), REFINES.len());
    }
}
