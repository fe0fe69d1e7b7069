//! What a resource or data source type is.
//!
//! Data in `schemas/<service>/<type>.hcl`, read by the [`Catalogue`] on first use of a type; rules that data does not
//! reach are pure functions in `refine/`, bound by the name that the schema gives.

mod catalogue;
mod load;
mod load_expr;
mod model;
pub mod plan;
mod refine;
mod texts;

pub use catalogue::{Catalogue, PROVIDER_VERSION};
pub use load::{LoadError, load};
pub use model::{
    Attribute, Block, Default, Equivalence, Format, Mode, NestedBlock, Nesting, Replace, Schema,
    SchemaKind, TypeName,
};
pub use refine::Refine;
