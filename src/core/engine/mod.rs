//! The engine: answers the settler's questions and carries out plans.
//!
//! - `providers`: configured clouds of a run
//! - `observe`: answers, batched
//! - `apply`: walks the stored graph; `commit` makes one change; `record` keeps the journal
//! - `recover`: looks for the objects of a run that broke off; `resume` goes on with its waits
//! - `cancel`, `events`: what the terminal sends and what it is told

mod apply;
mod call;
mod cancel;
mod commit;
mod evaluate;
mod events;
mod failure;
#[cfg(any(test, feature = "fake"))]
pub mod fake;
mod frontier;
mod markers;
mod observe;
mod parents;
mod providers;
mod record;
mod recover;
mod remote_state;
mod resume;
mod save;
#[cfg(test)]
mod tests;

pub use apply::{Applied, Apply, Counts};
pub use cancel::Cancel;
pub use evaluate::{Ended, Evaluate, Ready};
pub use events::{Event, Events, Silent, Step};
pub use observe::answer;
pub use providers::Providers;
pub use recover::{Recovered, recover};
pub use resume::resume;
