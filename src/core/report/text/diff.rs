//! Differences of values for people.

use std::{collections::BTreeSet, fmt::Write as _, sync::Arc};

use bastionless_model::{
    schema::{Block, Nesting},
    value::{Kind, Map, Path, Step, Type, Value, identical},
};

use super::paint::Paint;
use crate::{
    lang::address::quote,
    plan::{Action, OutputChange},
};

/// Writes differences at some depth.
#[derive(Clone, Copy, Debug)]
pub(super) struct Diff {
    /// Colours.
    pub(super) paint: Paint,
    /// How far in the symbols stand.
    pub(super) indent: usize,
    /// Inside a value of any type: its maps look like objects, as Terraform knows no better.
    any: bool,
    /// What goes is not said to become null: all around it goes, or the elements of objects and lists.
    bare: bool,
}

/// Which symbol stands before all parts of a value that is shown as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Added,
    Gone,
}

impl Diff {
    pub(super) fn new(paint: Paint, indent: usize) -> Self {
        Self {
            paint,
            indent,
            any: false,
            bare: false,
        }
    }

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
            let any = block
                .and_then(|b| b.attributes.get(name))
                .is_some_and(|a| a.ty == Type::Dynamic);
            Self { any, ..self }.entry(out, name, width, old, new, forces);
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
            (None, Some(n)) => self.value(out, n, Sign::Added),
            (Some(o), None) => {
                self.value(out, o, Sign::Gone);
                if !self.bare {
                    out.push_str(" -> null");
                }
            }
            (Some(o), Some(n)) if identical(o, n) => self.value(out, n, Sign::Added),
            (Some(o), Some(n)) => self.update(out, o, n),
        }
    }

    fn update(self, out: &mut String, old: &Value, new: &Value) {
        if let (Some(o), Some(n)) = (json_text(old), json_text(new)) {
            out.push_str("jsonencode(\n");
            let inner = self.deeper();
            let _ = write!(out, "{}{} ", inner.pad(), inner.mark(Some(&o), Some(&n)));
            Self { any: true, ..inner }.update(out, &o, &n);
            let _ = write!(out, "\n{}  )", self.pad());
            return;
        }
        match (old.kind(), new.kind()) {
            (Kind::Map(_, o), Kind::Map(_, n)) if !self.any => self.entries(out, o, n, "element"),
            (Kind::Map(_, o) | Kind::Object(o), Kind::Map(_, n) | Kind::Object(n)) => {
                Self { bare: true, ..self }.entries(out, o, n, "attribute");
            }
            (Kind::List(_, o) | Kind::Tuple(o), Kind::List(_, n) | Kind::Tuple(n)) => {
                self.list(out, o, n)
            }
            (Kind::Set(_, o), Kind::Set(_, n)) => self.set(out, o, n),
            _ => {
                self.value(out, old, Sign::Gone);
                out.push_str(" -> ");
                self.value(out, new, Sign::Added);
            }
        }
    }

    /// Writes what changed in a map or object; `noun` names what is not shown.
    fn entries(self, out: &mut String, old: &Map, new: &Map, noun: &str) {
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
        let names: Vec<String> = changed
            .iter()
            .map(|k| key_text(k, noun == "element"))
            .collect();
        let width = names.iter().map(|n| n.chars().count()).max().unwrap_or(0);
        for (key, name) in changed.iter().zip(&names) {
            inner.entry(out, name, width, old.get(*key), new.get(*key), false);
        }
        if hidden > 0 {
            let _ = writeln!(
                out,
                "{}  # ({hidden} unchanged {noun}{} hidden)",
                inner.pad(),
                plural(hidden)
            );
        }
        let _ = write!(out, "{}  }}", self.pad());
    }

    /// Writes all entries of a map or object that comes or goes as a whole.
    fn all_entries(self, out: &mut String, all: &Map, is_map: bool, sign: Sign) {
        out.push_str("{\n");
        let inner = self.deeper();
        // An attribute of a known type that is null is as good as not there.
        let shown = all
            .iter()
            .filter(|(_, v)| is_map || self.any || !v.is_null());
        let rows: Vec<(String, &Value)> = shown.map(|(k, v)| (key_text(k, is_map), v)).collect();
        let width = rows
            .iter()
            .map(|(n, _)| n.chars().count())
            .max()
            .unwrap_or(0);
        for (name, value) in rows {
            let pad = " ".repeat(width.saturating_sub(name.chars().count()));
            let _ = write!(out, "{}{} {name}{pad} = ", inner.pad(), self.sign(sign));
            inner.value(out, value, sign);
            out.push('\n');
        }
        let _ = write!(out, "{}  }}", self.pad());
    }

    /// Writes all elements of a list or set that comes or goes as a whole.
    fn all_elements(self, out: &mut String, all: &[Value], sign: Sign) {
        out.push_str("[\n");
        let inner = self.deeper();
        for value in all {
            let _ = write!(out, "{}{} ", inner.pad(), self.sign(sign));
            inner.value(out, value, sign);
            out.push_str(",\n");
        }
        let _ = write!(out, "{}  ]", self.pad());
    }

    fn sign(self, sign: Sign) -> String {
        match sign {
            Sign::Added => self.paint.green("+"),
            Sign::Gone => self.paint.red("-"),
        }
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
            (Some(o), None) => self.value(out, o, Sign::Gone),
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
    fn value(self, out: &mut String, value: &Value, sign: Sign) {
        if value.is_sensitive() {
            out.push_str("(sensitive value)");
            return;
        }
        if let Some(json) = json_text(value) {
            out.push_str("jsonencode(\n");
            let inner = self.deeper();
            let _ = write!(out, "{}  ", inner.pad());
            Self { any: true, ..inner }.value(out, &json, sign);
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
            Kind::Map(_, m) if !self.any => self.all_entries(out, m, true, sign),
            Kind::Map(_, m) | Kind::Object(m) => self.all_entries(out, m, false, sign),
            Kind::List(_, l) | Kind::Set(_, l) | Kind::Tuple(l) if l.is_empty() => {
                out.push_str("[]")
            }
            Kind::List(_, l) | Kind::Set(_, l) | Kind::Tuple(l) => self.all_elements(out, l, sign),
        }
    }

    fn string(self, out: &mut String, text: &str) {
        if !text.trim_end_matches('\n').contains('\n') {
            out.push_str(&quote(text));
            return;
        }
        out.push_str("<<-EOT\n");
        for line in text.lines() {
            let _ = writeln!(out, "{}      {line}", self.pad());
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
            Self { any: true, ..self }.change(out, Some(&o.before), Some(&o.after));
        }
        out.push('\n');
    }
}

/// Writes a key: of a map in quotes, of an object only where it is no name.
fn key_text(key: &str, is_map: bool) -> String {
    let is_name = key.starts_with(|c: char| c == '_' || unicode_ident::is_xid_start(c))
        && key
            .chars()
            .all(|c| c == '-' || unicode_ident::is_xid_continue(c));
    if is_name && !is_map {
        key.to_owned()
    } else {
        quote(key)
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

#[cfg(test)]
mod tests {
    use bastionless_model::schema::Catalogue;

    use super::*;

    fn shown(type_name: &str, before: &Value, after: &Value) -> String {
        let schema = Catalogue::builtin().managed(type_name).unwrap();
        let mut out = String::new();
        Diff::new(Paint { color: false }, 6).object(
            &mut out,
            Some(&schema.block),
            before,
            after,
            &[],
        );
        out
    }

    fn texts(texts: &[&str]) -> Value {
        Value::list(
            Type::String,
            texts.iter().map(|t| Value::from(*t)).collect(),
        )
    }

    /// The expected texts are those of Terraform 1.15.5.
    #[test]
    fn what_goes_is_marked_so_down_to_its_parts() {
        let input = Value::map(
            Type::list(Type::String),
            [
                ("a b", texts(&["y"])),
                ("k", texts(&["v"])),
                ("l", texts(&["x"])),
            ],
        );
        let object =
            |input: Value, output: Value| Value::object([("input", input), ("output", output)]);
        let null = Value::null(Type::Dynamic);
        let before = object(input.clone(), null.clone());
        let gone = "      - input = {\n          - \"a b\" = [\n              - \"y\",\n            ]\n          - k     = [\n              - \"v\",\n            ]\n          - l     = [\n              - \"x\",\n            ]\n        } -> null\n";
        assert_eq!(
            shown(
                "terraform_data",
                &before,
                &object(null.clone(), null.clone())
            ),
            gone
        );
        assert_eq!(shown("terraform_data", &before, &null), gone);
        let fewer = Value::map(
            Type::list(Type::String),
            [("a b", texts(&["z"])), ("k", texts(&["v"]))],
        );
        assert_eq!(
            shown("terraform_data", &before, &object(fewer, null)),
            "      ~ input = {\n          ~ \"a b\" = [\n              ~ \"y\" -> \"z\",\n            ]\n          - l     = [\n              - \"x\",\n            ]\n            # (1 unchanged attribute hidden)\n        }\n"
        );
    }

    #[test]
    fn tags_are_a_map_and_say_what_becomes_null() {
        let tags = |pairs: &[(&'static str, &'static str)]| {
            let map = Value::map(
                Type::String,
                pairs.iter().map(|(k, v)| (*k, Value::from(*v))),
            );
            Value::object([("tags", map)])
        };
        let two = tags(&[("Name", "x"), ("Team", "y")]);
        let null = Value::object([("tags", Value::null(Type::map(Type::String)))]);
        assert_eq!(
            shown("aws_vpc", &two, &null),
            "      - tags = {\n          - \"Name\" = \"x\"\n          - \"Team\" = \"y\"\n        } -> null\n"
        );
        assert_eq!(
            shown("aws_vpc", &two, &tags(&[("Name", "x")])),
            "      ~ tags = {\n          - \"Team\" = \"y\" -> null\n            # (1 unchanged element hidden)\n        }\n"
        );
    }
}
