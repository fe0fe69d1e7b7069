//! Modules from git and from a registry: fetched, locked, and used offline.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::Path,
    process::Command,
};

use crate::sandbox::Sandbox;

/// Runs git in a folder, without anything of the person who tests.
fn git(dir: &Path, line: &str) {
    let mut command = Command::new("git");
    command
        .args(["-c", "user.name=n", "-c", "user.email=e@x"])
        .args(line.split_whitespace())
        .current_dir(dir);
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "git {line}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A sandbox that may fetch from folders, with a repository beside it.
fn with_repository(main: &str) -> Sandbox {
    let s = Sandbox::new("")
        .env("PATH", &std::env::var("PATH").unwrap())
        .env("GIT_ALLOW_PROTOCOL", "file:https:ssh");
    let s = s
        .env("HOME", "/nonexistent")
        .env("GIT_CONFIG_GLOBAL", "/dev/null");
    s.file("repo/sub/main.tf", "variable \"x\" {\n  default = \"one\"\n}\noutput \"o\" {\n  value = var.x\n}\nmodule \"deep\" {\n  source = \"./inner\"\n}\n");
    s.file(
        "repo/sub/inner/main.tf",
        "output \"d\" {\n  value = \"deep\"\n}\n",
    );
    s.file("repo/.gitattributes", "* filter=evil\n");
    let repo = s.path("repo");
    git(&repo, "init -q -b main");
    git(&repo, "add -A");
    git(&repo, "commit -q -m one");
    git(&repo, "tag v1");
    s.file("repo/sub/main.tf", "output \"o\" {\n  value = \"two\"\n}\n");
    git(&repo, "commit -q -a -m two");
    s.file(
        "main.tf",
        &main.replace("REPO", &format!("git::file://{}", repo.display())),
    );
    s
}

const CALL: &str =
    "module \"m\" {\n  source = \"REPO//sub?ref=v1\"\n}\noutput \"o\" {\n  value = module.m.o\n}\n";

#[test]
fn a_module_of_a_repository_is_fetched_once_and_used_offline() {
    let s = with_repository(CALL);
    assert!(s.exits("plan", 1).err.contains("Module not installed"));
    let said = s.ok("init");
    assert!(
        said.contains("Downloading git::file://")
            && said.contains("- m.deep in .terraform/modules/m/sub/inner"),
        "{said}"
    );
    std::fs::rename(s.path("repo"), s.path("gone")).unwrap();
    assert!(!s.ok("init").contains("Downloading"));
    s.ok("apply -auto-approve");
    assert_eq!(s.ok("output -raw o"), "one");
    assert!(
        s.read(".terraform/modules/modules.json")
            .contains("\"Dir\":\".terraform/modules/m/sub/inner\"}")
    );
    // Somebody changes what was installed.
    s.file(".terraform/modules/m/sub/more.tf", "");
    assert!(
        s.exits("plan", 1)
            .err
            .contains("Module content differs from the lock file")
    );
    assert!(s.exits("init", 1).err.contains("init -upgrade"));
}

#[test]
fn a_moved_tag_is_refused_until_it_is_wanted() {
    let s = with_repository(CALL);
    s.ok("get");
    let lock = s.read(".bastionless.lock.json");
    git(&s.path("repo"), "tag -f v1");
    std::fs::remove_dir_all(s.path(".terraform")).unwrap();
    assert!(
        s.exits("init", 1)
            .err
            .contains("Module content differs from the lock file")
    );
    assert_eq!(s.read(".bastionless.lock.json"), lock);
    assert!(s.ok("init -upgrade").contains("Upgrading modules..."));
    assert_ne!(s.read(".bastionless.lock.json"), lock);
    s.ok("init -lockfile=readonly");
    s.file("main.tf", "output \"o\" {\n  value = 1\n}\n");
    assert!(
        s.exits("init -lockfile=readonly", 1)
            .err
            .contains("Module lock file changed")
    );
    s.ok("init");
    assert!(
        !s.path(".bastionless.lock.json").exists(),
        "nothing is left to be locked"
    );
}

#[test]
fn nothing_of_a_repository_runs() {
    let s = with_repository(CALL);
    let marker = s.path("ran");
    // Filters and hooks that the person has configured for other repositories are named by this one.
    s.file("global", &format!("[filter \"evil\"]\n  smudge = \"touch {0} && cat\"\n  required = true\n[init]\n  templateDir = {1}\n", marker.display(), s.path("template").display()));
    s.file(
        "template/hooks/post-checkout",
        &format!("#!/bin/sh\ntouch {}\n", marker.display()),
    );
    let hook = s.path("template/hooks/post-checkout");
    std::fs::set_permissions(hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let s = s.env("GIT_CONFIG_GLOBAL", "global");
    s.ok("init");
    assert!(!marker.exists());
    let refused = s.env("GIT_ALLOW_PROTOCOL", "");
    std::fs::remove_dir_all(refused.path(".terraform")).unwrap();
    assert!(
        refused
            .exits("init", 1)
            .err
            .contains("git over \"file\" is refused")
    );
}

/// A registry on this machine: answers one path after the other, in its own thread, until the test ends.
fn registry(repo: &Path) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let location = format!("git::file://{}?ref=v1", repo.display());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = String::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            while reader.read_line(&mut request).unwrap_or(0) > 2 {}
            let authorised = request
                .to_lowercase()
                .contains("authorization: bearer tok-secret\r\n");
            let path = request.split(' ').nth(1).unwrap_or_default();
            let answer = match path {
                _ if !authorised => "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n".to_owned(),
                "/v1/acme/thing/aws/versions" => {
                    let body = r#"{"modules":[{"versions":[{"version":"1.0.0"},{"version":"1.4.0"},{"version":"2.0.0"}]}]}"#;
                    format!(
                        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
                        body.len()
                    )
                }
                "/v1/acme/thing/aws/1.4.0/download" => {
                    format!("HTTP/1.1 204 No Content\r\nX-Terraform-Get: {location}\r\n")
                }
                _ => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n".to_owned(),
            };
            let end = if answer.contains("\r\n\r\n") {
                ""
            } else {
                "Connection: close\r\n\r\n"
            };
            let _ = stream.write_all(format!("{answer}{end}").as_bytes());
        }
    });
    format!("http://127.0.0.1:{port}/v1/")
}

#[test]
fn a_module_of_a_registry_is_chosen_by_version() {
    let s = with_repository(
        "module \"r\" {\n  source  = \"registry.test/acme/thing/aws//sub\"\n  version = \"~> 1.0\"\n}\noutput \"o\" {\n  value = module.r.o\n}\n",
    );
    let place = registry(&s.path("repo"));
    s.file(
        "cli.tfrc",
        &format!(
            "host \"registry.test\" {{\n  services = {{ \"modules.v1\" = \"{place}\" }}\n}}\n"
        ),
    );
    let s = s.env("TF_CLI_CONFIG_FILE", "cli.tfrc");
    let refused = s.exits("init", 1).err;
    assert!(
        refused.contains("Error accessing remote module registry") && refused.contains("TF_TOKEN"),
        "{refused}"
    );
    let s = s.env("TF_TOKEN_registry_test", "tok-secret");
    let ran = s.exits("init", 0);
    assert!(
        ran.out
            .contains("Downloading registry.test/acme/thing/aws 1.4.0 for r..."),
        "{ran:?}"
    );
    assert!(s.read(".terraform/modules/modules.json").contains(r#""Source":"registry.test/acme/thing/aws//sub","Version":"1.4.0","Dir":".terraform/modules/r/sub""#));
    s.ok("apply -auto-approve");
    assert_eq!(s.ok("output -raw o"), "one");
    let main = s.read("main.tf");
    s.file("main.tf", &main.replace("~> 1.0", "~> 3.0"));
    assert!(
        s.exits("plan", 1)
            .err
            .contains("Module version requirements have changed")
    );
    assert!(
        s.exits("init", 1)
            .err
            .contains("The newest available version is 2.0.0")
    );
    s.file("main.tf", &main.replace("thing/aws", "none/aws"));
    let missing = s.exits("init", 1).err;
    assert!(missing.contains("Module not found"), "{missing}");
    assert!(
        ![missing, ran.err, ran.out, refused]
            .concat()
            .contains("tok-secret")
    );
}
