//! A place to run the program in: a directory, the emulator, another client.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value as Json;

static TURN: Mutex<()> = Mutex::new(());

/// A directory of its own and an empty account.
pub(crate) struct Bench {
    /// The directory.
    pub(crate) dir: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(o: Output) -> Self {
        let text = |b: Vec<u8>| String::from_utf8_lossy(&b).into_owned();
        Self {
            code: o.status.code().unwrap_or(-1),
            out: text(o.stdout),
            err: text(o.stderr),
        }
    }
}

impl Ran {
    /// Insists on an exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.out, self.err
        );
        self
    }

    /// Returns standard output as JSON lines.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<Json> {
        self.out
            .lines()
            .map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}")))
            .collect()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run scripts/test, which starts the emulator")
    })
}

impl Bench {
    /// Takes its turn with an empty account and a directory that holds the given files.
    pub(crate) fn with_files(files: &[(&str, &str)]) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let dir = std::env::temp_dir().join(format!("bastionless-wire-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        for (name, text) in files {
            fs::create_dir_all(dir.join(name).parent().unwrap()).unwrap();
            fs::write(dir.join(name), text).unwrap();
        }
        let bench = Self { dir, _turn: turn };
        bench.http("POST", "/moto-api/reset", "");
        bench
    }

    /// The same with the files of an example.
    pub(crate) fn with_example(name: &str) -> Self {
        let bench = Self::with_files(&[]);
        for entry in fs::read_dir(root().join("examples").join(name)).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, bench.dir.join(path.file_name().unwrap())).unwrap();
        }
        bench
    }

    /// Writes a file into the directory.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.dir.join(name), text).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut c = Command::new(env!("CARGO_BIN_EXE_bastionless"));
        c.args(args)
            .current_dir(&self.dir)
            .env("NO_COLOR", "1")
            .env("TF_IN_AUTOMATION", "1")
            .stdin(Stdio::null());
        c
    }

    /// Runs the program.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.command(args).output().unwrap().into()
    }

    /// Starts the program and goes on.
    pub(crate) fn start(&self, args: &[&str]) -> Child {
        self.command(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Runs the other client.
    #[track_caller]
    pub(crate) fn hands(&self, args: &[&str]) -> String {
        let script = root().join("tests/hands/hands.py");
        let ran: Ran = Command::new(variable("BASTIONLESS_TEST_PYTHON"))
            .arg(script)
            .args(args)
            .output()
            .unwrap()
            .into();
        ran.exits(0).out.trim().to_owned()
    }

    /// Speaks to the emulator's own interface.
    pub(crate) fn http(&self, method: &str, path: &str, body: &str) -> String {
        let url = variable("BASTIONLESS_TEST_EMULATOR");
        let host = url.trim_start_matches("http://").trim_end_matches('/');
        let mut s = TcpStream::connect(host).unwrap();
        let length = body.len();
        write!(
            s,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        s.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        assert!(
            head.contains(" 200 ") || head.contains(" 204 "),
            "{method} {path}: {answer}"
        );
        body.to_owned()
    }

    /// Returns the calls since the log was emptied: `service:Action`, in order.
    pub(crate) fn calls(&self) -> Vec<Json> {
        serde_json::from_str(&self.http("GET", "/_bastionless/calls", "")).unwrap()
    }

    /// Empties the log of calls.
    pub(crate) fn forget_calls(&self) {
        self.http("DELETE", "/_bastionless/calls", "");
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// Returns `service:Action` of a logged call.
pub(crate) fn name(call: &Json) -> String {
    let part = |k: &str| {
        call.get(k)
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    format!("{}:{}", part("service"), part("action"))
}

/// Tells whether a logged call changes something.
pub(crate) fn changes(call: &Json) -> bool {
    let name = name(call);
    let action = name.split_once(':').map_or("", |(_, a)| a);
    let reads = ["Describe", "Get", "List", "Head", "Lookup"];
    !reads.iter().any(|r| action.starts_with(r))
}
