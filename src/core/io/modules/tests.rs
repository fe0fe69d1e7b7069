use std::{fs, io::Write as _, os::unix::fs::symlink, path::Path};

use bastionless_model::base::SourceMap;

use super::{
    Accounts, Fetch, Fetched, Wanted,
    archive::{Kind, unpack},
    guard, install,
    lock::{LOCK_FILE, hash},
};
use crate::io::{MemorySystem, RealSystem};

/// A web server in memory.
struct Web(Vec<(&'static str, Fetched)>);

impl Fetch for Web {
    fn get(&self, url: &str, token: Option<&str>) -> Result<Fetched, String> {
        let found = self.0.iter().find(|(u, _)| *u == url);
        let mut answer = found.map_or(
            Fetched {
                status: 404,
                ..Fetched::default()
            },
            |(_, a)| a.clone(),
        );
        answer.url = url.to_owned();
        // A closed registry answers those who have its token.
        if url.contains("closed.test")
            && url.contains("/v1/")
            && !url.contains("archive")
            && token != Some("secret")
        {
            answer = Fetched {
                status: 401,
                url: url.to_owned(),
                ..Fetched::default()
            };
        }
        Ok(answer)
    }
}

fn json(text: &str) -> Fetched {
    Fetched {
        status: 200,
        body: text.as_bytes().to_vec(),
        ..Fetched::default()
    }
}

fn leads_to(location: &str) -> Fetched {
    Fetched {
        status: 204,
        headers: vec![("x-terraform-get".into(), location.into())],
        ..Fetched::default()
    }
}

fn tar_gz(entries: &[(&str, &str)], links: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(
        Vec::new(),
        flate2::Compression::fast(),
    ));
    for (name, text) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        // The builder refuses what attackers write, so the name is put in by hand.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, text.as_bytes()).unwrap();
    }
    for (name, target) in links {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        header.set_mode(0o777);
        builder.append_link(&mut header, name, target).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

fn zipped(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in entries {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn archives_are_unpacked_and_stay_in_their_folder() {
    let dir = tempfile::tempdir().unwrap();
    let to = |name: &str| dir.path().join(name);
    unpack(
        Kind::TarGz,
        &tar_gz(&[("a/main.tf", "x")], &[("a/l", "main.tf")]),
        &to("good"),
    )
    .unwrap();
    assert_eq!(fs::read_to_string(to("good/a/l")).unwrap(), "x");
    unpack(Kind::Zip, &zipped(&[("m/main.tf", "y")]), &to("zip")).unwrap();
    assert_eq!(fs::read_to_string(to("zip/m/main.tf")).unwrap(), "y");
    let refused: [(&str, Vec<u8>); 5] = [
        ("../evil", tar_gz(&[("../evil", "x")], &[])),
        ("/evil", tar_gz(&[("/tmp/evil-of-bastionless", "x")], &[])),
        ("link", tar_gz(&[], &[("l", "../../evil")])),
        ("absolute link", tar_gz(&[], &[("l", "/etc")])),
        (
            "behind links",
            tar_gz(
                &[("d/e/f", "x")],
                &[("d/e/s", "../.."), ("d/e/t", "s/.."), ("d/e/t/evil", "x")],
            ),
        ),
    ];
    for (what, archive) in refused {
        let error = unpack(Kind::TarGz, &archive, &to("bad").join("in")).unwrap_err();
        assert!(
            error.contains("leads out of the package") || error.contains("behind a link"),
            "{what}: {error}"
        );
        fs::remove_dir_all(to("bad")).unwrap();
    }
    let error = unpack(Kind::Zip, &zipped(&[("../evil", "x")]), &to("bad")).unwrap_err();
    assert!(error.contains("leads out"), "{error}");
    assert!(!to("evil").exists() && !Path::new("/tmp/evil-of-bastionless").exists());
    let error = unpack(Kind::Zip, &zipped(&[("m/.git/evil.tf", "x")]), &to("bad")).unwrap_err();
    assert!(error.contains("git's own"), "{error}");
    assert!(unpack(Kind::Zip, b"no zip", &to("bad")).is_err());
}

#[test]
fn links_that_lead_out_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("root");
    fs::create_dir_all(root.join("d/e")).unwrap();
    symlink("..", root.join("d/up")).unwrap();
    symlink("nowhere", root.join("d/dangling")).unwrap();
    assert_eq!(guard::links_stay_inside(&root), Ok(()));
    // Each step looks harmless; together they lead out.
    symlink("../..", root.join("d/e/s")).unwrap();
    symlink("s/..", root.join("d/e/t")).unwrap();
    assert!(
        guard::links_stay_inside(&root)
            .unwrap_err()
            .contains("leads out")
    );
    fs::remove_file(root.join("d/e/t")).unwrap();
    symlink("/nowhere/at/all", root.join("x")).unwrap();
    assert!(guard::links_stay_inside(&root).is_err());
}

#[test]
fn the_hash_is_that_of_go() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("b")).unwrap();
    fs::create_dir_all(dir.path().join(".git")).unwrap();
    fs::write(dir.path().join("a.tf"), "hello\n").unwrap();
    fs::write(dir.path().join("b/c.tf"), "").unwrap();
    fs::write(dir.path().join(".git/HEAD"), "x").unwrap();
    // Of the text "5891b5b5…  a.tf\ne3b0c442…  b/c.tf\n", computed with sha256sum and base64.
    assert_eq!(
        hash(dir.path()).unwrap(),
        "h1:gcQyEn44MO0Y49EmWVUOjEdQpTbhtFCe1TTseJLikc0="
    );
}

#[test]
fn tokens_and_places_are_read_and_not_shown() {
    let mut system = MemorySystem::with_files([
        (
            "/home/user/.terraform.d/credentials.tfrc.json",
            r#"{"credentials": {"a.test": {"token": "one"}}}"#,
        ),
        (
            "/home/user/.terraformrc",
            "host \"b.test\" {\n  services = { \"modules.v1\" = \"https://x/\" }\n}\ncredentials \"b.test\" {\n  token = \"two\"\n}\n",
        ),
    ]);
    system
        .env
        .insert("TF_TOKEN_my__host_c_test".into(), "three".into());
    let (accounts, problems) = Accounts::read(&system);
    assert!(problems.0.is_empty(), "{problems:?}");
    let token = |host| accounts.token(host);
    assert_eq!(
        (token("a.test"), token("b.test"), token("my-host.c.test")),
        (Some("one"), Some("two"), Some("three"))
    );
    assert_eq!(
        accounts.service("b.test", "modules.v1"),
        Some(Some("https://x/"))
    );
    let shown = format!("{accounts:?}");
    assert!(
        shown.contains("a.test") && !shown.contains("one"),
        "{shown}"
    );
}

/// Installs a configuration; returns what was said and the errors.
fn installed(dir: &Path, web: &Web, upgrade: bool) -> (Vec<String>, Vec<String>) {
    let mut system = MemorySystem::default();
    system
        .env
        .insert("TF_TOKEN_closed_test".into(), "secret".into());
    let (accounts, _) = Accounts::read(&system);
    let told = std::cell::RefCell::default();
    let tell =
        |line: &str| std::cell::RefCell::<Vec<String>>::borrow_mut(&told).push(line.to_owned());
    let wanted = Wanted {
        variables: &[],
        upgrade,
        frozen: false,
        fetch: web,
        accounts: &accounts,
        tell: &tell,
    };
    let done = install(&RealSystem, dir, &wanted, &mut SourceMap::default());
    let errors = done
        .diagnostics
        .iter()
        .map(|d| format!("{}: {}", d.summary, d.detail))
        .collect();
    (told.into_inner(), errors)
}

#[test]
fn a_registry_is_discovered_asked_and_remembered() {
    let dir = tempfile::tempdir().unwrap();
    let main = "module \"m\" {\n  source  = \"closed.test/acme/thing/aws//sub\"\n  version = \"~> 1.0\"\n}\n";
    fs::write(dir.path().join("main.tf"), main).unwrap();
    let package = |text: &str| json_bytes(tar_gz(&[("top/sub/main.tf", text)], &[]));
    let versions = |list: &str| json(&format!("{{\"modules\": [{{\"versions\": [{list}]}}]}}"));
    let mut web = Web(vec![
        (
            "https://closed.test/.well-known/terraform.json",
            json("{\"modules.v1\": \"/v1/modules/\"}"),
        ),
        (
            "https://closed.test/v1/modules/acme/thing/aws/versions",
            versions(
                "{\"version\": \"1.0.0\"}, {\"version\": \"1.1.0-beta\"}, {\"version\": \"2.0.0\"}",
            ),
        ),
        (
            "https://closed.test/v1/modules/acme/thing/aws/1.0.0/download",
            leads_to("../archive.tar.gz//*?archive=tar.gz"),
        ),
        (
            "https://closed.test/v1/modules/acme/thing/aws/archive.tar.gz",
            package("output \"o\" {\n  value = 1\n}\n"),
        ),
    ]);
    let (told, errors) = installed(dir.path(), &web, false);
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(
        told,
        [
            "Downloading closed.test/acme/thing/aws 1.0.0 for m...",
            "- m in .terraform/modules/m/top/sub"
        ]
    );
    let manifest = fs::read_to_string(dir.path().join(".terraform/modules/modules.json")).unwrap();
    assert_eq!(
        manifest,
        r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"m","Source":"closed.test/acme/thing/aws//sub","Version":"1.0.0","Dir":".terraform/modules/m/top/sub"}]}"#
    );
    // Nothing is asked while everything is there.
    assert_eq!(
        installed(dir.path(), &Web(Vec::new()), false),
        (vec![], vec![])
    );
    // On a fresh clone the locked version is taken, not a newer one; its content must be what it was.
    web.0.push((
        "https://closed.test/v1/modules/acme/thing/aws/1.2.0/download",
        leads_to("../archive.tar.gz//*?archive=tar.gz"),
    ));
    web.0[1].1 = versions("{\"version\": \"1.0.0\"}, {\"version\": \"1.2.0\"}");
    fs::remove_dir_all(dir.path().join(".terraform")).unwrap();
    let (told, errors) = installed(dir.path(), &web, false);
    assert!(
        told[0].contains("1.0.0") && errors.is_empty(),
        "{told:?} {errors:?}"
    );
    web.0[3].1 = package("output \"o\" {\n  value = 2\n}\n");
    fs::remove_dir_all(dir.path().join(".terraform")).unwrap();
    let (_, errors) = installed(dir.path(), &web, false);
    assert!(
        errors[0].starts_with("Module content differs from the lock file"),
        "{errors:?}"
    );
    let (told, errors) = installed(dir.path(), &web, true);
    assert!(
        told[0].contains("1.2.0") && errors.is_empty(),
        "{told:?} {errors:?}"
    );
    assert!(
        fs::read_to_string(dir.path().join(LOCK_FILE))
            .unwrap()
            .contains("\"version\": \"1.2.0\"")
    );
}

fn json_bytes(body: Vec<u8>) -> Fetched {
    Fetched {
        status: 200,
        body,
        ..Fetched::default()
    }
}

#[test]
fn what_cannot_be_installed_says_why() {
    let web = Web(vec![
        (
            "https://ok.test/.well-known/terraform.json",
            json("{\"modules.v1\": \"/v1/\"}"),
        ),
        ("https://none.test/.well-known/terraform.json", json("{}")),
        (
            "https://ok.test/v1/a/b/c/versions",
            json("{\"modules\": [{\"versions\": [{\"version\": \"1.0.0\"}]}]}"),
        ),
        (
            "https://ok.test/v1/a/b/c/1.0.0/download",
            leads_to("/etc/passwd"),
        ),
        (
            "https://ok.test/v1/f/f/f/versions",
            json("{\"modules\": [{\"versions\": [{\"version\": \"1.0.0\"}]}]}"),
        ),
        (
            "https://ok.test/v1/f/f/f/1.0.0/download",
            leads_to("file:///etc"),
        ),
        (
            "https://ok.test/x.zip",
            json_bytes(zipped(&[("main.tf", "")])),
        ),
        (
            "https://ok.test/page?terraform-get=1",
            json("<html><meta name=\"terraform-get\" content=\"file:///etc\"></html>"),
        ),
    ]);
    let cases = [
        (
            "\"none.test/a/b/c\"",
            "",
            "does not provide a module registry",
        ),
        ("\"ok.test/a/b/x\"", "", "Module not found"),
        (
            "\"ok.test/a/b/c\"",
            "version = \"~> 9.0\"",
            "The newest available version is 1.0.0",
        ),
        ("\"ok.test/a/b/c\"", "", "bad response code: 404"),
        (
            "\"ok.test/f/f/f\"",
            "",
            "Invalid package location from module registry",
        ),
        ("\"https://ok.test/none.zip\"", "", "bad response code: 404"),
        (
            "\"https://ok.test/x.zip//nope\"",
            "",
            "Unreadable module subdirectory",
        ),
        (
            "\"https://ok.test/x.zip?checksum=sha256:00\"",
            "",
            "checksums did not match",
        ),
        ("\"https://ok.test/x.tar.xz\"", "", "not built yet"),
        (
            "\"https://ok.test/page\"",
            "",
            "points to a file of this machine",
        ),
        (
            "\"s3::https://x/y.zip\"",
            "",
            "s3 sources are not built yet",
        ),
        ("\"git::ext::sh -c touch\"", "", "failed to determine"),
        ("\"git::ext://x/y\"", "", "git over \"ext\" is refused"),
        ("\"git::http://x/y\"", "", "git over \"http\" is refused"),
        (
            "\"git::https://x/y?ref=--upload-pack=z\"",
            "",
            "invalid ref",
        ),
        ("\"git::ssh://-oProxyCommand=x/y\"", "", ""),
    ];
    for (source, more, expected) in cases {
        let dir = tempfile::tempdir().unwrap();
        fs::write(
            dir.path().join("main.tf"),
            format!("module \"m\" {{\n  source = {source}\n  {more}\n}}\n"),
        )
        .unwrap();
        let (_, errors) = installed(dir.path(), &web, false);
        assert!(
            errors.len() == 1 && errors[0].contains(expected),
            "{source}: {errors:?}"
        );
        assert!(
            !dir.path().join(".terraform/modules/m").exists() || expected.contains("subdirectory"),
            "{source} left something"
        );
        assert!(!dir.path().join(LOCK_FILE).exists());
    }
}
