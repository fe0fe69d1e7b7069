//! Suggestions for mistyped names, and lists in sentences.

/// Returns the nearest of some names, if one is near enough to be meant.
pub(super) fn nearest<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = text.to_lowercase();
    names
        .into_iter()
        .map(|n| (strsim::damerau_levenshtein(&n.to_lowercase(), &lower), n))
        .filter(|(d, n)| *d <= (n.len() / 4).clamp(1, 4))
        .min_by_key(|(d, _)| *d)
        .map(|(_, n)| n)
}

/// Writes names in backticks, at most `most` of them, with the number of the others.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let names: Vec<_> = names.into_iter().collect();
    let shown: Vec<_> = names.iter().take(most).map(|n| format!("`{n}`")).collect();
    let mut out = shown.join(", ");
    if names.len() > most {
        out.push_str(&format!(" and {} more", names.len() - most));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_and_lists() {
        let names = ["OpenTunnel", "SendSSHPublicKey"];
        assert_eq!(nearest("OpenTunel", names), Some("OpenTunnel"));
        assert_eq!(nearest("Close", names), None);
        assert_eq!(list(["a", "b", "c"], 2), "`a`, `b` and 1 more");
    }
}
