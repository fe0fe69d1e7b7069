//! Which changes make a new object necessary.

use super::{
    Settings,
    same::{is_empty, same},
};
use crate::{
    schema::{Block, Default, NestedBlock, Nesting, Replace, Schema},
    value::{Path, Value},
};

/// A rule of a `replace_when`: tells whether this change of the attribute replaces.
type Rule = fn(&Change) -> bool;

/// The change of an attribute, and the object around it.
pub(super) struct Change<'a> {
    settings: &'a Settings,
    prior: &'a Value,
    planned: &'a Value,
    old: &'a Value,
    new: &'a Value,
}

/// Rules by the name that schemas use; sorted.
static RULES: &[(&str, Rule)] = &[
    ("assigns_ipv6", |c| {
        c.prior.get_bool("assign_ipv6_address_on_creation") == Some(true)
    }),
    ("not_interface", |c| {
        c.planned.get_str("vpc_endpoint_type") != Some("Interface")
    }),
    ("not_own_account", |c| {
        !(is_empty(c.old)
            && c.new.as_str().is_some()
            && c.new.as_str() == c.settings.account.as_deref())
    }),
    ("source_kind", |c| c.old.is_null() != c.new.is_null()),
    ("tenancy_to_dedicated", |c| {
        c.old.as_str() == Some("default") && c.new.as_str() == Some("dedicated")
    }),
    ("user_data_replace_on_change", |c| {
        c.planned.get_bool("user_data_replace_on_change") == Some(true)
    }),
];

/// Returns the places of `planned` whose change replaces the object, in the order of their names.
pub(super) fn paths(
    schema: &Schema,
    settings: &Settings,
    prior: &Value,
    planned: &Value,
) -> Vec<Path> {
    let mut finder = Finder {
        settings,
        prior,
        planned,
        out: Vec::new(),
    };
    finder.block(&schema.block, prior, planned, &Path::default());
    finder.out
}

struct Finder<'a> {
    settings: &'a Settings,
    prior: &'a Value,
    planned: &'a Value,
    out: Vec<Path>,
}

impl Finder<'_> {
    fn block(&mut self, block: &Block, prior: &Value, planned: &Value, path: &Path) {
        let null = Value::NULL;
        for (name, a) in &block.attributes {
            let (old, new) = (
                prior.get(name).unwrap_or(&null),
                planned.get(name).unwrap_or(&null),
            );
            if same(old, new) || (is_empty(old) && is_empty(new)) {
                continue;
            }
            let region = matches!(a.default, Some(Default::ProviderRegion));
            let replaces = match &a.replace {
                Replace::Never => false,
                // A state of provider 5 names no region.
                Replace::Always => !(region && old.is_null()),
                Replace::When(rule) => {
                    let change = Change {
                        settings: self.settings,
                        prior: self.prior,
                        planned: self.planned,
                        old,
                        new,
                    };
                    RULES
                        .iter()
                        .any(|(name, holds)| *name == &**rule && holds(&change))
                }
            };
            if replaces {
                self.out.push(path.clone().attribute(name.clone()));
            }
        }
        for (name, n) in &block.blocks {
            let (old, new) = (
                prior.get(name).unwrap_or(&null),
                planned.get(name).unwrap_or(&null),
            );
            if !same(old, new) && old.is_known() && new.is_known() {
                self.nested(n, old, new, &path.clone().attribute(name.clone()));
            }
        }
    }

    fn nested(&mut self, n: &NestedBlock, old: &Value, new: &Value, path: &Path) {
        let (olds, news) = (
            old.elements().unwrap_or_default(),
            new.elements().unwrap_or_default(),
        );
        match n.nesting {
            Nesting::Set => {
                if replaces_inside(n) {
                    self.out.push(path.clone());
                }
            }
            Nesting::List => {
                if n.replace == Replace::Always && olds.len() != news.len() {
                    self.out.push(path.clone());
                }
                let null = Value::NULL;
                for i in 0..olds.len().max(news.len()) {
                    let index = path
                        .clone()
                        .index(Value::from(i64::try_from(i).unwrap_or(i64::MAX)));
                    self.block(
                        &n.block,
                        olds.get(i).unwrap_or(&null),
                        news.get(i).unwrap_or(&null),
                        &index,
                    );
                }
            }
            Nesting::Single | Nesting::Group | Nesting::Map => self.block(&n.block, old, new, path),
        }
    }
}

fn replaces_inside(n: &NestedBlock) -> bool {
    n.replace == Replace::Always
        || n.block
            .attributes
            .values()
            .any(|a| a.replace == Replace::Always)
        || n.block.blocks.values().any(replaces_inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Catalogue, SchemaKind};

    #[test]
    fn every_rule_that_a_schema_names_exists() {
        assert!(RULES.is_sorted_by_key(|r| r.0));
        let catalogue = Catalogue::builtin();
        for name in catalogue.names(SchemaKind::Managed) {
            for a in catalogue.managed(name).unwrap().block.attributes.values() {
                if let Replace::When(rule) = &a.replace {
                    assert!(
                        RULES.iter().any(|(known, _)| *known == &**rule),
                        "{name}: {rule}"
                    );
                }
            }
        }
    }
}
