//! Source addresses of modules: what the text in `source` stands for.
//!
//! Three kinds, as in Terraform: a relative path, an address in a registry, or a package that is fetched, with a directory
//! inside it after `//`. Short forms (`github.com/owner/name`, `git@host:path`) are written out, so that two spellings of one
//! package are equal, and the list of installed modules holds what Terraform writes into it.

use std::fmt;

/// The registry that addresses without a host mean.
pub const DEFAULT_REGISTRY: &str = "registry.terraform.io";

/// What the source of a module stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceAddress {
    /// A path relative to the calling module, beginning with `./` or `../`.
    Local(String),
    /// A module of a registry.
    Registry(RegistryAddress),
    /// A package with a directory in it.
    Remote(RemoteAddress),
}

/// A module of a registry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RegistryAddress {
    /// The host, with its port if it has one.
    pub host: String,
    /// `namespace/name/provider`
    pub path: String,
    /// The directory inside the package; empty for the package itself.
    pub directory: String,
}

/// A package that is fetched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RemoteAddress {
    /// How it is fetched, such as `git`; empty where the URL alone says so.
    pub getter: String,
    /// The URL, with its query.
    pub url: String,
    /// The directory inside the package; empty for the package itself.
    pub directory: String,
}

impl SourceAddress {
    /// Reads a source. `versioned`: the call has a `version`, so only an address in a registry will do.
    ///
    /// # Errors
    /// Headline and text of what is wrong, in Terraform's words.
    pub fn parse(source: &str, versioned: bool) -> Result<Self, (&'static str, String)> {
        if let Some(path) = local(source) {
            if versioned {
                return Err(no_registry(&format!(
                    "can't use local directory {source:?} as a module registry address"
                )));
            }
            return Ok(Self::Local(path.to_owned()));
        }
        match registry(source) {
            Some(Ok(address)) => return Ok(Self::Registry(address)),
            Some(Err(why)) => return Err(no_registry(&why)),
            None if versioned => {
                return Err(no_registry(
                    "a module registry source address must have either three or four slash-separated components",
                ));
            }
            None => {}
        }
        remote(source).map(Self::Remote)
    }
}

/// Returns the path of a source that is a relative path.
pub fn local(source: &str) -> Option<&str> {
    let relative = |p: &str| source.starts_with(p);
    (relative("./") || relative("../")).then_some(source)
}

fn no_registry(why: &str) -> (&'static str, String) {
    let detail = format!(
        "Failed to parse module registry address: {why}.\n\nTerraform assumed that you intended a module registry source address because you also set the argument \"version\", which applies only to registry modules."
    );
    ("Invalid registry module source address", detail)
}

/// Takes the directory after `//` off; the query stays with the package.
fn split_directory(source: &str) -> (String, String) {
    let from = source.find("://").map_or(0, |at| at + 3);
    let rest = source.get(from..).unwrap_or_default();
    let (path, query) = rest
        .split_once('?')
        .map_or((rest, None), |(p, q)| (p, Some(q)));
    let Some((package, directory)) = path.split_once("//") else {
        return (source.to_owned(), String::new());
    };
    let head = source.get(..from).unwrap_or_default();
    let query = query.map(|q| format!("?{q}")).unwrap_or_default();
    (format!("{head}{package}{query}"), directory.to_owned())
}

/// Brings a directory inside a package to its shortest form; `None` where it leads outside.
fn inside(directory: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in directory.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Reads an address in a registry; `None` where the text has not its form.
fn registry(source: &str) -> Option<Result<RegistryAddress, String>> {
    if source.contains("::") || source.contains("://") {
        return None;
    }
    let (package, directory) = source
        .split_once("//")
        .map_or((source, ""), |(p, d)| (p, d));
    let parts: Vec<&str> = package.split('/').collect();
    let (host, path) = match parts.as_slice() {
        [_, _, _] => (DEFAULT_REGISTRY.to_owned(), parts.as_slice()),
        [host, path @ ..] if path.len() == 3 => (registry_host(host)?, path),
        _ => return None,
    };
    let [namespace, name, provider] = path else {
        return None;
    };
    // A host name in the first place means a version control system or a mistake, never a namespace.
    if !is_name(namespace) || !is_name(name) || !is_provider(provider) {
        return None;
    }
    if matches!(host.as_str(), "github.com" | "bitbucket.org" | "gitlab.com") {
        return None;
    }
    let Some(directory) = inside(directory) else {
        return Some(Err(format!(
            "subdirectory path {directory:?} leads outside of the module package"
        )));
    };
    Some(Ok(RegistryAddress {
        host,
        path: path.join("/"),
        directory,
    }))
}

fn registry_host(text: &str) -> Option<String> {
    let (name, port) = text
        .split_once(':')
        .map_or((text, None), |(n, p)| (n, Some(p)));
    let label = |l: &str| {
        !l.is_empty()
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let is_port = port.is_none_or(|p| p.parse::<u16>().is_ok());
    let is_host = name.contains('.') || name == "localhost" || port.is_some();
    (is_port && is_host && name.split('.').all(label)).then(|| text.to_ascii_lowercase())
}

fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric();
    text.len() <= 64
        && text.starts_with(plain)
        && text.ends_with(plain)
        && text.chars().all(|c| plain(c) || matches!(c, '-' | '_'))
}

fn is_provider(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
}

fn remote(source: &str) -> Result<RemoteAddress, (&'static str, String)> {
    const SUMMARY: &str = "Invalid module source address";
    if source.trim().is_empty() {
        return Err((
            SUMMARY,
            format!("Failed to parse module source address: invalid source address: {source}."),
        ));
    }
    let (package, directory) = split_directory(source);
    let (getter, url) = match package.split_once("::") {
        Some((getter, url))
            if !getter.is_empty() && getter.chars().all(|c| c.is_ascii_alphanumeric()) =>
        {
            (getter, url)
        }
        _ => ("", package.as_str()),
    };
    let Some((detected, url, more)) = detect(url) else {
        let package = url;
        return Err((
            SUMMARY,
            format!(
                "Terraform failed to determine your intended installation method for remote module package {package:?}.\n\nIf you intended this as a path relative to the current module, use \"./{package}\" instead. The \"./\" prefix indicates that the address is a relative filesystem path."
            ),
        ));
    };
    let joined = [more.as_str(), &directory]
        .into_iter()
        .filter(|d| !d.is_empty())
        .collect::<Vec<_>>()
        .join("/");
    let Some(directory) = inside(&joined) else {
        let shown = joined.trim_start_matches('/');
        return Err((
            SUMMARY,
            format!(
                "Failed to parse module source address: subdirectory path {shown:?} leads outside of the module package."
            ),
        ));
    };
    let getter = if getter.is_empty() { detected } else { getter };
    Ok(RemoteAddress {
        getter: getter.to_owned(),
        url,
        directory,
    })
}

/// Writes short forms out: getter, URL, directory.
fn detect(text: &str) -> Option<(&'static str, String, String)> {
    let (plain, query) = text
        .split_once('?')
        .map_or((text, String::new()), |(p, q)| (p, format!("?{q}")));
    for host in ["github.com", "bitbucket.org"] {
        if let Some(path) = plain.strip_prefix(host).and_then(|p| p.strip_prefix('/')) {
            let mut parts = path.splitn(3, '/');
            let (owner, name, rest) = (
                parts.next()?,
                parts.next()?,
                parts.next().unwrap_or_default(),
            );
            let name = name.strip_suffix(".git").unwrap_or(name);
            return Some((
                "git",
                format!("https://{host}/{owner}/{name}.git{query}"),
                rest.to_owned(),
            ));
        }
    }
    if let Some((scheme, _)) = plain.split_once("://") {
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        return is_scheme.then(|| ("", text.to_owned(), String::new()));
    }
    if let Some((login, path)) = plain.split_once(':')
        && let Some((user, host)) = login.split_once('@')
        && !user.is_empty()
        && !user.starts_with('-')
        && !host.is_empty()
        && !login.contains('/')
        && !path.is_empty()
    {
        return Some((
            "git",
            format!(
                "ssh://{user}@{host}/{}{query}",
                path.trim_start_matches('/')
            ),
            String::new(),
        ));
    }
    let host = plain.split('/').next().unwrap_or_default();
    if host.ends_with(".amazonaws.com") {
        return Some(("s3", format!("https://{text}"), String::new()));
    }
    if host.ends_with(".googleapis.com") {
        return Some(("gcs", format!("https://{text}"), String::new()));
    }
    plain
        .starts_with('/')
        .then(|| ("", format!("file://{text}"), String::new()))
}

impl RegistryAddress {
    /// Returns the address without the directory, without the host where it is the usual one.
    pub fn package(&self) -> String {
        if self.host == DEFAULT_REGISTRY {
            self.path.clone()
        } else {
            format!("{}/{}", self.host, self.path)
        }
    }
}

impl RemoteAddress {
    /// Returns the address without the directory, with what may be a password hidden.
    pub fn package(&self) -> String {
        let url = without_password(&self.url);
        if self.getter.is_empty() {
            url
        } else {
            format!("{}::{url}", self.getter)
        }
    }

    /// Tells whether it is a folder of this machine, taken as it is.
    pub fn is_folder(&self) -> bool {
        self.getter != "git" && self.url.starts_with("file:")
    }
}

/// Hides the password of a URL; where a web address has a name only, that is one, too.
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    match authority.rsplit_once('@') {
        Some((login, host)) => match login.split_once(':') {
            Some((user, _)) => format!("{scheme}://{user}:redacted@{host}{path}"),
            None if scheme.starts_with("http") => format!("{scheme}://redacted@{host}{path}"),
            None => url.to_owned(),
        },
        None => url.to_owned(),
    }
}

/// Prints as the list of installed modules has it.
impl fmt::Display for SourceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) => f.write_str(path),
            Self::Registry(r) => {
                write!(f, "{}/{}", r.host, r.path)?;
                if r.directory.is_empty() {
                    Ok(())
                } else {
                    write!(f, "//{}", r.directory)
                }
            }
            Self::Remote(r) => {
                if !r.getter.is_empty() {
                    write!(f, "{}::", r.getter)?;
                }
                let (url, query) = r
                    .url
                    .split_once('?')
                    .map_or((r.url.as_str(), None), |(u, q)| (u, Some(q)));
                f.write_str(url)?;
                if !r.directory.is_empty() {
                    write!(f, "//{}", r.directory)?;
                }
                query.map_or(Ok(()), |q| write!(f, "?{q}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_written_out_as_terraform_does() {
        let cases = [
            ("./m", "./m"),
            (
                "terraform-aws-modules/vpc/aws",
                "registry.terraform.io/terraform-aws-modules/vpc/aws",
            ),
            (
                "registry.test/acme/thing/aws//sub",
                "registry.test/acme/thing/aws//sub",
            ),
            (
                "localhost:8443/acme/thing/aws",
                "localhost:8443/acme/thing/aws",
            ),
            ("ACME/thing_x/aws", "registry.terraform.io/ACME/thing_x/aws"),
            (
                "github.com/acme/nope//x?ref=1",
                "git::https://github.com/acme/nope.git//x?ref=1",
            ),
            (
                "github.com/acme/thing/aws",
                "git::https://github.com/acme/thing.git//aws",
            ),
            (
                "git@github.com:acme/nope.git//x",
                "git::ssh://git@github.com/acme/nope.git//x",
            ),
            ("git::git@example.com:x/y", "git::ssh://git@example.com/x/y"),
            (
                "bitbucket.org/acme/nope",
                "git::https://bitbucket.org/acme/nope.git",
            ),
            (
                "git::https://example.com/x.git//a/b?ref=v1&depth=1",
                "git::https://example.com/x.git//a/b?ref=v1&depth=1",
            ),
            (
                "git::ssh://git@example.com/x.git",
                "git::ssh://git@example.com/x.git",
            ),
            (
                "https://example.com/a.zip//x?checksum=md5:1",
                "https://example.com/a.zip//x?checksum=md5:1",
            ),
            ("/abs/path", "file:///abs/path"),
            (
                "s3-eu-west-1.amazonaws.com/b/k.zip",
                "s3::https://s3-eu-west-1.amazonaws.com/b/k.zip",
            ),
        ];
        for (source, expected) in cases {
            assert_eq!(
                SourceAddress::parse(source, false).map(|a| a.to_string()),
                Ok(expected.to_owned()),
                "{source}"
            );
        }
    }

    #[test]
    fn what_is_no_source_is_refused_in_terraforms_words() {
        let cases = [
            ("nope", false, "use \"./nope\" instead"),
            ("acme/nope", false, "remote module package \"acme/nope\""),
            ("gitlab.com/acme/thing", false, "failed to determine"),
            (
                "registry.test/acme/thing/aws/x",
                false,
                "failed to determine",
            ),
            (
                "git::--upload-pack=x",
                false,
                "remote module package \"--upload-pack=x\"",
            ),
            ("git::-u@host:x", false, "failed to determine"),
            ("", false, "invalid source address"),
            (
                "git::https://example.com/x.git//a/../../b",
                false,
                "leads outside of the module package",
            ),
            ("./c", true, "can't use local directory \"./c\""),
            (
                "git::https://example.com/x",
                true,
                "three or four slash-separated components",
            ),
        ];
        for (source, versioned, expected) in cases {
            let (_, detail) = SourceAddress::parse(source, versioned).unwrap_err();
            assert!(detail.contains(expected), "{source}: {detail}");
        }
    }

    #[test]
    fn passwords_are_not_shown() {
        let Ok(SourceAddress::Remote(r)) =
            SourceAddress::parse("git::https://u:pw@example.com/a.git?ref=x", false)
        else {
            panic!("no package")
        };
        assert_eq!(
            r.package(),
            "git::https://u:redacted@example.com/a.git?ref=x"
        );
        assert_eq!(
            without_password("https://token@example.com/a"),
            "https://redacted@example.com/a"
        );
        assert_eq!(
            without_password("ssh://git@example.com/a"),
            "ssh://git@example.com/a"
        );
    }
}
