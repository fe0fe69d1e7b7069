//! `bastionless_access_policy`: grants in, the least policies out; calls nothing.

use bastionless_model::{
    cloud::{Future, Lookup, OpError, OpErrorKind},
    iam::grant,
    value::Value,
};

/// Compiles grants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AccessPolicy;

impl Lookup for AccessPolicy {
    fn read<'a>(&'a self, configs: &'a [Value]) -> Future<'a, Vec<Result<Value, OpError>>> {
        Box::pin(async {
            let one = |config: &Value| {
                grant::read(config)
                    .map_err(|why| OpError::new(OpErrorKind::Invalid, "compiling the grants", why))
            };
            configs.iter().map(one).collect()
        })
    }
}
