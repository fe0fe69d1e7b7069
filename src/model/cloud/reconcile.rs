//! Reading and changing objects.

use std::{pin::Pin, sync::Arc, time::Duration};

use super::{ObjectStore, OpError};
use crate::value::Value;

/// A boxed future, so that the traits here can be used as objects.
pub type Future<'a, T> = Pin<Box<dyn std::future::Future<Output = T> + Send + 'a>>;

/// Names an object that is to be read.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The attribute `id`, or the import id.
    pub id: String,
    /// The stored attributes; `None` for an import.
    pub prior: Option<Value>,
}

/// What reading an object gave.
#[derive(Clone, Debug)]
pub enum Observed {
    /// Its attributes, a value of the schema's implied type; attributes that the cloud does not tell are null.
    Present(Value),
    /// It is certain that it is not there.
    Absent,
    /// Nothing is known: a denied, cut or failed read.
    Unreadable(OpError),
}

/// What the journal knows of a change before its call.
#[derive(Clone, Debug)]
pub struct Intent {
    /// Names the change; the value of the tag `bastionless:intent`. Also the client token.
    pub id: String,
    /// When it was recorded, in seconds since 1970.
    pub recorded_at: i64,
}

/// The key of the tag that proves whose object it is until the run ends; hidden on read.
pub const INTENT_TAG: &str = "bastionless:intent";

/// What goes with a change.
pub struct Operation<'a> {
    /// The recorded intent.
    pub intent: &'a Intent,
    /// How long it may take.
    pub timeout: Duration,
    /// Told of what is done before all is done.
    pub progress: &'a dyn Progress,
}

/// Told of what is done before all is done.
pub trait Progress: Send + Sync {
    /// The object exists from now on, with these attributes (unknown ones null); durable when the future ends. To be called right
    /// after the call that creates, before any wait.
    fn created<'a>(&'a self, state: &'a Value) -> Future<'a, ()>;
    /// Tells whether the run is being interrupted: no new call, waits are given up.
    fn cancelled(&self) -> bool;
    /// Checks, before every mutating call, that the lock still holds for the time of one request.
    ///
    /// # Errors
    /// Says that the call must not be made.
    fn permit(&self) -> Result<(), OpError>;
}

/// A change that failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Why.
    pub error: OpError,
    /// What exists now, if it is known: the state to save.
    pub state: Option<Value>,
    /// The object is complete as far as was asked, only a wait was given up: it is not to be replaced.
    pub usable: bool,
}

impl From<OpError> for Failure {
    fn from(error: OpError) -> Self {
        Self {
            error,
            state: None,
            usable: false,
        }
    }
}

/// What looking for the object of an unfinished create gave.
#[derive(Clone, Debug)]
pub enum Found {
    /// There is none.
    Nothing,
    /// It is ours for certain (marker tag, or natural key with the proof of `design.md` section 4).
    Ours(Value),
    /// There is one of this name, but nothing proves that we made it.
    Unproven {
        /// Its id.
        id: String,
        /// What is missing for a proof.
        why: String,
    },
}

/// One type of managed object, behind one provider configuration.
pub trait Reconcile: Send + Sync {
    /// Reads objects; the answer has the same length and order. One listing serves many where that is cheaper.
    fn observe<'a>(&'a self, ids: &'a [Identity]) -> Future<'a, Vec<Observed>>;

    /// Creates an object and waits until it is usable, as [`Reconcile::settle`] does. `planned` has no unknown part but computed attributes.
    fn create<'a>(
        &'a self,
        op: &'a Operation<'a>,
        planned: &'a Value,
    ) -> Future<'a, Result<Value, Failure>>;

    /// Waits until an object that exists does not change by itself any more: the second half of a create or update whose first
    /// wait was given up. Changes nothing, and ends at once where there is nothing to wait for. A failure that is not `usable`
    /// says that the object never will be, so that it must be replaced; any other that it is not known.
    fn settle<'a>(
        &'a self,
        op: &'a Operation<'a>,
        state: &'a Value,
    ) -> Future<'a, Result<(), Failure>> {
        let _ = (op, state);
        Box::pin(async { Ok(()) })
    }

    /// Changes an object in place.
    fn update<'a>(
        &'a self,
        op: &'a Operation<'a>,
        prior: &'a Value,
        planned: &'a Value,
    ) -> Future<'a, Result<Value, Failure>>;

    /// Deletes an object and waits until it is gone; already gone is done.
    fn delete<'a>(
        &'a self,
        op: &'a Operation<'a>,
        prior: &'a Value,
    ) -> Future<'a, Result<(), Failure>>;

    /// Tells whether the name in the configuration is a key, so that [`Reconcile::find`] is asked before the intent too.
    fn has_natural_key(&self) -> bool {
        false
    }

    /// Looks for the object of an unfinished create. Before an intent is recorded it is asked with `intent: None`:
    /// then `Unproven` means that the name is taken.
    fn find<'a>(
        &'a self,
        intent: Option<&'a Intent>,
        planned: &'a Value,
    ) -> Future<'a, Result<Found, OpError>>;

    /// Removes the marker tag from objects; called at the end of a run.
    fn clear_marker<'a>(&'a self, states: &'a [Value]) -> Future<'a, Result<(), OpError>> {
        let _ = states;
        Box::pin(async { Ok(()) })
    }

    /// Lists what hangs on managed objects of this type, managed or not: rules of groups, policies of roles, policy of a bucket.
    /// The result names parents by their place in `parents`.
    fn children<'a>(&'a self, parents: &'a [Value]) -> Future<'a, Result<Vec<Child>, OpError>> {
        let _ = parents;
        Box::pin(async { Ok(Vec::new()) })
    }
}

/// Something that hangs on a managed object.
#[derive(Clone, Debug)]
pub struct Child {
    /// Place of the parent in the question.
    pub parent: usize,
    /// The type that would manage it, such as `aws_vpc_security_group_ingress_rule`.
    pub type_name: &'static str,
    /// What identifies it below the parent, such as `sgr-…`, a policy ARN or an inline policy's name.
    pub id: String,
    /// Its attributes, as far as they are worth showing; an object of the type's attributes.
    pub attributes: Value,
}

/// One type of data source, behind one provider configuration.
pub trait Lookup: Send + Sync {
    /// Reads; the answer has the same length and order. The values are of the schema's implied type.
    fn read<'a>(&'a self, configs: &'a [Value]) -> Future<'a, Vec<Result<Value, OpError>>>;
}

/// A configured provider.
pub trait Cloud: Send + Sync {
    /// Returns the reconciler of a type.
    fn reconcile(&self, type_name: &str) -> Option<Arc<dyn Reconcile>>;
    /// Returns the data source of a type.
    fn lookup(&self, type_name: &str) -> Option<Arc<dyn Lookup>>;
    /// Returns the region that the configuration resolves to.
    fn region(&self) -> Option<&str>;
    /// Returns the same provider in another region (argument `region` of a resource).
    fn in_region(&self, region: &str) -> Arc<dyn Cloud>;
    /// Forgets what was read, so that the next read asks the cloud again; to be called where time has passed since, such as
    /// after the user was asked to approve.
    fn forget(&self) {}
}

/// Makes configured providers and object stores: the door to a cloud.
pub trait Clouds: Send + Sync {
    /// Configures a provider; `config` is a value of the provider schema's implied type, wholly known.
    fn configure<'a>(
        &'a self,
        provider: &'a str,
        config: &'a Value,
    ) -> Future<'a, Result<Arc<dyn Cloud>, OpError>>;
    /// Opens the bucket of an S3 backend; `config` is an object of the backend's arguments.
    fn object_store<'a>(
        &'a self,
        config: &'a Value,
    ) -> Future<'a, Result<Arc<dyn ObjectStore>, OpError>>;
}
