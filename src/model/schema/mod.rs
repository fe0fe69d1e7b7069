//! What a resource or data source type is.
//!
//! Data in `schemas/<service>/<type>.hcl`, read by [`catalogue`](Catalogue) on first use of a type; rules that data does
//! not reach are pure functions in `refine/`.

mod model;

pub use model::{
    Attribute, Block, Default, Equivalence, Mode, NestedBlock, Nesting, Replace, Schema,
    SchemaKind, TypeName,
};
