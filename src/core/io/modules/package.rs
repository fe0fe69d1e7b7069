//! Packages: fetched from where their address says.

use std::{fs, path::Path};

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use url::Url;

use super::{
    super::System,
    Fetch,
    archive::{self, Kind},
    git, guard,
    lock::hexadecimal,
};
use crate::lang::module_source::{RemoteAddress, SourceAddress, without_password};

/// How many times one address may lead to another.
const MOST_HOPS: usize = 10;

/// Fetches a package into a folder that does not exist yet. Returns the directory inside it that the answer pointed to, which
/// is empty for the package itself.
///
/// # Errors
/// Says why it could not be fetched, passwords left out.
pub(super) fn fetch(
    system: &dyn System,
    client: &dyn Fetch,
    address: &RemoteAddress,
    base: &Path,
    to: &Path,
) -> Result<String, String> {
    let mut address = address.clone();
    let mut directory = String::new();
    for _ in 0..MOST_HOPS {
        let next = step(system, client, &address, base, to).map_err(|e| {
            format!(
                "error downloading '{}': {e}",
                without_password(&address.url)
            )
        })?;
        let Some(next) = next else {
            guard::links_stay_inside(to).map_err(|e| format!("the package was refused: {e}"))?;
            return Ok(directory);
        };
        directory = [next.directory.as_str(), &directory]
            .into_iter()
            .filter(|d| !d.is_empty())
            .collect::<Vec<_>>()
            .join("/");
        address = next;
    }
    Err(format!(
        "'{}' leads from address to address more than {MOST_HOPS} times",
        without_password(&address.url)
    ))
}

/// Fetches a package, or returns the address where it is to be looked for.
fn step(
    system: &dyn System,
    client: &dyn Fetch,
    address: &RemoteAddress,
    base: &Path,
    to: &Path,
) -> Result<Option<RemoteAddress>, String> {
    let scheme = address
        .url
        .split_once("://")
        .map(|(s, _)| s)
        .unwrap_or_default();
    match (address.getter.as_str(), scheme) {
        ("git", _) => clone(system, &address.url, to).map(|()| None),
        ("", "ssh") => Err("git over ssh is written git::ssh://".into()),
        ("" | "https" | "http", "https" | "http") => http(client, address, to),
        ("" | "file", "file") => folder(address, base, to).map(|()| None),
        ("s3" | "gcs" | "hg", _) => Err(format!(
            "{} sources are not built yet: use git, https or a registry",
            address.getter
        )),
        ("", other) => Err(format!("download not supported for scheme '{other}'")),
        (getter, _) => Err(format!("download not supported for scheme '{getter}'")),
    }
}

fn clone(system: &dyn System, url: &str, to: &Path) -> Result<(), String> {
    let mut parsed = Url::parse(url).map_err(|e| e.to_string())?;
    let (mut reference, mut depth) = (None, None);
    let mut rest: Vec<(String, String)> = Vec::new();
    for (name, value) in parsed.query_pairs().into_owned() {
        match name.as_str() {
            "ref" => reference = Some(value),
            "depth" => depth = Some(value.parse::<u32>().ok().filter(|d| *d > 0).ok_or_else(|| format!("invalid depth: {value:?}"))?),
            "sshkey" => return Err("a key in the address is refused, as it would be stored in plain text: use an SSH agent".into()),
            _ => rest.push((name, value)),
        }
    }
    parsed.set_query(None);
    if !rest.is_empty() {
        parsed.query_pairs_mut().extend_pairs(&rest);
    }
    let wanted = git::Wanted {
        url: parsed.as_str(),
        reference: reference.as_deref().filter(|r| !r.is_empty()),
        depth,
    };
    git::fetch(system, &wanted, to)
}

/// Copies a folder of this machine.
fn folder(address: &RemoteAddress, base: &Path, to: &Path) -> Result<(), String> {
    let path = address
        .url
        .trim_start_matches("file://")
        .split('?')
        .next()
        .unwrap_or_default();
    let from = base.join(path);
    if !from.is_dir() {
        return Err(format!("source path error: {path} is no directory"));
    }
    guard::copy(&from, to).map_err(|e| e.to_string())
}

fn http(
    client: &dyn Fetch,
    address: &RemoteAddress,
    to: &Path,
) -> Result<Option<RemoteAddress>, String> {
    let mut url = Url::parse(&address.url).map_err(|e| e.to_string())?;
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let of = |name: &str| {
        pairs
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    };
    let kind = match of("archive") {
        Some("false" | "0") => None,
        Some(named) => {
            Some(Kind::of(named)?.ok_or_else(|| format!("unknown archive type {named:?}"))?)
        }
        None => Kind::of(url.path())?,
    };
    let ours = ["archive", "checksum", "filename"];
    let rest: Vec<_> = pairs
        .iter()
        .filter(|(n, _)| !ours.contains(&n.as_str()))
        .cloned()
        .collect();
    url.set_query(None);
    if !rest.is_empty() {
        url.query_pairs_mut().extend_pairs(&rest);
    }
    let Some(kind) = kind else {
        url.query_pairs_mut().append_pair("terraform-get", "1");
        return pointer(client, &url).map(Some);
    };
    let answer = client.get(url.as_str(), None)?;
    if answer.status != 200 {
        return Err(format!("bad response code: {}", answer.status));
    }
    if let Some(checksum) = of("checksum") {
        check(checksum, &answer.body)?;
    }
    archive::unpack(kind, &answer.body, to)?;
    Ok(None)
}

/// Asks a web server where a package is: `X-Terraform-Get`, or `<meta name="terraform-get" content="…">`.
fn pointer(client: &dyn Fetch, url: &Url) -> Result<RemoteAddress, String> {
    let answer = client.get(url.as_str(), None)?;
    let found = match answer.header("x-terraform-get") {
        Some(location) => Some(location.to_owned()),
        None if (200..300).contains(&answer.status) => meta(&String::from_utf8_lossy(&answer.body)),
        None => return Err(format!("bad response code: {}", answer.status)),
    };
    let location = found
        .filter(|l| !l.is_empty())
        .ok_or("no source URL was returned")?;
    let location = if ["/", "./", "../"].iter().any(|p| location.starts_with(p)) {
        let base = Url::parse(&answer.url).map_err(|e| e.to_string())?;
        base.join(&location).map_err(|e| e.to_string())?.into()
    } else {
        location
    };
    match SourceAddress::parse(&location, false) {
        // What a server says must not make us read files of this machine.
        Ok(SourceAddress::Remote(next)) if next.is_folder() => {
            Err("the server points to a file of this machine".into())
        }
        Ok(SourceAddress::Remote(next)) => Ok(next),
        _ => Err(format!(
            "the server points to {location:?}, which is no package"
        )),
    }
}

fn meta(html: &str) -> Option<String> {
    let tag = html
        .split("<meta")
        .skip(1)
        .filter_map(|t| t.split('>').next());
    let quoted = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}="))?;
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        rest.get(1..)?.split(quote).next().map(str::to_owned)
    };
    tag.filter(|t| quoted(t, "name").as_deref() == Some("terraform-get"))
        .find_map(|t| quoted(t, "content"))
}

fn check(checksum: &str, bytes: &[u8]) -> Result<(), String> {
    let (kind, expected) = match checksum.split_once(':') {
        Some((kind, expected)) => (kind, expected),
        None => (
            match checksum.len() {
                32 => "md5",
                40 => "sha1",
                64 => "sha256",
                _ => "sha512",
            },
            checksum,
        ),
    };
    let actual = match kind {
        "md5" => hexadecimal(&Md5::digest(bytes)),
        "sha1" => hexadecimal(&Sha1::digest(bytes)),
        "sha256" => hexadecimal(&Sha256::digest(bytes)),
        "sha512" => hexadecimal(&Sha512::digest(bytes)),
        other => return Err(format!("checksums of kind {other:?} are not supported")),
    };
    if actual == expected.to_ascii_lowercase() {
        return Ok(());
    }
    Err(format!(
        "checksums did not match: expected {expected}, got {actual}"
    ))
}

/// Finds a directory inside a package; `*` stands for a name that must be the only one.
///
/// # Errors
/// Says which part is not there.
pub(super) fn subdirectory(root: &Path, directory: &str) -> Result<String, String> {
    let mut found: Vec<String> = Vec::new();
    for part in directory.split('/').filter(|p| !p.is_empty()) {
        let here = root.join(found.join("/"));
        let name = if part == "*" {
            let entries = fs::read_dir(&here).map_err(|e| e.to_string())?;
            let mut folders: Vec<String> = entries
                .filter_map(Result::ok)
                .filter(|e| e.path().is_dir() && e.file_name() != ".git")
                .map(|e| e.file_name().to_string_lossy().into_owned())
                .collect();
            match (folders.pop(), folders.is_empty()) {
                (Some(one), true) => one,
                _ => return Err(format!("{directory:?} does not stand for one folder")),
            }
        } else {
            part.to_owned()
        };
        if !here.join(&name).is_dir() {
            return Err(format!(
                "{directory:?} does not exist within the target module"
            ));
        }
        found.push(name);
    }
    Ok(found.join("/"))
}
