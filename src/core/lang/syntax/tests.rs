use bastionless_model::base::{Diagnostic, SourceId, SourceMap};

use super::*;

fn check(text: &str) -> String {
    let mut map = SourceMap::default();
    let id = map.add("a.tf", text);
    let outcome = parse(id, text);
    outcome
        .diagnostics
        .iter()
        .map(|d| place(&map, d))
        .collect::<Vec<_>>()
        .join("\n")
}

fn place(map: &SourceMap, d: &Diagnostic) -> String {
    let span = d.primary.as_ref().unwrap().span;
    let (_, s, e) = map.positions(span).unwrap();
    format!(
        "{}:{}-{}:{} {}",
        s.line, s.column, e.line, e.column, d.summary
    )
}

fn literal(text: &str) -> String {
    let text = format!("e = {text}\n");
    let outcome = parse(SourceId(0), &text);
    assert!(outcome.diagnostics.is_empty(), "{:?}", outcome.diagnostics);
    let attribute = outcome.value.body.attribute("e").unwrap();
    let ExprKind::Template(t) = &attribute.expr.kind else {
        panic!("{:?}", attribute.expr)
    };
    t.parts
        .iter()
        .map(|p| match p {
            TemplatePart::Literal(t, _) => format!("{t:?}"),
            TemplatePart::Interpolation(e) => format!("<{}>", &text[e.span.range()]),
            TemplatePart::If { .. } => "<if>".into(),
            TemplatePart::For { .. } => "<for>".into(),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn structure_has_spans() {
    let text = "\u{feff}# c\r\nresource \"a\" b {\r\n  x = [\r\n 1 ]\r\n  y { z = 1 }\r\n}\r\n";
    let file = parse(SourceId(0), text);
    assert!(file.diagnostics.is_empty(), "{:?}", file.diagnostics);
    let block = file.value.body.blocks().next().unwrap();
    assert_eq!(&text[block.header.range()], "resource \"a\" b");
    assert_eq!(
        block.labels.iter().map(|l| &*l.text).collect::<Vec<_>>(),
        ["a", "b"]
    );
    assert_eq!(&text[block.body.missing_at.range()], "{");
    assert!(text[block.span.range()].ends_with("}\r\n}"));
    assert_eq!(
        &text[block.body.attribute("x").unwrap().span.range()],
        "x = [\r\n 1 ]"
    );
    let inner = block.body.blocks().next().unwrap();
    assert_eq!(
        &text[inner.body.attribute("z").unwrap().expr.span.range()],
        "1"
    );
}

#[test]
fn names_of_one_letter_may_be_labels() {
    let file = parse(SourceId(0), "a b \"\" \"c d\" {}\n");
    assert!(file.diagnostics.is_empty(), "{:?}", file.diagnostics);
    let labels = file.value.body.blocks().next().unwrap().labels.clone();
    assert_eq!(
        labels.iter().map(|l| &*l.text).collect::<Vec<_>>(),
        ["b", "", "c d"]
    );
}

#[test]
fn errors_have_terraforms_words_and_places() {
    let table = [
        ("a = 1 2\n", "1:7-1:8 Missing newline after argument"),
        ("a = 1,\n", "1:6-1:7 Unexpected comma after argument"),
        ("a {\n", "1:3-1:4 Unclosed configuration block"),
        (
            "a { b = 1, c = 2 }\n",
            "1:10-1:11 Invalid single-argument block definition",
        ),
        ("a { b {} }\n", "1:5-1:8 Argument definition required"),
        ("a\n", "1:1-1:2 Argument or block definition required"),
        ("\"a\" = 1\n", "1:1-1:2 Invalid argument name"),
        ("a = 1\na = 2\n", "2:1-2:2 Attribute redefined"),
        ("a \"${b}\" {}\n", "1:4-1:6 Invalid string literal"),
        ("a = \"x\n", "1:7-2:1 Invalid multi-line string"),
        ("a = 'b'\n", "1:5-1:6 Invalid character"),
        (
            "a {\n}}\n",
            "2:2-2:3 Missing newline after block definition",
        ),
    ];
    for (text, want) in table {
        assert_eq!(check(text), want, "{text}");
    }
}

#[test]
fn what_stands_before_an_error_stays() {
    let file = parse(SourceId(0), "a = 1\nb {\n  c = 2\n}\nd {\n  e = \n}\n");
    assert_eq!(file.value.body.items.len(), 2);
    assert_eq!(file.diagnostics.0.len(), 1);
}

#[test]
fn every_item_with_an_error_is_told() {
    let table = [
        ("a = 1 2\nb = 3\nc = 4 5\n", 1, &["1:7", "3:7"][..]),
        (
            "a {\n  b = [1 2\n  ]\n  c = )\n}\nd = 1\n",
            1,
            &["2:10", "4:7"],
        ),
        ("a {\n  b = [1, 2\n}\nc = 1 2\nd = 3\n", 1, &["3:1", "4:7"]),
        ("a = f(1\nb = 2\nc = 3 4\n", 0, &["2:1"]),
        ("a b c\n{\n  d = 1\n}\ne = )\nf = 1\n", 1, &["1:6", "5:5"]),
        ("a {\n  b {\n    c = 1\n", 0, &["2:5"]),
        (
            "a {\n  b {\n    c = 1 2\n  }\n}\nd {\n}}\ne = 1\n",
            1,
            &["3:11", "7:2"],
        ),
        ("a = {\n  b = 1 2\n  c = 3\n}\nd = 1\n", 1, &["2:9"]),
    ];
    for (text, items, places) in table {
        let file = parse(SourceId(0), text);
        let mut sources = bastionless_model::base::SourceMap::default();
        sources.add("x", text);
        let found: Vec<String> = file
            .diagnostics
            .iter()
            .map(|d| {
                let span = d.primary.as_ref().unwrap().span;
                let (_, start, _) = sources.positions(span).unwrap();
                format!("{}:{}", start.line, start.column)
            })
            .collect();
        assert_eq!(found, places, "{text}");
        assert_eq!(file.value.body.items.len(), items, "{text}");
    }
}

#[test]
fn many_errors_are_told_up_to_a_bound() {
    for text in [
        "a = 1 2\n".repeat(200_000),
        "a {\n".repeat(100_000),
        format!("a = {}{}\n", "[".repeat(100_000), ")".repeat(100_000)),
        format!("a = {}\n", "([{".repeat(50_000)),
        format!(
            "a {{\nb = {}\n{}",
            "]".repeat(100_000),
            "}\n".repeat(100_000)
        ),
    ] {
        let errors = parse(SourceId(0), &text).diagnostics.0.len();
        assert!((1..=20).contains(&errors), "{errors}");
    }
}

#[test]
fn templates_are_read_token_by_token() {
    let table = [
        (r#""a\n\"$${b}%%{c}""#, r#""a\n\"${b}%{c}""#),
        (r#""$$${a}""#, r#""$${a}""#),
        (r#""${ a }""#, "<a>"),
        (r#"" ${~ a ~} b""#, r#""" <a> "b""#),
        ("<<EOT\n  x\nEOT", r#""  x\n""#),
        ("<<-EOT\n    a\n\n      b\n  EOT", r#""a\n\n  b\n""#),
        (
            "<<EOT\n a\n\n ${~ x ~} \n\n\n b\nEOT",
            r#"" a\n\n" <x> "\n\n b\n""#,
        ),
        ("<<-EOT\r\n  a\r\n  EOT\r", r#""a\r\n""#),
        (r#""""#, r#""""#),
    ];
    for (text, want) in table {
        assert_eq!(literal(text), want, "{text}");
    }
}

#[test]
fn huge_and_deep_texts_are_read_or_refused() {
    let deep = format!("a = {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(check(&deep), "1:205-1:206 Expression too deeply nested");
    let string = format!("a = \"{}\"\n", "x".repeat(10 << 20));
    assert_eq!(check(&string), "");
    let sum = format!("a = 1{}\n", "+1".repeat(1000));
    assert_eq!(check(&sum), "");
    let sum = format!("a = 1{}\n", "+1".repeat(100_000));
    assert_eq!(check(&sum), "1:4006-1:4007 Expression too long");
    // Each chain is short enough, but the tree is as high as all of them.
    let chains = format!(
        "a = {}1{}\n",
        "(".repeat(150),
        format!("{})", "+1".repeat(1999)).repeat(150)
    );
    assert!(check(&chains).contains("Expression too long"));
    let indexes = format!(
        "a = {}[]{}\n",
        "(".repeat(150),
        format!("{})", "[0]".repeat(1999)).repeat(150)
    );
    assert!(check(&indexes).contains("Expression too long"));
    let beside = format!(
        "a = [{}]\n",
        format!("(1{}),", "+1".repeat(1500)).repeat(20)
    );
    assert_eq!(check(&beside), "");
    let ifs = format!("a = \"{}\"\n", "%{ if true }".repeat(100_000));
    assert!(check(&ifs).contains("too deeply nested"));
    let blocks = "a {\n".repeat(100_000);
    assert!(check(&blocks).contains("Blocks too deeply nested"));
    let object: String = (0..40_000).map(|i| format!("k{i} = {i}\n")).collect();
    assert_eq!(check(&format!("a = {{\n{object}}}\n")), "");
    let json = |text: &str| {
        let mut map = SourceMap::default();
        let id = map.add("a.tf.json", text);
        let found = parse_json(id, text).diagnostics;
        found
            .iter()
            .map(|d| place(&map, d))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(json(&deep), "1:202-1:203 Value too deeply nested");
    assert_eq!(
        json(&"{\"a\":".repeat(100_000)),
        "1:1006-1:1007 Value too deeply nested"
    );
    let inside = format!("{{\"locals\": {{\"a\": \"${{{deep}}}\"}}}}");
    assert!(json(&inside).contains("Expression too deeply nested"));
    assert_eq!(
        json(&format!(
            "{{\"locals\": {{\"a\": \"{}\"}}}}",
            "x".repeat(10 << 20)
        )),
        ""
    );
}

#[test]
fn broken_texts_are_refused_with_a_place_inside() {
    let cases = include_str!("../testdata/lang-cases.jsonl");
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |n: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % (n as u64).max(1)).unwrap()
    };
    for line in cases.lines().step_by(2) {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let expr: Vec<char> = case["expr"].as_str().unwrap().chars().take(300).collect();
        for _ in 0..4 {
            let mut text: Vec<char> = format!("a {{\n b = {}\n}}\n", String::from_iter(&expr))
                .chars()
                .collect();
            for _ in 0..=next(2) {
                let at = next(text.len());
                match next(3) {
                    0 => text.truncate(at),
                    1 => {
                        text.remove(at);
                    }
                    _ => text.insert(at, ['"', '{', '}', '\n', '$', '~', '\\', 'é'][next(8)]),
                }
                if text.is_empty() {
                    text.push('x');
                }
            }
            let text = String::from_iter(&text);
            let outcome = parse(SourceId(0), &text);
            for d in outcome.diagnostics.iter() {
                let span = d.primary.as_ref().unwrap().span;
                assert!(text.get(span.range()).is_some(), "{d:?} in {text:?}");
            }
            let _ = parse_template(SourceId(0), &text);
        }
    }
}

/// Writes the structure of a body, a line an item.
fn structure(body: &Body, depth: usize, out: &mut String) {
    for item in &body.items {
        out.push_str(&" ".repeat(depth));
        match item {
            Item::Attribute(a) => out.push_str(&format!("{} =\n", a.name.name)),
            Item::Block(b) => {
                let labels: Vec<_> = b.labels.iter().map(|l| &*l.text).collect();
                out.push_str(&format!("{} {labels:?}\n", b.kind.name));
                structure(&b.body, depth + 1, out);
            }
        }
    }
}

/// The same from the tree of hcl-edit.
fn other_structure(body: &hcl_edit::structure::Body, depth: usize, out: &mut String) {
    for item in body {
        out.push_str(&" ".repeat(depth));
        match item {
            hcl_edit::structure::Structure::Attribute(a) => {
                out.push_str(&format!("{} =\n", a.key.as_str()))
            }
            hcl_edit::structure::Structure::Block(b) => {
                let labels: Vec<_> = b.labels.iter().map(|l| l.as_str()).collect();
                out.push_str(&format!("{} {labels:?}\n", b.ident.as_str()));
                other_structure(&b.body, depth + 1, out);
            }
        }
    }
}

#[test]
fn another_reader_sees_the_same_structure() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut todo = vec![root.join("testdata"), root.join("../../examples")];
    let mut compared = 0;
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            todo.extend(std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
        } else if path.extension().is_some_and(|e| e == "tf") {
            let text = std::fs::read_to_string(&path).unwrap();
            let outcome = parse(SourceId(0), &text);
            // What one of them refuses is not to be compared: hcl-edit misreads some expressions.
            let Ok(other) = hcl_edit::parser::parse_body(&text) else {
                continue;
            };
            if outcome.diagnostics.is_empty() {
                let (mut ours, mut theirs) = (String::new(), String::new());
                structure(&outcome.value.body, 0, &mut ours);
                other_structure(&other, 0, &mut theirs);
                assert_eq!(ours, theirs, "{}", path.display());
                compared += 1;
            }
        }
    }
    assert!(compared > 200, "{compared}");
}

#[test]
fn names_are_of_the_unicode_that_terraform_knows() {
    for (name, valid) in [
        ("a\u{b7}", true),
        ("y\u{485}", true),
        ("a\u{1369}", true),
        // In identifiers since Unicode 15.1 only.
        ("a\u{200d}", false),
        ("a\u{30fb}", false),
        ("a\u{ff65}", false),
    ] {
        let file = parse(SourceId(0), &format!("{name} = 1\n"));
        assert_eq!(file.diagnostics.is_empty(), valid, "{name:?}");
    }
}
