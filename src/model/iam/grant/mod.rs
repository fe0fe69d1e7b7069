//! The grant compiler: from "who may reach what, by which method" to the least policies that suffice.
//!
//! - [`Order`]: grants with the place (partition, region, account) that they hold in
//! - [`compile`]: the policies for users, for the instances and for those who build the means, apart from each other
//! - [`read`]: the same for a configuration of the data source `bastionless_access_policy`
//!
//! What a service cannot enforce is a [`GrantError`] with the alternative, never a wider policy. The compiler shares no code
//! with the evaluator, which judges it in tests.
//!
//! Sources of the facts: the EC2 user guide (permissions of EC2 Instance Connect endpoints), the Systems Manager user guide
//! (Session Manager), and the Service Authorization Reference.

mod arn;
mod check;
mod control_plane;
mod cover;
mod cross;
mod denial;
mod except;
mod instance_side;
mod limits;
mod merge;
mod methods;
mod model;
mod range;
mod read;
mod session_document;
mod statement;

#[cfg(test)]
mod sweep;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use limits::Attachment;
pub use model::{ControlPlane, Grant, GrantError, Logging, Method, Order, Scope};
pub use read::{Problem, problems, read};

use check::Check;

/// What an order compiles to; every text is a policy document on one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compiled {
    /// For users: as many documents as the limits of the attachment demand, all to be attached.
    pub users: Vec<String>,
    /// For the role of the instances; `None` if the methods need nothing there.
    pub instance: Option<String>,
    /// For those who build endpoints and session documents; `None` unless the order asks for it.
    pub control_plane: Option<String>,
    /// Session documents that limit ports and hosts, by name: the content for `aws_ssm_document`.
    pub session_documents: BTreeMap<String, String>,
}

/// Compiles an order.
///
/// # Errors
/// Returns everything that is wrong: what cannot be enforced, what is missing, what does not fit.
pub fn compile(order: &Order) -> Result<Compiled, Vec<GrantError>> {
    let mut errors = Vec::new();
    order.scope.check(&mut errors);
    let mut users = Vec::new();
    let mut instance = Vec::new();
    let mut session_documents = BTreeMap::new();
    for (index, grant) in order.grants.iter().enumerate() {
        let mut check = Check::new(index, grant, &order.scope);
        users.extend(methods::users(&mut check));
        instance.extend(instance_side::statements(&mut check));
        session_documents::extend(&mut session_documents, &mut check);
        errors.append(&mut check.errors);
    }
    cross::check(order, &mut errors);
    let control_plane = control_plane::statements(order, &mut errors);
    let mut users = merge::merge(users);
    if order.deny_others {
        users.extend(denial::others(&users, &mut errors));
    }
    let users = limits::documents(&users, order.attachment, &mut errors);
    let instance = limits::single(&merge::merge(instance), "the instances", &mut errors);
    let control_plane = limits::single(
        &merge::merge(control_plane),
        "the control plane",
        &mut errors,
    );
    if errors.is_empty() {
        Ok(Compiled {
            users,
            instance,
            control_plane,
            session_documents,
        })
    } else {
        Err(errors)
    }
}

mod session_documents {
    use std::collections::BTreeMap;

    use super::{check::Check, session_document};

    /// Adds the session documents of a grant; two grants that want different contents under one name contradict each other.
    pub(super) fn extend(all: &mut BTreeMap<String, String>, check: &mut Check<'_>) {
        for (name, content) in session_document::contents(check) {
            match all.get(&name) {
                Some(other) if *other != content => check.refuse(
                    "documents",
                    format!("another grant limits ports or hosts of the session document \"{name}\" otherwise"),
                    "Name a document of its own for each set of ports and hosts.",
                ),
                _ => {
                    all.insert(name, content);
                }
            }
        }
    }
}
