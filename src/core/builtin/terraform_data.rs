//! `terraform_data`: a place for a value and a trigger.

use bastionless_model::{
    cloud::{Failure, Found, Future, Identity, Intent, Observed, OpError, Operation, Reconcile},
    value::Value,
};

/// Keeps what it is given; the state is the only place where its objects exist.
#[derive(Clone, Copy, Debug)]
pub(super) struct TerraformData;

/// Fills what only apply knows: the id of a new object, and the output that follows the input.
fn settle(planned: &Value) -> Value {
    let planned = match planned.get("id") {
        Some(id) if id.is_known() && !id.is_null() => planned.clone(),
        _ => planned
            .clone()
            .with("id", uuid::Uuid::new_v4().to_string().into()),
    };
    match planned.get("output") {
        Some(output) if output.is_unknown() => {
            let input = planned.get("input").cloned().unwrap_or(Value::NULL);
            planned.with("output", input)
        }
        _ => planned,
    }
}

impl Reconcile for TerraformData {
    fn observe<'a>(&'a self, ids: &'a [Identity]) -> Future<'a, Vec<Observed>> {
        Box::pin(async {
            let one = |id: &Identity| match &id.prior {
                Some(prior) => Observed::Present(prior.clone()),
                // An import takes any text for its id.
                None => Observed::Present(Value::object([
                    ("id", Value::from(id.id.as_str())),
                    ("input", Value::NULL),
                    ("output", Value::NULL),
                    ("triggers_replace", Value::NULL),
                ])),
            };
            ids.iter().map(one).collect()
        })
    }

    fn create<'a>(
        &'a self,
        _op: &'a Operation<'a>,
        planned: &'a Value,
    ) -> Future<'a, Result<Value, Failure>> {
        Box::pin(async { Ok(settle(planned)) })
    }

    fn update<'a>(
        &'a self,
        _op: &'a Operation<'a>,
        _prior: &'a Value,
        planned: &'a Value,
    ) -> Future<'a, Result<Value, Failure>> {
        Box::pin(async { Ok(settle(planned)) })
    }

    fn delete<'a>(
        &'a self,
        _op: &'a Operation<'a>,
        _prior: &'a Value,
    ) -> Future<'a, Result<(), Failure>> {
        Box::pin(async { Ok(()) })
    }

    fn find<'a>(
        &'a self,
        _intent: Option<&'a Intent>,
        _planned: &'a Value,
    ) -> Future<'a, Result<Found, OpError>> {
        // Nothing exists outside the state, so nothing can have been left behind.
        Box::pin(async { Ok(Found::Nothing) })
    }
}

#[cfg(test)]
mod tests {
    use bastionless_model::value::Type;

    use super::*;

    #[test]
    fn a_new_object_gets_an_id_and_its_output() {
        let planned = Value::object([
            ("id", Value::unknown(Type::String)),
            ("input", Value::from("x")),
            ("output", Value::unknown(Type::String)),
            ("triggers_replace", Value::NULL),
        ]);
        let made = settle(&planned);
        assert_eq!(made.get_str("output"), Some("x"));
        assert_eq!(made.get_str("id").unwrap().len(), 36);
        let again = settle(&made.clone().with("input", "y".into()));
        assert_eq!(again.get_str("id"), made.get_str("id"));
        assert_eq!(again.get_str("output"), Some("x"));
    }
}
