//! Packages from git, fetched by the program `git` with everything switched off that would run somebody's code.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use url::Url;

use super::super::System;
use crate::lang::module_source::without_password;

/// The transports that are used unless the person at the machine says otherwise with git's own `GIT_ALLOW_PROTOCOL`.
const TRANSPORTS: &str = "https:ssh";

/// Variables that would turn git to another repository.
const OF_ANOTHER_REPOSITORY: [&str; 10] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_TEMPLATE_DIR",
    "GIT_CEILING_DIRECTORIES",
];

/// What no repository may switch on: hooks, monitors, filters, transports by command.
const SETTINGS: [&str; 8] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "protocol.ext.allow=never",
    "filter.lfs.smudge=",
    "filter.lfs.process=",
    "filter.lfs.required=false",
    "submodule.recurse=false",
    "advice.detachedHead=false",
];

/// What is to be fetched.
pub(super) struct Wanted<'a> {
    /// The URL, without the parameters that are for us.
    pub(super) url: &'a str,
    /// `ref`: a branch, tag or commit.
    pub(super) reference: Option<&'a str>,
    /// `depth`: how many commits.
    pub(super) depth: Option<u32>,
}

/// Fetches a repository into a folder that does not exist yet.
///
/// # Errors
/// Says what git said, passwords left out.
pub(super) fn fetch(system: &dyn System, wanted: &Wanted<'_>, to: &Path) -> Result<(), String> {
    let allowed = transports(system);
    check(wanted, &allowed)?;
    let (url, secret) = credentials(wanted.url);
    let git = |args: &[&str], inside: bool| {
        run(
            system,
            &allowed,
            secret.as_ref(),
            args,
            inside.then_some(to),
        )
    };
    let folder = to.to_string_lossy();
    let depth = wanted.depth.map(|d| format!("--depth={d}"));
    let branch = wanted.reference.map(|r| format!("--branch={r}"));
    let mut clone = vec!["clone", "--quiet", "--no-checkout", "--template="];
    if let Some(depth) = &depth {
        clone.push(depth);
        clone.extend(branch.as_deref());
    }
    clone.extend(["--", url.as_str(), &folder]);
    git(&clone, false)?;
    // Attributes of the repository name filters, which run commands of the person's own configuration.
    let attributes = to.join(".git/info");
    fs::create_dir_all(&attributes)
        .and_then(|()| fs::write(attributes.join("attributes"), "* -filter -ident\n"))
        .map_err(|e| e.to_string())?;
    let commit = match wanted.reference {
        None => resolve(&git, "HEAD").ok_or("the repository is empty")?,
        Some(name) => resolve(&git, name)
            .or_else(|| resolve(&git, &format!("refs/remotes/origin/{name}")))
            .ok_or_else(|| format!("the repository has no branch, tag or commit named {name:?}"))?,
    };
    git(&["checkout", "--quiet", "--detach", &commit], true)?;
    if to.join(".gitmodules").is_file() {
        git(
            &[
                "submodule",
                "update",
                "--init",
                "--recursive",
                "--quiet",
                "--checkout",
            ],
            true,
        )?;
    }
    Ok(())
}

/// Runs git with arguments, outside or inside the repository, and returns what it says.
type Git<'a> = &'a dyn Fn(&[&str], bool) -> Result<String, String>;

fn resolve(git: Git<'_>, name: &str) -> Option<String> {
    let commit = format!("{name}^{{commit}}");
    let found = git(
        &[
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &commit,
        ],
        true,
    )
    .ok()?;
    let found = found.trim();
    (!found.is_empty() && found.bytes().all(|b| b.is_ascii_hexdigit())).then(|| found.to_owned())
}

fn transports(system: &dyn System) -> String {
    let allowed = system
        .env("GIT_ALLOW_PROTOCOL")
        .unwrap_or_else(|| TRANSPORTS.to_owned());
    allowed
        .split(':')
        .filter(|t| *t != "ext")
        .collect::<Vec<_>>()
        .join(":")
}

/// Refuses what git could take for an option, and transports that are not allowed.
fn check(wanted: &Wanted<'_>, allowed: &str) -> Result<(), String> {
    if wanted.url.starts_with('-') || wanted.url.chars().any(char::is_control) {
        return Err("the address is no URL".into());
    }
    let scheme = wanted
        .url
        .split_once("://")
        .map(|(s, _)| s)
        .unwrap_or_default();
    if !allowed.split(':').any(|t| t == scheme) {
        return Err(format!(
            "git over {scheme:?} is refused: a configuration may use https and ssh only. To allow another transport for this run, set GIT_ALLOW_PROTOCOL=https:ssh:{scheme}"
        ));
    }
    let rest = wanted
        .url
        .split_once("://")
        .map(|(_, r)| r)
        .unwrap_or_default();
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if authority.starts_with('-') || host.starts_with('-') || (host.is_empty() && scheme != "file")
    {
        return Err("the address has no host".into());
    }
    match wanted.reference {
        Some(r) if r.is_empty() || r.starts_with('-') || r.chars().any(char::is_control) => {
            Err(format!("invalid ref: {r:?}"))
        }
        _ => Ok(()),
    }
}

/// Takes name and password out of an address, as the list of processes shows addresses; git is given them as a header for
/// that host, by its environment.
fn credentials(url: &str) -> (String, Option<(String, String)>) {
    let taken = || {
        let rest = url.strip_prefix("https://")?;
        let end = rest.find('/').unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (login, host) = authority.rsplit_once('@')?;
        let parsed = Url::parse(url).ok()?;
        let decoded = |text: &str| percent_decoded(text);
        let login = if login.contains(':') {
            format!(
                "{}:{}",
                decoded(parsed.username()),
                decoded(parsed.password().unwrap_or_default())
            )
        } else {
            format!("{}:", decoded(parsed.username()))
        };
        let header = format!("Authorization: Basic {}", STANDARD.encode(login));
        Some((
            format!("https://{host}{path}"),
            (format!("http.https://{host}/.extraHeader"), header),
        ))
    };
    taken().map_or_else(
        || (url.to_owned(), None),
        |(url, secret)| (url, Some(secret)),
    )
}

fn percent_decoded(text: &str) -> String {
    // A form has blanks for plus signs, which an address has not.
    let form = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(form.as_bytes())
        .next()
        .map(|(_, v)| v.into_owned())
        .unwrap_or_default()
}

fn run(
    system: &dyn System,
    allowed: &str,
    secret: Option<&(String, String)>,
    args: &[&str],
    inside: Option<&Path>,
) -> Result<String, String> {
    let mut command = Command::new("git");
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    command.args(args).stdin(Stdio::null());
    for name in OF_ANOTHER_REPOSITORY {
        command.env_remove(name);
    }
    command
        .env("GIT_ALLOW_PROTOCOL", allowed)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_LFS_SKIP_SMUDGE", "1");
    if system.env("GIT_SSH_COMMAND").is_none() && system.env("GIT_SSH").is_none() {
        command.env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes");
    }
    if let Some((name, value)) = secret {
        command
            .env("GIT_CONFIG_COUNT", "1")
            .env("GIT_CONFIG_KEY_0", name)
            .env("GIT_CONFIG_VALUE_0", value);
    }
    if let Some(folder) = inside {
        command.current_dir(folder);
    }
    let output = command.output().map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => "git must be available and on the PATH".to_owned(),
        _ => format!("git could not be started: {e}"),
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said: Vec<String> = said.split_whitespace().map(without_password).collect();
    let code = output
        .status
        .code()
        .map_or_else(|| "a signal".to_owned(), |c| c.to_string());
    Err(format!("git exited with {code}: {}", said.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_passwords_leave_the_address() {
        let (url, secret) = credentials("https://u%40x:p%2Bw@example.com/a.git");
        assert_eq!(url, "https://example.com/a.git");
        let (key, value) = secret.unwrap();
        assert_eq!(key, "http.https://example.com/.extraHeader");
        assert_eq!(
            value,
            format!("Authorization: Basic {}", STANDARD.encode("u@x:p+w"))
        );
        assert!(credentials("https://token@example.com/a.git").1.is_some());
        for plain in [
            "https://example.com/a.git",
            "ssh://git@example.com/a.git",
            "https://example.com/a@b.git",
        ] {
            assert_eq!(credentials(plain), (plain.to_owned(), None));
        }
    }
}
