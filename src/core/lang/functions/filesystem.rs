//! Functions of files and paths, and templates.

use base64::{Engine, engine::general_purpose::STANDARD};
use bastionless_model::value::{Type, Value, quote};
use sha2::Digest;

use super::{
    function::{
        Args, Function, FunctionError, Parameter,
        ParameterType::{Any, Bool, String as Text, StringSet},
        Returns::{Always, Computed},
    },
    glob,
    hash::hex,
};

type Result<T = Value> = std::result::Result<T, FunctionError>;

const PATH: Parameter = Parameter::new("path", Text);

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "abspath",
        "Returns the absolute path of a path.",
        &[PATH],
        Always(Text),
        |a| {
            let path = a.text(0);
            Ok(if path.starts_with('/') {
                clean(path)
            } else {
                clean(&format!("{}/{path}", a.host.base_dir()))
            }
            .into())
        },
    )
    .examples(&[("abspath(\"/a/../b\")", "\"/b\"")]),
    Function::new(
        "basename",
        "Returns the last part of a path.",
        &[PATH],
        Always(Text),
        |a| {
            let path = a.text(0);
            let trimmed = path.trim_end_matches('/');
            Ok(match (path, trimmed) {
                ("", _) => ".",
                (_, "") => "/",
                (_, t) => t.rsplit('/').next().unwrap_or(t),
            }
            .into())
        },
    )
    .examples(&[("basename(\"foo/bar/baz.txt\")", "\"baz.txt\"")]),
    Function::new(
        "dirname",
        "Returns a path without its last part.",
        &[PATH],
        Always(Text),
        |a| {
            let path = a.text(0);
            let end = path.rfind('/').map_or(0, |at| at + 1);
            Ok(clean(path.get(..end).unwrap_or_default()).into())
        },
    )
    .examples(&[("dirname(\"foo/bar/baz.txt\")", "\"foo/bar\"")]),
    Function::new(
        "file",
        "Returns the text of a file.",
        &[PATH],
        Always(Text),
        |a| Ok(read_text(a)?.into()),
    )
    .examples(&[("file(\"hello.txt\")", "\"hello world\\n\"")]),
    Function::new(
        "filebase64",
        "Returns the contents of a file as base64.",
        &[PATH],
        Always(Text),
        |a| Ok(STANDARD.encode(read_argument(a)?).into()),
    )
    .examples(&[("filebase64(\"hello.txt\")", "\"aGVsbG8gd29ybGQK\"")]),
    Function::new(
        "filebase64sha256",
        "Returns the SHA-256 hash of a file as base64.",
        &[PATH],
        Always(Text),
        |a| Ok(STANDARD.encode(sha2::Sha256::digest(read(a)?)).into()),
    )
    .examples(&[(
        "filebase64sha256(\"hello.txt\")",
        "\"qUiQTy8PR5uPgZdpSzAYSw0u0cHNKh7A+4XSmaGSpEc=\"",
    )]),
    Function::new(
        "filebase64sha512",
        "Returns the SHA-512 hash of a file as base64.",
        &[PATH],
        Always(Text),
        |a| Ok(STANDARD.encode(sha2::Sha512::digest(read(a)?)).into()),
    )
    .examples(&[(
        "substr(filebase64sha512(\"hello.txt\"), 0, 8)",
        "\"2zl0qX8k\"",
    )]),
    Function::new(
        "fileexists",
        "Tells whether there is a file.",
        &[PATH],
        Always(Bool),
        |a| {
            let path = located(a)?;
            a.host.file_exists(&path).map(Value::from).map_err(|e| {
                let what = if e.contains("is a directory") {
                    "is a directory, not a file"
                } else {
                    "is not a regular file"
                };
                FunctionError::new(format!("{path:?} {what}"))
            })
        },
    )
    .examples(&[
        ("fileexists(\"hello.txt\")", "true"),
        ("fileexists(\"nothing.txt\")", "false"),
    ]),
    Function::new(
        "filemd5",
        "Returns the MD5 hash of a file.",
        &[PATH],
        Always(Text),
        |a| Ok(hex(&md5::Md5::digest(read(a)?)).into()),
    )
    .examples(&[(
        "filemd5(\"empty.txt\")",
        "\"d41d8cd98f00b204e9800998ecf8427e\"",
    )]),
    Function::new(
        "fileset",
        "Returns the files below a directory that match a pattern.",
        &[PATH, Parameter::new("pattern", Text)],
        Always(StringSet),
        fileset,
    )
    .examples(&[(
        "fileset(\"sub\", \"**/*.txt\")",
        "[\"a.txt\", \"deep/c.txt\"]",
    )]),
    Function::new(
        "filesha1",
        "Returns the SHA-1 hash of a file.",
        &[PATH],
        Always(Text),
        |a| Ok(hex(&sha1::Sha1::digest(read(a)?)).into()),
    )
    .examples(&[(
        "filesha1(\"empty.txt\")",
        "\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"",
    )]),
    Function::new(
        "filesha256",
        "Returns the SHA-256 hash of a file.",
        &[PATH],
        Always(Text),
        |a| Ok(hex(&sha2::Sha256::digest(read(a)?)).into()),
    )
    .examples(&[(
        "substr(filesha256(\"empty.txt\"), 0, 16)",
        "\"e3b0c44298fc1c14\"",
    )]),
    Function::new(
        "filesha512",
        "Returns the SHA-512 hash of a file.",
        &[PATH],
        Always(Text),
        |a| Ok(hex(&sha2::Sha512::digest(read(a)?)).into()),
    )
    .examples(&[(
        "substr(filesha512(\"empty.txt\"), 0, 16)",
        "\"cf83e1357eefb8bd\"",
    )]),
    Function::new(
        "pathexpand",
        "Puts the home directory in the place of `~`.",
        &[PATH],
        Always(Text),
        |a| Ok(expanded(a)?.into()),
    )
    .examples(&[("pathexpand(\"/etc/resolv.conf\")", "\"/etc/resolv.conf\"")]),
    Function::new(
        "templatefile",
        "Renders the template in a file.",
        &[PATH, Parameter::new("vars", Any).unknown()],
        Computed(|_| Ok(Type::Dynamic)),
        templatefile,
    )
    .maybe_null()
    .examples(&[("templatefile(\"data.csv\", {})", "file(\"data.csv\")")]),
    Function::new(
        "templatestring",
        "Renders a template that is a text.",
        &[
            Parameter::new("template", Text),
            Parameter::new("vars", Any).unknown(),
        ],
        Always(Text),
        templatestring,
    ),
];

fn nfc(text: String) -> String {
    use unicode_normalization::UnicodeNormalization;
    if text.is_ascii() {
        text
    } else {
        text.nfc().collect()
    }
}

/// Shortens a path as far as its text allows: no `.`, no `//`, no `..` behind a name.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| *p != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.as_str()) {
        (true, _) => format!("/{joined}"),
        (false, "") => ".".into(),
        _ => joined,
    }
}

fn expanded(args: &Args<'_>) -> Result<String> {
    let path = args.text(0);
    let Some(rest) = path.strip_prefix('~') else {
        return Ok(path.into());
    };
    if !rest.is_empty() && !rest.starts_with(['/', '\\']) {
        return Err(FunctionError::new("cannot expand user-specific home dir"));
    }
    let home = args
        .host
        .home_dir()
        .ok_or_else(|| FunctionError::new("cannot find the home directory"))?;
    Ok(clean(&format!("{home}/{rest}")))
}

fn located(args: &Args<'_>) -> Result<String> {
    let path = expanded(args)
        .map_err(|e| FunctionError::new(format!("failed to expand ~: {}", e.message)))?;
    Ok(clean(&path))
}

/// Reads the file of the first argument; the error is the whole call's.
fn read(args: &Args<'_>) -> Result<Vec<u8>> {
    args.host
        .read_file(&located(args)?)
        .map_err(FunctionError::new)
}

/// Reads the file of the first argument; the error is the argument's.
fn read_argument(args: &Args<'_>) -> Result<Vec<u8>> {
    let path = located(args).map_err(|e| FunctionError::argument(0, e.message))?;
    args.host.read_file(&path).map_err(|e| {
        let message = if e.ends_with("no such file or directory") {
            format!(
                "no file exists at {}; this function works only with files that are distributed as part of the configuration source code, so if this file will be created by a resource in this configuration you must instead obtain this result from an attribute of that resource",
                args.shown(0)
            )
        } else if e.starts_with("read ") {
            format!("failed to read file: {e}")
        } else {
            e
        };
        FunctionError::argument(0, message)
    })
}

/// Reads the file of the first argument as text.
fn read_text(args: &Args<'_>) -> Result<String> {
    String::from_utf8(read_argument(args)?).map(nfc).map_err(|_| {
        FunctionError::new(format!(
            "contents of {} are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded contents or the other file functions (e.g. filemd5, filesha256) to obtain file hashing results instead",
            args.shown(0)
        ))
    })
}

fn fileset(args: &Args<'_>) -> Result {
    let base = located(args)?;
    let pattern = clean(&format!("{base}/{}", args.text(1)));
    // Everything below the directories that are named without wildcards.
    let root = match pattern.find(['*', '?', '[', '{', '\\']) {
        Some(at) => pattern.get(..at).unwrap_or_default(),
        None => &pattern,
    };
    let root = match root.rfind('/') {
        Some(0) => "/",
        Some(at) => root.get(..at).unwrap_or_default(),
        None => ".",
    };
    let files = args.host.list_files(root).map_err(FunctionError::new)?;
    let full = |name: &str| {
        if root == "." {
            name.to_owned()
        } else {
            clean(&format!("{root}/{name}"))
        }
    };
    let mut found = Vec::new();
    for path in files.iter().map(|name| full(name)) {
        match glob::matches(&pattern, &path) {
            Ok(true) => found.push(path),
            Ok(false) => {}
            Err(problem) => return Err(bad_pattern(&pattern, problem)),
        }
    }
    let relative = |path: String| match path.strip_prefix(&format!("{base}/")) {
        Some(inside) => inside.to_owned(),
        None => climb(&base, &path),
    };
    Ok(Value::set(
        Type::String,
        found
            .into_iter()
            .map(|p| Value::from(relative(p)))
            .collect(),
    ))
}

fn bad_pattern(pattern: &str, problem: glob::Problem) -> FunctionError {
    let why = match problem {
        glob::Problem::Syntax => "syntax error in pattern",
        glob::Problem::TooLong => "too many wildcards in pattern",
    };
    FunctionError::new(format!("failed to glob pattern {}: {why}", quote(pattern)))
}

/// Returns a path as seen from a directory that it is not below.
fn climb(base: &str, path: &str) -> String {
    if base == "." {
        return path.to_owned();
    }
    let (from, to): (Vec<&str>, Vec<&str>) = (base.split('/').collect(), path.split('/').collect());
    let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - same);
    up.chain(to.into_iter().skip(same))
        .collect::<Vec<_>>()
        .join("/")
}

fn must_be_map(vars: &Value) -> Result<()> {
    match vars.type_of() {
        Type::Map(_) | Type::Object(_) => Ok(()),
        _ => Err(FunctionError::argument(
            1,
            "invalid vars value: must be a map",
        )),
    }
}

fn check_names(vars: &Value) -> Result<()> {
    let letter = |c: char| c.is_alphabetic() || c == '_';
    let valid = |name: &str| {
        name.starts_with(letter)
            && name
                .chars()
                .all(|c| letter(c) || c.is_numeric() || c == '-')
    };
    let names = vars.entries().into_iter().flatten().map(|(name, _)| name);
    match names.into_iter().find(|name| !valid(name)) {
        None => Ok(()),
        Some(name) => Err(FunctionError::argument(
            1,
            format!(
                "invalid template variable name {}: must start with a letter, followed by zero or more letters, digits, and underscores",
                quote(name)
            ),
        )),
    }
}

fn templatefile(args: &Args<'_>) -> Result {
    let vars = args.get(1);
    if vars.is_unknown() {
        return Ok(args.unknown());
    }
    let text = read_text(args)?;
    must_be_map(vars)?;
    check_names(vars)?;
    args.host.render_template(args.text(0), &text, args.get(1))
}

fn templatestring(args: &Args<'_>) -> Result {
    let vars = args.get(1);
    must_be_map(vars)?;
    if vars.is_unknown() {
        return Ok(args.unknown());
    }
    check_names(vars)?;
    let rendered = args
        .host
        .render_template("<templatestring argument>", args.text(0), vars)?;
    super::function::converted(&rendered, &Type::String)
}
