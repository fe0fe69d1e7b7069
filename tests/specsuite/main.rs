//! Runs the specification suite of HCL (`specsuite/tests` of github.com/hashicorp/hcl): `specsuite DIR`.
//!
//! A test is a file `NAME.t` with what is expected, beside `NAME.hcl` (and `NAME.hcl.json`) and `NAME.hcldec`, which says how to
//! decode it. All three are read by our own syntax layer; the decoding is done here, as our language has no such specifications.
//! Prints a line a test. Exit 1 if any failed.
#![expect(
    clippy::print_stdout,
    reason = "a program of its own, which reports to whoever runs it"
)]

mod decode;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use bastionless_core::lang::{
    expr::{self, constraint},
    syntax::{self, Body, File},
};
use bastionless_model::{
    base::{Diagnostic, Diagnostics, SourceMap},
    value::{Value, convert, identical},
};
use decode::{Decoder, env};

/// A place: line and column of start and end, counted from 1.
type Place = [usize; 4];

fn tests(dir: &Path, out: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries: Vec<_> = fs::read_dir(dir)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            tests(&path, out)?;
        } else if path.extension().is_some_and(|e| e == "t") {
            out.push(path);
        }
    }
    Ok(())
}

/// Reads a file of the suite itself, which is well-formed.
fn own(path: &Path) -> Result<File, String> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let outcome = syntax::parse(SourceMap::default().add("own", text.as_str()), &text);
    match outcome.diagnostics.has_errors() {
        true => Err(format!(
            "{} cannot be read: {:?}",
            path.display(),
            outcome.diagnostics
        )),
        false => Ok(outcome.value),
    }
}

fn evaluated(body: &Body, name: &str) -> Result<Option<Value>, String> {
    let Some(attribute) = body.attribute(name) else {
        return Ok(None);
    };
    expr::evaluate(&attribute.expr, &env(&Default::default()))
        .map(Some)
        .map_err(|d| format!("{name}: {d:?}"))
}

/// Reads the places that a `.t` file expects errors at.
fn expected_places(body: &Body) -> Result<Vec<Place>, String> {
    let number = |body: &Body, name: &str| {
        evaluated(body, name).map(|v| v.and_then(|v| v.as_index()).unwrap_or(0))
    };
    let mut places = Vec::new();
    for error in body
        .blocks()
        .filter(|b| &*b.kind.name == "diagnostics")
        .flat_map(|b| b.body.blocks())
    {
        let end = |name: &str| {
            let block = error
                .body
                .blocks()
                .find(|b| &*b.kind.name == name)
                .ok_or("a place has no end")?;
            Ok::<_, String>((number(&block.body, "line")?, number(&block.body, "column")?))
        };
        let (from, to) = (end("from")?, end("to")?);
        places.push([from.0, from.1, to.0, to.1]);
    }
    Ok(places)
}

fn place(sources: &SourceMap, d: &Diagnostic) -> Place {
    let found = d.primary.as_ref().and_then(|l| sources.positions(l.span));
    found.map_or([0; 4], |(_, from, to)| {
        [from.line, from.column, to.line, to.column]
    })
}

/// Runs one test on one input and returns what differs.
fn check(expected: &Body, spec: &Body, input: &Path) -> Result<(), String> {
    let text = fs::read_to_string(input).map_err(|e| e.to_string())?;
    let mut sources = SourceMap::default();
    let id = sources.add("input", text.as_str());
    let is_json = input.extension().is_some_and(|e| e == "json");
    let parsed = if is_json {
        syntax::parse_json(id, &text)
    } else {
        syntax::parse(id, &text)
    };
    let mut decoder = Decoder {
        diagnostics: parsed.diagnostics,
        variables: Default::default(),
    };
    let value = decoder.root(spec, &parsed.value.body)?;
    let found: Vec<Place> = decoder
        .diagnostics
        .iter()
        .map(|d| place(&sources, d))
        .collect();
    let wanted = expected_places(expected)?;
    if found != wanted {
        return Err(format!(
            "errors at {found:?}, expected at {wanted:?}: {}",
            summaries(&decoder.diagnostics)
        ));
    }
    if !wanted.is_empty() {
        return Ok(());
    }
    if let Some(attribute) = expected.attribute("result_type") {
        let ty = constraint(&attribute.expr).map_err(|d| d.detail)?.to_type();
        let is_any = matches!(&attribute.expr.kind, syntax::ExprKind::Object(_));
        let got = value.type_of();
        if !is_any && convert(&value, &ty).is_err() {
            return Err(format!("the type is {got:?}, expected is {ty:?}"));
        }
    }
    if let Some(wanted) = evaluated(expected, "result")? {
        let wanted = convert(&wanted, &value.type_of())
            .map_err(|e| format!("the result has another type than {value:?}: {e:?}"))?;
        if !identical(&wanted, &value) {
            return Err(format!("the result is {value:?}, expected is {wanted:?}"));
        }
    }
    Ok(())
}

fn summaries(diagnostics: &Diagnostics) -> String {
    diagnostics
        .iter()
        .map(|d| d.summary.to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

fn run(dir: &Path) -> Result<bool, String> {
    let mut all = Vec::new();
    tests(dir, &mut all).map_err(|e| format!("{}: {e}", dir.display()))?;
    let (mut passed, mut failed) = (0, 0);
    for path in all {
        let (expected, spec) = (own(&path)?, own(&path.with_extension("hcldec"))?);
        for input in ["hcl", "hcl.json"]
            .map(|e| path.with_extension(e))
            .into_iter()
            .filter(|p| p.is_file())
        {
            let shown = input
                .strip_prefix(dir)
                .unwrap_or(&input)
                .display()
                .to_string();
            match check(&expected.body, &spec.body, &input) {
                Ok(()) => {
                    passed += 1;
                    println!("ok {shown}");
                }
                Err(what) => {
                    failed += 1;
                    println!("FAILED {shown}: {what}");
                }
            }
        }
    }
    println!("{{\"specsuite\":{{\"passed\":{passed},\"failed\":{failed}}}}}");
    Ok(failed == 0 && passed > 0)
}

fn main() -> ExitCode {
    let Some(dir) = std::env::args_os().nth(1) else {
        println!("specsuite DIR");
        return ExitCode::from(2);
    };
    match run(Path::new(&dir)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            println!("{problem}");
            ExitCode::from(2)
        }
    }
}
