//! The table of all functions.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{
    Example, Function, charset, datetime, element, encoding, filesystem, format, hash, mapping,
    network, numeric, regex, sequence, sets, string, terraform, typing, yaml,
};

/// A function that gets expressions instead of values; the evaluator has it built in.
pub(super) struct OfExpressions {
    pub(super) name: &'static str,
    pub(super) signature: &'static str,
    /// One sentence on what it returns.
    pub(super) doc: &'static str,
    pub(super) examples: &'static [Example],
}

pub(super) const OF_EXPRESSIONS: [OfExpressions; 3] = [
    OfExpressions {
        name: "can",
        signature: "can(expression)",
        doc: "Tells whether an expression has a value.",
        examples: &[
            ("can(tonumber(\"x\"))", "false"),
            ("can({ a = 1 }.a)", "true"),
        ],
    },
    OfExpressions {
        name: "convert",
        signature: "convert(value: any, type)",
        doc: "Converts a value to a type that is written as in a variable.",
        examples: &[("convert([1, \"2\"], list(number))", "[1, 2]")],
    },
    OfExpressions {
        name: "try",
        signature: "try(expressions...)",
        doc: "Returns the value of the first expression that has one.",
        examples: &[("try({}.a, \"none\")", "\"none\"")],
    },
];

/// The functions by family, each family with its title.
pub(super) static FAMILIES: &[(&str, &[Function])] = &[
    ("Numbers", numeric::FUNCTIONS),
    ("Texts", string::FUNCTIONS),
    ("Format", format::FUNCTIONS),
    ("Regular expressions", regex::FUNCTIONS),
    ("Choosing from lists", element::FUNCTIONS),
    ("Making lists", sequence::FUNCTIONS),
    ("Sets", sets::FUNCTIONS),
    ("Maps and objects", mapping::FUNCTIONS),
    ("Types and marks", typing::FUNCTIONS),
    ("Encodings", encoding::FUNCTIONS),
    ("YAML", yaml::FUNCTIONS),
    ("Character sets", charset::FUNCTIONS),
    ("Hashes and identifiers", hash::FUNCTIONS),
    ("Files, paths and templates", filesystem::FUNCTIONS),
    ("Time", datetime::FUNCTIONS),
    ("IP networks", network::FUNCTIONS),
    ("The provider terraform", terraform::FUNCTIONS),
];

static TABLE: LazyLock<BTreeMap<&'static str, &'static Function>> = LazyLock::new(|| {
    FAMILIES
        .iter()
        .flat_map(|(_, functions)| *functions)
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
        .chain(OF_EXPRESSIONS.map(|f| f.name))
        .collect();
    names.sort_unstable();
    names.into_iter()
}
