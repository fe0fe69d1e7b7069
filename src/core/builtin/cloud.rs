//! The provider `terraform.io/builtin/terraform` as a cloud, so that nothing else treats it apart.

use std::sync::Arc;

use bastionless_model::cloud::{Cloud, Lookup, Reconcile};

use super::terraform_data::TerraformData;

/// The provider that is part of the language.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuiltinCloud;

impl Cloud for BuiltinCloud {
    fn reconcile(&self, type_name: &str) -> Option<Arc<dyn Reconcile>> {
        match type_name {
            "terraform_data" => Some(Arc::new(TerraformData)),
            _ => None,
        }
    }

    fn lookup(&self, _type_name: &str) -> Option<Arc<dyn Lookup>> {
        None
    }

    fn region(&self) -> Option<&str> {
        None
    }

    fn in_region(&self, _region: &str) -> Arc<dyn Cloud> {
        Arc::new(Self)
    }
}
