//! The house rules that no compiler holds: layers inside the members, sizes of files.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Rooms of a member in their order: a room imports only rooms named before it.
const LAYERS: &[(&str, &[&str])] = &[
    ("src/model", &["base", "value", "iam", "schema", "cloud"]),
    (
        "src/core",
        &[
            "lang", "state", "plan", "access", "check", "report", "builtin", "io", "store",
            "engine",
        ],
    ),
];

/// The most lines that a file may have, without its tests.
const LONGEST: usize = 600;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut todo = vec![dir.to_path_buf()];
    while let Some(dir) = todo.pop() {
        for entry in fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

/// Returns the code of a file up to its tests, without comments.
fn code(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text
        .lines()
        .take_while(|l| !l.starts_with("#[cfg(test)]") || text.contains("#[cfg(test)]\npub mod"));
    lines
        .map(|l| l.split("//").next().unwrap_or_default().to_owned())
        .collect()
}

fn is_test(path: &Path) -> bool {
    let text = path.to_string_lossy().into_owned();
    text.contains("/tests")
        || text.contains("/testing")
        || text.ends_with("tests.rs")
        || text.contains("/fake/")
}

#[test]
fn rooms_import_only_rooms_before_them() {
    let mut wrong = Vec::new();
    for (member, rooms) in LAYERS {
        for (i, room) in rooms.iter().enumerate() {
            let dir = root().join(member).join(room);
            if !dir.exists() {
                continue;
            }
            for file in rust_files(&dir).into_iter().filter(|f| !is_test(f)) {
                for later in &rooms[i + 1..] {
                    let mention = format!("crate::{later}::");
                    let listed = format!("    {later}::");
                    for line in code(&file) {
                        if line.contains(&mention)
                            || (line.starts_with(&listed) && !line.contains(';'))
                        {
                            wrong.push(format!(
                                "{}: `{room}` may not know `{later}`: {}",
                                file.display(),
                                line.trim()
                            ));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_binary_and_the_cloud_know_the_sdk() {
    for member in ["src/model", "src/core"] {
        for file in rust_files(&root().join(member)) {
            let text = fs::read_to_string(&file).unwrap();
            assert!(
                !text.contains("aws_sdk_"),
                "{} names the SDK",
                file.display()
            );
        }
    }
}

#[test]
fn files_are_not_too_long() {
    let mut long = Vec::new();
    for file in rust_files(&root().join("src"))
        .into_iter()
        .filter(|f| !is_test(f))
    {
        let lines = code(&file).len();
        if lines > LONGEST {
            long.push(format!("{}: {lines} lines", file.display()));
        }
    }
    assert!(
        long.is_empty(),
        "longer than {LONGEST} lines without tests:\n{}",
        long.join("\n")
    );
}

#[test]
fn nothing_is_left_to_be_done_later() {
    for file in rust_files(&root().join("src")) {
        let text = fs::read_to_string(&file).unwrap();
        for word in ["todo!(", "unimplemented!(", "dbg!("] {
            assert!(!text.contains(word), "{} holds {word}", file.display());
        }
    }
}

/// One build of the SDK serves `cargo build` and `cargo test`: see `docs/decisions/0004-scripted-answers.md`.
#[test]
fn tests_ask_for_no_features_of_what_the_sdk_stands_on() {
    for manifest in [
        "Cargo.toml",
        "src/model/Cargo.toml",
        "src/core/Cargo.toml",
        "src/aws/Cargo.toml",
    ] {
        let text = fs::read_to_string(root().join(manifest)).unwrap();
        assert!(!text.contains("test-util"), "{manifest}");
    }
}
