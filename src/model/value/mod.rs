//! Values and types of the Terraform language: the semantics of cty.
//!
//! One value model serves configuration, plan and state. A [`Value`] may be null or unknown at any depth and carries
//! [`Marks`] at any depth; sets hold no marks inside (they rise to the set).

mod arithmetic;
mod constraint;
mod convert;
mod decimal;
mod equality;
mod json;
mod marks;
mod masks;
mod mismatch;
mod number;
mod path;
mod quote;
mod refinement;
#[cfg(test)]
mod tests;
mod ty;
mod unify;
#[expect(
    clippy::module_inception,
    reason = "the room is named after its main type"
)]
mod value;
mod walk;
mod want;

pub use constraint::{Constraint, ObjectAttribute};
pub use convert::{ConvertError, can_convert, convert};
pub use decimal::Decimal;
pub use equality::{compare_for_set, equal, identical};
pub use json::{
    JsonError, from_json, from_json_as, to_json, to_json_as, type_from_json, type_to_json,
};
pub use marks::Marks;
pub use masks::{sensitive_mask, unknown_mask};
pub use mismatch::mismatch_message;
pub use number::{Number, NumberError};
pub use path::{Path, Step};
pub use quote::quote;
pub use refinement::Refinement;
pub use ty::Type;
pub use unify::unify;
pub use value::{Kind, Map, Value};
