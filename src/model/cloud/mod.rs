//! The contract with any cloud.
//!
//! `bastionless-aws` implements it over the SDK, the tests over a fake cloud; the engine calls nothing else.

mod error;
mod object_store;
mod reconcile;

pub use error::{OpError, OpErrorKind};
pub use object_store::{Condition, ObjectStore, StoreError, Stored};
pub use reconcile::{
    Child, Cloud, Clouds, Failure, Found, Future, INTENT_TAG, Identity, Intent, Lookup, Observed,
    Operation, Progress, Reconcile,
};
