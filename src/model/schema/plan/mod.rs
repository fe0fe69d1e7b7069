//! What becomes of one object: pure functions of schema, state and configuration.
//!
//! [`propose`] is Terraform's own part, [`plan_resource`] the provider's, [`normalise_read`] what the provider does with an
//! answer of the cloud, [`plan_consistent`] what Terraform checks after an apply. The rules of the provider were read in the
//! source of AWS provider 4 to 6.69.1 and are held by recorded plans.
//!
//! Values are unmarked: callers take marks off with [`Value::unmark_with_paths`](crate::value::Value::unmark_with_paths) and
//! put them back.

mod consistent;
mod drift;
mod format;
mod names;
mod propose;
mod read;
mod replace;
mod resource;
mod same;
mod settings;
mod tags;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_all;
mod validate;

pub use consistent::plan_consistent;
pub use drift::{Difference, drift};
pub use names::{fill_names, prefix_of, unique_suffix};
pub use propose::{planned_data, propose};
pub use read::normalise_read;
pub use resource::{Planned, plan_resource};
pub use settings::Settings;
pub use validate::{Problem, validate};

#[cfg(test)]
pub(super) use same::content_equal;
pub(super) use same::{is_empty, protocol, same};
