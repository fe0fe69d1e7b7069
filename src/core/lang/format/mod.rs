//! The canonical layout of configuration files, as `fmt` writes it.
//!
//! [`format`] works on tokens, not on the tree: comments and line ends stay where they are. `scan` splits, `tidy` rewrites
//! what Terraform rewrites, `layout` sets blanks. Formatting what was formatted changes nothing.

mod layout;
mod scan;
mod tidy;

#[cfg(test)]
mod tests;

/// Returns a text in the canonical layout; `None` where it cannot be split into tokens. The caller parses it first.
pub fn format(text: &str) -> Option<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut out = layout::lay_out(tidy::tidy(scan::scan(text)?));
    // Blanks at the very end belong to no line, so Terraform leaves them; those of a comment are part of it.
    let blanks = |text: &str| text.len() - text.trim_end_matches([' ', '\t']).len();
    let missing = blanks(text).saturating_sub(blanks(&out));
    out.extend(std::iter::repeat_n(' ', missing));
    Some(out)
}
