//! The table of all functions.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{
    Function, charset, datetime, element, encoding, filesystem, format, hash, mapping, network,
    numeric, regex, sequence, sets, string, terraform, typing, yaml,
};

/// Functions that get expressions instead of values; the evaluator has them built in.
const OF_EXPRESSIONS: [&str; 3] = ["can", "convert", "try"];

static FAMILIES: &[&[Function]] = &[
    charset::FUNCTIONS,
    datetime::FUNCTIONS,
    element::FUNCTIONS,
    encoding::FUNCTIONS,
    filesystem::FUNCTIONS,
    format::FUNCTIONS,
    hash::FUNCTIONS,
    mapping::FUNCTIONS,
    network::FUNCTIONS,
    numeric::FUNCTIONS,
    regex::FUNCTIONS,
    sequence::FUNCTIONS,
    sets::FUNCTIONS,
    string::FUNCTIONS,
    terraform::FUNCTIONS,
    typing::FUNCTIONS,
    yaml::FUNCTIONS,
];

static TABLE: LazyLock<BTreeMap<&'static str, &'static Function>> = LazyLock::new(|| {
    FAMILIES
        .iter()
        .copied()
        .flatten()
        .map(|f| (f.name, f))
        .collect()
});

/// Finds a function by its name, with or without `core::` in front. `try`, `can` and `convert` are not here: they
/// get expressions.
pub fn lookup(name: &str) -> Option<&'static Function> {
    TABLE
        .get(name.strip_prefix("core::").unwrap_or(name))
        .copied()
}

/// Returns the names of all functions in order, also of those that get expressions, without those of providers.
pub fn names() -> impl Iterator<Item = &'static str> {
    let mut names: Vec<&'static str> = TABLE
        .keys()
        .copied()
        .filter(|n| !n.contains("::"))
        .chain(OF_EXPRESSIONS)
        .collect();
    names.sort_unstable();
    names.into_iter()
}
