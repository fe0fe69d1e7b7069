//! Tests of linking, one file a kind of block.

mod graph;
mod module;
mod moved;
mod provider;
mod references;
mod resource;
mod terraform;
mod variable;

use super::testing::problems;

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(problems(text).lines().collect::<Vec<_>>(), expected);
}
