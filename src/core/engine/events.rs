//! What a run tells while it goes on: plain data, rendered elsewhere.

use std::time::Duration;

use bastionless_model::{base::Diagnostic, cloud::OpError};

use crate::{lang::address::AbsInstance, plan::Action, state::Deposed};

/// What is being done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is created.
    Create,
    /// It is changed in place.
    Update,
    /// It is destroyed.
    Delete,
    /// A data source is read.
    Read,
}

impl Step {
    /// Returns the step of a commit.
    pub(crate) fn of(action: Action) -> Self {
        match action {
            Action::Update => Self::Update,
            Action::Read => Self::Read,
            Action::Delete | Action::Forget => Self::Delete,
            Action::NoOp | Action::Create | Action::DeleteThenCreate | Action::CreateThenDelete => {
                Self::Create
            }
        }
    }
}

/// Something happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// An object is about to be read.
    RefreshStart {
        /// The instance.
        address: AbsInstance,
        /// The deposed object.
        deposed: Option<Deposed>,
        /// Its id.
        id: String,
    },
    /// An object was read.
    RefreshComplete {
        /// The instance.
        address: AbsInstance,
        /// The deposed object.
        deposed: Option<Deposed>,
        /// Its id.
        id: String,
    },
    /// A change begins.
    ApplyStart {
        /// The instance.
        address: AbsInstance,
        /// The deposed object.
        deposed: Option<Deposed>,
        /// What is done.
        step: Step,
        /// Id of the object that is changed or destroyed.
        id: Option<String>,
    },
    /// A change goes on; told every ten seconds.
    ApplyProgress {
        /// The instance.
        address: AbsInstance,
        /// The deposed object.
        deposed: Option<Deposed>,
        /// What is done.
        step: Step,
        /// Id of the object that is changed or destroyed.
        id: Option<String>,
        /// How long already.
        elapsed: Duration,
    },
    /// A change is done.
    ApplyComplete {
        /// The instance.
        address: AbsInstance,
        /// The deposed object.
        deposed: Option<Deposed>,
        /// What was done.
        step: Step,
        /// Id of the object.
        id: Option<String>,
        /// How long it took.
        elapsed: Duration,
    },
    /// A change failed; the diagnostics come at the end.
    ApplyErrored {
        /// The instance.
        address: AbsInstance,
        /// The deposed object.
        deposed: Option<Deposed>,
        /// What was tried.
        step: Step,
        /// Why.
        error: Option<OpError>,
        /// How long it took.
        elapsed: Duration,
    },
    /// An object of a run that broke off was found and taken over.
    Adopted {
        /// The instance.
        address: AbsInstance,
        /// Its id.
        id: String,
    },
    /// Something worth knowing at once.
    Diagnostic(Box<Diagnostic>),
    /// The first signal came: calls in flight end. Told by whoever catches the signal.
    Interrupted,
}

/// Takes events; called from several tasks.
pub trait Events: Send + Sync {
    /// Takes one.
    fn tell(&self, event: Event);
}

/// Drops all events.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Events for Silent {
    fn tell(&self, _event: Event) {}
}
