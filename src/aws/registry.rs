//! Which type is reconciled by what: sorted tables, held against the schemas by a test.

use std::sync::Arc;

use bastionless_model::cloud::{Lookup, Reconcile};

use crate::clients::Scope;

type Resource = (&'static str, fn(&Scope) -> Arc<dyn Reconcile>);
type Source = (&'static str, fn(&Scope) -> Arc<dyn Lookup>);

/// Makes a line of a table: the name and `Type::new(scope)`.
#[allow(
    unused_macros,
    reason = "the tables are empty until the first type is registered"
)]
macro_rules! line {
    ($name:literal, $ty:path) => {
        ($name, |scope| Arc::new(<$ty>::new(scope.clone())))
    };
}

/// Types of managed objects.
const RESOURCES: &[Resource] = &[];

/// Types of data sources.
const SOURCES: &[Source] = &[];

/// Returns the reconciler of a type.
pub(crate) fn reconcile(name: &str, scope: &Scope) -> Option<Arc<dyn Reconcile>> {
    let place = RESOURCES.binary_search_by_key(&name, |(n, _)| n).ok()?;
    RESOURCES.get(place).map(|(_, make)| make(scope))
}

/// Returns the data source of a type.
pub(crate) fn lookup(name: &str, scope: &Scope) -> Option<Arc<dyn Lookup>> {
    let place = SOURCES.binary_search_by_key(&name, |(n, _)| n).ok()?;
    SOURCES.get(place).map(|(_, make)| make(scope))
}

#[cfg(test)]
mod tests {
    use bastionless_model::schema::{Catalogue, SchemaKind};

    use super::*;

    /// Data sources that are computed without AWS, by the core.
    const PURE: &[&str] = &["aws_iam_policy_document"];

    #[track_caller]
    fn check(names: Vec<&str>, kind: SchemaKind) {
        let mut sorted = names.clone();
        sorted.sort_unstable();
        assert_eq!(names, sorted, "the table must be sorted");
        let schemas: Vec<_> = Catalogue::builtin()
            .names(kind)
            .filter(|n| n.starts_with("aws_") && !PURE.contains(n))
            .collect();
        assert_eq!(
            names, schemas,
            "each schema needs its line in registry.rs, and each line its schema"
        );
    }

    #[test]
    fn every_resource_type_is_registered() {
        check(
            RESOURCES.iter().map(|(n, _)| *n).collect(),
            SchemaKind::Managed,
        );
    }

    #[test]
    fn every_data_source_is_registered() {
        check(SOURCES.iter().map(|(n, _)| *n).collect(), SchemaKind::Data);
    }
}
