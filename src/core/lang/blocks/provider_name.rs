//! Names of providers: which are names at all, and addresses of sources.

use std::sync::Arc;

use bastionless_model::base::{Diagnostic, Diagnostics, Span};

use crate::lang::address::Provider;

/// Returns why a part of a provider's address is none; a local name follows the same rules.
fn flaw(part: &str) -> Option<&'static str> {
    let stray = |c: char| !(c.is_alphanumeric() || c == '-');
    if part.is_empty() {
        Some("must have at least one character")
    } else if part.contains("--") {
        Some("cannot use multiple consecutive dashes")
    } else if part.contains('.') {
        Some("dots are not allowed")
    } else if part.contains(stray) || part.starts_with('-') || part.ends_with('-') {
        Some(
            "must contain only letters, digits, and dashes, and may not use leading or trailing dashes",
        )
    } else {
        None
    }
}

/// Reports a local name that is none, or that is not in lower case.
pub(super) fn check_local(name: &str, at: Span, diagnostics: &mut Diagnostics) {
    let detail = match flaw(name) {
        Some(why) => format!("{name} is an invalid provider local name: {why}"),
        None if name.to_lowercase() != name => format!(
            "Provider names must be normalized. Replace {name:?} with {:?} to fix this error.",
            name.to_lowercase()
        ),
        None => return,
    };
    diagnostics.push(Diagnostic::error("Invalid provider local name", detail).at(at));
}

/// Reads a provider's source address, such as `hashicorp/aws`.
///
/// # Errors
/// Says which part is wrong.
pub(super) fn source(text: &str, span: Span) -> Result<Provider, Box<Diagnostic>> {
    let error = |summary: &'static str, detail: String| {
        Err(Box::new(Diagnostic::error(summary, detail).at(span)))
    };
    let lower = text.to_lowercase();
    let parts: Vec<&str> = lower.split('/').collect();
    let (host, namespace, name) = match parts.as_slice() {
        [name] => ("registry.terraform.io", "hashicorp", *name),
        [namespace, name] => ("registry.terraform.io", *namespace, *name),
        [host, namespace, name] => (*host, *namespace, *name),
        _ => ("", "", ""),
    };
    if [host, namespace, name].contains(&"") {
        return error(
            "Invalid provider source string",
            "The \"source\" attribute must be in the format \"[hostname/][namespace/]name\""
                .to_owned(),
        );
    }
    for (part, kind, summary) in [
        (name, "type", "Invalid provider type"),
        (namespace, "namespace", "Invalid provider namespace"),
    ] {
        if let Some(why) = flaw(part) {
            let detail = format!("Invalid provider {kind} {part:?} in source {text:?}: {why}");
            return error(summary, detail);
        }
    }
    let provider = Provider {
        host: Arc::from(host),
        namespace: Arc::from(namespace),
        name: Arc::from(name),
    };
    if let Some(rest) = name
        .strip_prefix("terraform-provider-")
        .filter(|r| !r.is_empty())
    {
        let prefix = text.get(..text.len() - name.len()).unwrap_or_default();
        return error(
            "Invalid provider type",
            format!(
                "Provider source {text:?} has a type with the prefix \"terraform-provider-\", which isn't valid. Although that prefix is often used in the names of version control repositories for Terraform providers, provider source strings should not include it.\n\nDid you mean \"{prefix}{rest}\"?"
            ),
        );
    }
    if name
        .strip_prefix("terraform-")
        .is_some_and(|r| !r.is_empty())
    {
        return error(
            "Invalid provider type",
            format!(
                "Provider source \"{provider}\" has a type with the prefix \"terraform-\", which isn't allowed because it would be redundant to name a Terraform provider with that prefix. If you are the author of this provider, rename it to not include the prefix."
            ),
        );
    }
    Ok(provider)
}

#[cfg(test)]
mod tests {
    use bastionless_model::base::{Diagnostics, SourceId, Span};

    use super::{check_local, source};

    #[test]
    fn sources_are_refused_as_terraform_refuses_them() {
        let span = Span::new(SourceId(0), 0, 0);
        let table = [
            ("hashicorp/aws", ""),
            ("AWS", ""),
            ("localhost/b/c", ""),
            ("terraform", ""),
            ("x/terraform-provider-", "Invalid provider type"),
            ("foo/terraform-provider-foo", "Invalid provider type"),
            ("foo/terraform-foo", "Invalid provider type"),
            ("foo/a_b", "Invalid provider type"),
            ("foo/a--b", "Invalid provider type"),
            ("f_oo/ab", "Invalid provider namespace"),
            ("a b/c", "Invalid provider namespace"),
            ("-/c", "Invalid provider namespace"),
            ("example.com/", "Invalid provider source string"),
            ("a/b/c/d", "Invalid provider source string"),
            ("", "Invalid provider source string"),
        ];
        for (text, want) in table {
            let got = source(text, span).err().map(|d| d.summary.to_string());
            assert_eq!(got.unwrap_or_default(), want, "{text}");
        }
    }

    #[test]
    fn local_names_are_checked() {
        let span = Span::new(SourceId(0), 0, 0);
        let table = [
            ("aws", ""),
            ("a-b", ""),
            (
                "a_b",
                "a_b is an invalid provider local name: must contain only letters, digits, and dashes, and may not use leading or trailing dashes",
            ),
            (
                "a--b",
                "a--b is an invalid provider local name: cannot use multiple consecutive dashes",
            ),
            (
                "TEST",
                "Provider names must be normalized. Replace \"TEST\" with \"test\" to fix this error.",
            ),
        ];
        for (name, want) in table {
            let mut found = Diagnostics::default();
            check_local(name, span, &mut found);
            let got: String = found.iter().map(|d| d.detail.as_str()).collect();
            assert_eq!(got, want, "{name}");
        }
    }
}
