//! Blocks: what each kind means, one file a kind.
//!
//! [`decode`] takes the parsed files of one directory and gives a [`RawModule`]. Every kind of block is decoded, or refused
//! by name with what to do instead (see `refused`); nothing is accepted and ignored.

mod check;
mod constant;
mod content;
mod decode;
mod duplicate;
mod import;
mod lifecycle;
mod locals;
mod meta;
mod module;
mod moved;
mod names;
mod output;
mod overrides;
mod provider;
mod provider_name;
mod raw;
mod refused;
mod removed;
mod resource;
mod rules;
mod target;
mod terraform;
mod variable;

pub use decode::decode;
pub use raw::{
    RawCall, RawModule, RawMoved, RawProvider, RawRemoved, RawResource, RequiredProvider,
};
pub(crate) use rules::invalid_self;
pub(crate) use terraform::parse_version;
