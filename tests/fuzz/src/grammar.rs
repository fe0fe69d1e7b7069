//! Texts by the grammar of the language: expressions, templates, items of bodies.

use bastionless_core::lang::functions;

/// Numbers that a seed determines (xorshift).
pub struct Random(u64);

impl Random {
    /// Starts from a seed.
    pub fn new(seed: u32) -> Self {
        Self((u64::from(seed) << 1 | 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// Returns a number below `n`, which is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    /// Returns one of the choices.
    pub fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

const LEAVES: &[&str] = &[
    "null", "true", "false", "0", "-1", "1", "1.5", "1e400", "9223372036854775808", "0.1", "\"\"", "\"a\"", "\"é\u{301}\"", "\"true\"",
    "\"12\"", "\"a,b\"", "[]", "{}", "var.string", "var.number", "var.list", "var.map", "var.set", "var.object", "var.secret", "var.null",
    "local.unknown", "local.unknown_list", "local.unknown_map", "local.any", "data.a.b", "a.b[0].c", "each.key", "count.index", "path.module",
    "terraform.workspace", "\"$${a}%%{b}\"", "\"2020-01-02T03:04:05Z\"", "\"10.0.0.0/8\"", "\"fe80::/10\"", "\"%s-%05d-%v\"", "\"(a+)(?P<n>b)\"",
    "\"{\\\"a\\\":[1,null]}\"", "\"a: [1, {b: ~}]\\n\"", "\"hello.txt\"", "\"list.tftpl\"", "string", "number", "any", "list(string)",
    "map(any)", "object({a=optional(string,\"x\")})", "tuple([string,bool])",
];

const OPERATORS: &[&str] = &["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||"];

const JUNK: &[&str] = &[
    "(", ")", "[", "]", "{", "}", "\"", "\n", "\r\n", ",", ".", "*", "...", "?", ":", "::", "=", "=>", "${", "%{", "~}", "${~", "$${", "%%{",
    "<<A\n", "<<-A\n", "\nA\n", "#", "//", "/*", "*/", "\\", "\\u00e9", "\\U0001F600", "\u{feff}", "\u{0}", "\u{e9}", "e\u{301}", "\t", "~", "'", ";", "`",
    "for x in ", "%{ if true }", "%{ else }", "%{ endif }", "%{ for a, b in c }", "%{ endfor }", "1e", "0x1", "1.2.3", "[*]", ".*", ".0.1",
];

/// Makes an expression of at most this depth.
pub fn expression(r: &mut Random, depth: usize) -> String {
    if depth == 0 {
        return r.of(LEAVES).to_owned();
    }
    let inner = |r: &mut Random| expression(r, depth - 1);
    match r.below(18) {
        0 | 1 => r.of(LEAVES).to_owned(),
        2 => format!("{} {} {}", inner(r), r.of(OPERATORS), inner(r)),
        3 => format!("({})", inner(r)),
        4 => format!("{}{}", r.of(&["!", "-"]), inner(r)),
        5 => format!("{} ? {} : {}", inner(r), inner(r), inner(r)),
        6 => format!("[{}, {}]", inner(r), inner(r)),
        7 => format!("{{ {} = {}, ({}) : {} }}", r.of(&["a", "\"b\"", "1", "c"]), inner(r), inner(r), inner(r)),
        8 => format!("{}[{}]", inner(r), inner(r)),
        9 => format!("{}{}", inner(r), r.of(&[".a", ".0", "[*]", ".*.a", "[*].b", "[0]", "[\"a\"]"])),
        10 => format!("[for k, v in {} : {} if {}]", inner(r), inner(r), inner(r)),
        11 => format!("{{for k, v in {} : {} => {}{}}}", inner(r), inner(r), inner(r), r.of(&["", "..."])),
        12 => format!("\"x{}{}{}y\"", r.of(&["${", "${~"]), inner(r), r.of(&["}", "~}"])),
        13 => format!("\"%{{ if {} }}{}%{{ else ~}} b %{{ endif }}\"", inner(r), r.of(&["a", "${1}", " "])),
        14 => format!("<<{}EOT\n  a ${{{}}}\n    %{{~ for x in {} }}${{x}}%{{ endfor ~}}\n  EOT\n", r.of(&["", "-"]), inner(r), inner(r)),
        _ => call(r, depth - 1),
    }
}

fn call(r: &mut Random, depth: usize) -> String {
    let all: Vec<&str> = functions::names().collect();
    let name = r.of(&all);
    let count = functions::lookup(name).map_or(1, |f| f.parameters.len() + if f.variadic.is_some() { r.below(3) } else { 0 });
    let arguments: Vec<String> = (0..count).map(|_| expression(r, depth)).collect();
    format!("{name}({}{})", arguments.join(", "), r.of(&["", "", "", "", "..."]))
}

/// Makes an attribute or a block.
pub fn item(r: &mut Random) -> String {
    let e = expression(r, 2);
    match r.below(12) {
        0 => format!("variable \"{}\" {{\n  type = {e}\n  default = {}\n}}\n", r.of(&["a", "b"]), expression(r, 1)),
        1 => format!("locals {{\n  {} = {e}\n}}\n", r.of(&["a", "b", "c"])),
        2 => format!("output \"o\" {{\n  value = {e}\n}}\n"),
        3 => format!("resource \"terraform_data\" \"{}\" {{\n  input = {e}\n}}\n", r.of(&["a", "b"])),
        4 => format!("module \"m\" {{\n  source = \"./m\"\n  for_each = {e}\n}}\n"),
        5 => format!("moved {{\n  from = {}\n  to = {}\n}}\n", r.of(&["a.b", "module.m", "terraform_data.a"]), r.of(&["a.c", "module.n[0]", "terraform_data.b"])),
        6 => format!("import {{\n  to = terraform_data.a\n  id = {e}\n}}\n"),
        7 => format!("check \"c\" {{\n  assert {{\n    condition = {e}\n    error_message = \"no\"\n  }}\n}}\n"),
        8 => format!("dynamic \"d\" {{\n  for_each = {e}\n  content {{\n    a = d.value\n  }}\n}}\n"),
        9 => format!("lifecycle {{\n  ignore_changes = [{}]\n  precondition {{\n    condition = {e}\n    error_message = \"x\"\n  }}\n}}\n", r.of(&["a", "all", "a[0].b"])),
        10 => format!("removed {{\n  from = {}\n}}\n", r.of(&["a.b", "module.m", "terraform_data.a"])),
        _ => format!("{} = {e}\n", r.of(&["a", "count", "for_each", "depends_on", "provider", "value", "type", "source"])),
    }
}

/// Replaces a part of a text, often an empty one, by something of the grammar or by something that has no place there.
pub fn change(text: &str, r: &mut Random) -> String {
    let place = |at: usize| (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    let start = place(r.below(text.len() + 1));
    let length = [0, 0, 1, 4, 16, 200][r.below(6)];
    let end = place(start + length).max(start);
    let line = || text[..start].rfind('\n').map_or(0, |i| i + 1);
    match r.below(4) {
        0 => format!("{}{}{}", &text[..start], r.of(JUNK), &text[end..]),
        1 => format!("{}{}{}", &text[..line()], item(r), &text[line()..]),
        2 => {
            let again = &text[start..end];
            format!("{}{}{}", &text[..start], again.repeat(2 + r.below(3)), &text[start..])
        }
        _ => {
            let depth = 1 + r.below(3);
            format!("{}{}{}", &text[..start], expression(r, depth), &text[end..])
        }
    }
}
