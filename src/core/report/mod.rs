//! Renderers: plans, states and diagnostics as text and JSON. One renderer a file; nothing here decides anything.

mod access;
mod checks_json;
mod config_json;
mod diag_json;
mod diag_text;
mod dot;
mod drift;
pub mod events;
mod generated;
mod markdown;
mod plan_json;
mod schema_json;
mod state_json;
mod text;
mod value_tree;

pub use access::{access_lines, access_markdown, access_text, not_seen, paths_json, paths_text};
pub use config_json::config_json;
pub use diag_json::{diagnostic_json, validate_json};
pub use diag_text::diagnostic_text;
pub use dot::{execution_dot, static_dot};
pub use drift::{drift_json, drift_text, path_text};
pub use generated::{Imported, generated_text};
pub use markdown::plan_markdown;
pub use plan_json::{action_names, plan_json, relevant_drift};
pub use schema_json::schema_json;
pub use state_json::state_json;
pub use text::{
    Counts, Style, object_text, output_text, plan_text, state_text, type_text, value_text,
};
