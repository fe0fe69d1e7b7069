//! A directory with a configuration, and the program run in it.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::Value as Json;

/// A directory of its own, without anything of the environment.
pub(crate) struct Sandbox {
    dir: tempfile::TempDir,
    env: Vec<(String, String)>,
}

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Sandbox {
    /// Makes a directory with a `main.tf`.
    pub(crate) fn new(main: &str) -> Self {
        let sandbox = Self {
            dir: tempfile::tempdir().unwrap(),
            env: Vec::new(),
        };
        sandbox.file("main.tf", main);
        sandbox
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn file(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    pub(crate) fn run(&self, line: &str) -> Ran {
        self.run_with(line, "")
    }

    /// Runs the words of a line with a text as standard input.
    pub(crate) fn run_with(&self, line: &str, input: &str) -> Ran {
        use std::io::Write as _;
        let mut child = Command::new(env!("CARGO_BIN_EXE_bastionless"))
            .args(line.split_whitespace())
            .current_dir(self.dir.path())
            .env_clear()
            .envs(self.env.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that does not read may have closed the pipe already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a line that must succeed and returns its standard output.
    #[track_caller]
    pub(crate) fn ok(&self, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!(ran.code, 0, "{line}: {ran:?}");
        ran.out
    }

    /// Runs a line that must end with a code.
    #[track_caller]
    pub(crate) fn exits(&self, line: &str, code: i32) -> Ran {
        let ran = self.run(line);
        assert_eq!(ran.code, code, "{line}: {ran:?}");
        ran
    }

    /// Runs a line that writes a document of JSON.
    #[track_caller]
    pub(crate) fn json(&self, line: &str) -> Json {
        serde_json::from_str(&self.ok(line)).unwrap()
    }

    /// Runs a line that writes events, and returns them.
    #[track_caller]
    pub(crate) fn events(&self, line: &str, code: i32) -> Vec<Json> {
        let ran = self.exits(line, code);
        assert_eq!(ran.err, "", "with -json everything goes to standard output");
        ran.out
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect()
    }
}
