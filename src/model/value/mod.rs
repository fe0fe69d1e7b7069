//! Values and types of the Terraform language: the semantics of cty.
//!
//! One value model serves configuration, plan and state. A [`Value`] may be null or unknown at any depth and carries
//! [`Marks`] at any depth; sets hold no marks inside (they rise to the set).

mod constraint;
mod convert;
mod equality;
mod json;
mod number;
mod path;
mod refinement;
mod ty;
mod unify;
#[allow(
    clippy::module_inception,
    reason = "the room is named after its main type"
)]
mod value;

pub use constraint::{Constraint, ObjectAttribute};
pub use convert::{ConvertError, convert};
pub use equality::{compare_for_set, equal, identical};
pub use json::{
    JsonError, from_json, from_json_as, sensitive_mask, to_json, type_from_json, type_to_json,
    unknown_mask,
};
pub use number::{Number, NumberError};
pub use path::{Path, Step};
pub use refinement::Refinement;
pub use ty::Type;
pub use unify::unify;
pub use value::{Kind, Map, Marks, Value};
