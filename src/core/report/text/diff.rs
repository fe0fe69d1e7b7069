//! Differences of values for people.

use std::{collections::BTreeSet, fmt::Write as _, sync::Arc};

use bastionless_model::{
    schema::{Block, Nesting},
    value::{Kind, Map, Path, Step, Value, identical},
};

use crate::{
    lang::address::quote,
    plan::{Action, OutputChange},
};

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    /// With ANSI colours.
    pub(super) color: bool,
}

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.color {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(super) fn green(self, text: &str) -> String {
        self.with("32", text)
    }

    pub(super) fn yellow(self, text: &str) -> String {
        self.with("33", text)
    }

    pub(super) fn red(self, text: &str) -> String {
        self.with("31", text)
    }

    pub(super) fn cyan(self, text: &str) -> String {
        self.with("36", text)
    }
}

/// Writes differences at some depth.
#[derive(Clone, Copy, Debug)]
pub(super) struct Diff {
    /// Colours.
    pub(super) paint: Paint,
    /// How far in the symbols stand.
    pub(super) indent: usize,
}

impl Diff {
    fn deeper(self) -> Self {
        Self {
            indent: self.indent + 4,
            ..self
        }
    }

    fn pad(self) -> String {
        " ".repeat(self.indent)
    }

    fn mark(self, before: Option<&Value>, after: Option<&Value>) -> String {
        let absent = |v: Option<&Value>| v.is_none_or(Value::is_null);
        match (absent(before), absent(after)) {
            (true, true) => " ".to_owned(),
            (true, false) => self.paint.green("+"),
            (false, true) => self.paint.red("-"),
            _ if before.zip(after).is_some_and(|(b, a)| identical(b, a)) => " ".to_owned(),
            _ => self.paint.yellow("~"),
        }
    }

    /// Writes attributes and nested blocks of an object.
    pub(super) fn object(
        self,
        out: &mut String,
        block: Option<&Block>,
        before: &Value,
        after: &Value,
        replace: &[Path],
    ) {
        let empty = Map::new();
        let (b, a) = (
            before.entries().unwrap_or(&empty),
            after.entries().unwrap_or(&empty),
        );
        let names: BTreeSet<&Arc<str>> = b.keys().chain(a.keys()).collect();
        let is_block = |n: &str| block.is_some_and(|s| s.blocks.contains_key(n));
        let unknown = after.is_unknown();
        let mut hidden = 0;
        let mut rows: Vec<(&Arc<str>, Option<&Value>, Option<&Value>)> = Vec::new();
        for name in names.iter().filter(|n| !is_block(n)) {
            let (old, new) = (b.get(*name), a.get(*name));
            let absent = |v: Option<&Value>| v.is_none_or(Value::is_null);
            if absent(old) && absent(new) {
                continue;
            }
            let same = old.zip(new).is_some_and(|(o, n)| identical(o, n));
            if same && !before.is_null() && &***name != "id" && &***name != "name" {
                hidden += 1;
                continue;
            }
            rows.push((name, old, new));
        }
        let width = rows
            .iter()
            .map(|(n, _, _)| n.chars().count())
            .max()
            .unwrap_or(0);
        for (name, old, new) in rows {
            let forces = replace
                .iter()
                .any(|p| matches!(p.0.as_slice(), [Step::Attribute(first), ..] if first == name));
            let old = if unknown { None } else { old };
            self.entry(out, name, width, old, new, forces);
        }
        if hidden > 0 {
            let _ = writeln!(
                out,
                "{}  # ({hidden} unchanged attribute{} hidden)",
                self.pad(),
                plural(hidden)
            );
        }
        if let Some(schema) = block {
            self.blocks(out, schema, b, a);
        }
    }

    fn blocks(self, out: &mut String, schema: &Block, before: &Map, after: &Map) {
        let mut hidden = 0;
        for (name, nested) in &schema.blocks {
            let (old, new) = (before.get(name), after.get(name));
            if old.zip(new).is_some_and(|(o, n)| identical(o, n)) {
                hidden += new.map_or(0, count);
                continue;
            }
            if new.is_some_and(Value::is_unknown) {
                let _ = writeln!(
                    out,
                    "\n{}{} {name} (known after apply)",
                    self.pad(),
                    self.mark(old, new)
                );
                continue;
            }
            for (o, n) in pairs(nested.nesting, old, new) {
                if o.zip(n).is_some_and(|(o, n)| identical(o, n)) {
                    hidden += 1;
                    continue;
                }
                let _ = writeln!(out, "\n{}{} {name} {{", self.pad(), self.mark(o, n));
                let null = Value::NULL;
                self.deeper().object(
                    out,
                    Some(&nested.block),
                    o.unwrap_or(&null),
                    n.unwrap_or(&null),
                    &[],
                );
                let _ = writeln!(out, "{}  }}", self.pad());
            }
        }
        if hidden > 0 {
            let _ = writeln!(
                out,
                "\n{}  # ({hidden} unchanged block{} hidden)",
                self.pad(),
                plural(hidden)
            );
        }
    }

    /// Writes one `name = value` line, or several.
    fn entry(
        self,
        out: &mut String,
        name: &str,
        width: usize,
        old: Option<&Value>,
        new: Option<&Value>,
        forces: bool,
    ) {
        let pad = " ".repeat(width.saturating_sub(name.chars().count()));
        let _ = write!(out, "{}{} {name}{pad} = ", self.pad(), self.mark(old, new));
        self.change(out, old, new);
        if forces {
            let _ = write!(out, " {}", self.paint.red("# forces replacement"));
        }
        out.push('\n');
    }

    fn change(self, out: &mut String, old: Option<&Value>, new: Option<&Value>) {
        let sensitive = [old, new].into_iter().flatten().any(Value::is_sensitive);
        if sensitive {
            out.push_str("(sensitive value)");
            return;
        }
        match (old.filter(|v| !v.is_null()), new.filter(|v| !v.is_null())) {
            (None, None) => out.push_str("null"),
            (None, Some(n)) => self.value(out, n),
            (Some(o), None) => {
                self.value(out, o);
                out.push_str(" -> null");
            }
            (Some(o), Some(n)) if identical(o, n) => self.value(out, n),
            (Some(o), Some(n)) => self.update(out, o, n),
        }
    }

    fn update(self, out: &mut String, old: &Value, new: &Value) {
        if let (Some(o), Some(n)) = (json_text(old), json_text(new)) {
            out.push_str("jsonencode(\n");
            let inner = self.deeper();
            let _ = write!(out, "{}{} ", inner.pad(), inner.mark(Some(&o), Some(&n)));
            inner.update(out, &o, &n);
            let _ = write!(out, "\n{}  )", self.pad());
            return;
        }
        match (old.kind(), new.kind()) {
            (Kind::Map(_, o) | Kind::Object(o), Kind::Map(_, n) | Kind::Object(n)) => {
                self.entries(out, o, n)
            }
            (Kind::List(_, o) | Kind::Tuple(o), Kind::List(_, n) | Kind::Tuple(n)) => {
                self.list(out, o, n)
            }
            (Kind::Set(_, o), Kind::Set(_, n)) => self.set(out, o, n),
            _ => {
                self.value(out, old);
                out.push_str(" -> ");
                self.value(out, new);
            }
        }
    }

    fn entries(self, out: &mut String, old: &Map, new: &Map) {
        out.push_str("{\n");
        let inner = self.deeper();
        let keys: BTreeSet<&Arc<str>> = old.keys().chain(new.keys()).collect();
        let changed: Vec<&Arc<str>> = keys
            .into_iter()
            .filter(|k| {
                !old.get(*k)
                    .zip(new.get(*k))
                    .is_some_and(|(o, n)| identical(o, n))
            })
            .collect();
        let hidden = old.keys().filter(|k| !changed.contains(k)).count();
        let names: Vec<String> = changed.iter().map(|k| quote(k)).collect();
        let width = names.iter().map(|n| n.chars().count()).max().unwrap_or(0);
        for (key, name) in changed.iter().zip(&names) {
            inner.entry(out, name, width, old.get(*key), new.get(*key), false);
        }
        if hidden > 0 {
            let _ = writeln!(
                out,
                "{}  # ({hidden} unchanged element{} hidden)",
                inner.pad(),
                plural(hidden)
            );
        }
        let _ = write!(out, "{}  }}", self.pad());
    }

    fn list(self, out: &mut String, old: &[Value], new: &[Value]) {
        out.push_str("[\n");
        let inner = self.deeper();
        let mut hidden = 0;
        for i in 0..old.len().max(new.len()) {
            let (o, n) = (old.get(i), new.get(i));
            if o.zip(n).is_some_and(|(o, n)| identical(o, n)) {
                hidden += 1;
                continue;
            }
            inner.element(out, o, n);
        }
        self.close(out, hidden);
    }

    fn set(self, out: &mut String, old: &[Value], new: &[Value]) {
        out.push_str("[\n");
        let inner = self.deeper();
        let within = |v: &Value, all: &[Value]| all.iter().any(|x| identical(x, v));
        for o in old.iter().filter(|o| !within(o, new)) {
            inner.element(out, Some(o), None);
        }
        for n in new.iter().filter(|n| !within(n, old)) {
            inner.element(out, None, Some(n));
        }
        self.close(out, old.iter().filter(|o| within(o, new)).count());
    }

    fn element(self, out: &mut String, old: Option<&Value>, new: Option<&Value>) {
        let _ = write!(out, "{}{} ", self.pad(), self.mark(old, new));
        match (old, new) {
            (Some(o), None) => self.value(out, o),
            _ => self.change(out, old, new),
        }
        out.push_str(",\n");
    }

    fn close(self, out: &mut String, hidden: usize) {
        if hidden > 0 {
            let _ = writeln!(
                out,
                "{}  # ({hidden} unchanged element{} hidden)",
                self.deeper().pad(),
                plural(hidden)
            );
        }
        let _ = write!(out, "{}  ]", self.pad());
    }

    /// Writes a value alone.
    fn value(self, out: &mut String, value: &Value) {
        if value.is_sensitive() {
            out.push_str("(sensitive value)");
            return;
        }
        if let Some(json) = json_text(value) {
            out.push_str("jsonencode(\n");
            let inner = self.deeper();
            out.push_str(&inner.pad());
            inner.value(out, &json);
            let _ = write!(out, "\n{}  )", self.pad());
            return;
        }
        match value.kind() {
            Kind::Null(_) => out.push_str("null"),
            Kind::Unknown(..) => out.push_str("(known after apply)"),
            Kind::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Kind::Number(n) => {
                let _ = write!(out, "{n}");
            }
            Kind::String(s) => self.string(out, s),
            Kind::Map(_, m) | Kind::Object(m) if m.is_empty() => out.push_str("{}"),
            Kind::Map(_, m) | Kind::Object(m) => self.entries(out, &Map::new(), m),
            Kind::List(_, l) | Kind::Set(_, l) | Kind::Tuple(l) if l.is_empty() => {
                out.push_str("[]")
            }
            Kind::List(_, l) | Kind::Set(_, l) | Kind::Tuple(l) => self.list(out, &[], l),
        }
    }

    fn string(self, out: &mut String, text: &str) {
        if !text.trim_end_matches('\n').contains('\n') {
            out.push_str(&quote(text));
            return;
        }
        out.push_str("<<-EOT\n");
        for line in text.lines() {
            let _ = writeln!(out, "{}    {line}", self.pad());
        }
        let _ = write!(out, "{}  EOT", self.pad());
    }

    /// Writes the change of an output.
    pub(super) fn output(self, out: &mut String, name: &str, o: &OutputChange) {
        let mark = match o.action {
            Action::Create => self.paint.green("+"),
            Action::Delete => self.paint.red("-"),
            _ => self.paint.yellow("~"),
        };
        let _ = write!(out, "{}{mark} {name} = ", self.pad());
        if o.sensitive.0 || o.sensitive.1 {
            out.push_str("(sensitive value)");
        } else {
            self.change(out, Some(&o.before), Some(&o.after));
        }
        out.push('\n');
    }
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

fn count(value: &Value) -> usize {
    match value.kind() {
        Kind::Null(_) => 0,
        Kind::Object(_) => 1,
        _ => value.children().count(),
    }
}

/// Matches the blocks of one name before and after: by place, in a set by equality.
fn pairs<'a>(
    nesting: Nesting,
    old: Option<&'a Value>,
    new: Option<&'a Value>,
) -> Vec<(Option<&'a Value>, Option<&'a Value>)> {
    let all = |v: Option<&'a Value>| -> Vec<&'a Value> {
        match v.map(Value::kind) {
            Some(Kind::Object(_)) if matches!(nesting, Nesting::Single | Nesting::Group) => {
                v.into_iter().collect()
            }
            Some(Kind::Null(_)) | None => Vec::new(),
            _ => v.into_iter().flat_map(Value::children).collect(),
        }
    };
    let (old, new) = (all(old), all(new));
    if nesting == Nesting::Set {
        let within = |v: &Value, all: &[&Value]| all.iter().any(|x| identical(x, v));
        let gone = old
            .iter()
            .filter(|o| !within(o, &new))
            .map(|o| (Some(*o), None));
        let kept = old
            .iter()
            .filter(|o| within(o, &new))
            .map(|o| (Some(*o), Some(*o)));
        let come = new
            .iter()
            .filter(|n| !within(n, &old))
            .map(|n| (None, Some(*n)));
        return gone.chain(kept).chain(come).collect();
    }
    (0..old.len().max(new.len()))
        .map(|i| (old.get(i).copied(), new.get(i).copied()))
        .collect()
}

/// Reads a text that is a JSON object or array, so that a policy shows as what it says.
fn json_text(value: &Value) -> Option<Value> {
    let text = value.as_str()?.trim_start();
    if !text.starts_with(['{', '[']) || value.is_sensitive() {
        return None;
    }
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(bastionless_model::value::from_json(&json))
}
