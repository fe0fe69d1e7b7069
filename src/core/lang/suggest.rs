//! "Did you mean …?"

/// Returns the name that is nearest to a mistyped one, if it is near enough.
pub fn suggestion<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|k| (strsim::levenshtein(given, k), k))
        .filter(|(distance, _)| *distance < 3)
        .min()
        .map(|(_, k)| k)
}

/// Returns ` Did you mean "name"?` for the nearest name, or nothing.
pub fn did_you_mean<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    suggestion(given, known).map_or_else(String::new, |s| format!(" Did you mean {s:?}?"))
}

/// Tells whether a text is a name of the language: a letter or underscore, then letters, digits, underscores, dashes.
pub fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

/// What is said of names that are none.
pub const BAD_IDENTIFIER: &str = "A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes.";
