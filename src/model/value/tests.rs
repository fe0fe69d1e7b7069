//! Tests of values: tables of data with what Terraform makes of them.

use std::cmp::Ordering;

use serde_json::json;

use super::*;

fn number(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
}

/// Evaluates `a op b op c …` from the left.
#[track_caller]
fn check_number(expression: &str, want: &str) {
    let mut words = expression.split(' ');
    let mut n = Ok(number(words.next().unwrap()));
    while let (Some(op), Some(b)) = (words.next(), words.next()) {
        let b = number(b);
        n = n.and_then(|a| match op {
            "+" => a.add(&b),
            "-" => a.sub(&b),
            "*" => a.mul(&b),
            "/" => a.div(&b),
            _ => a.rem(&b),
        });
    }
    let got = n.map_or_else(|e| e.0, |n| n.to_string());
    assert_eq!(got, want, "{expression}");
}

#[test]
fn enormous_numbers_are_refused() {
    let digits = "9".repeat(10_002);
    for text in [
        "1e10001",
        "1e-10001",
        "1p4444400",
        "11e10000",
        "0.01e-10000",
        "1e99999999999999999999",
        &digits,
    ] {
        assert_eq!(Number::parse(text), None, "{text}");
    }
    for text in ["1e10000", "1e-10000", "1p10000"] {
        assert!(Number::parse(text).is_some(), "{text}");
    }
    let refusal =
        "the result is not between 1e-10000 and 1e10000, the smallest and the largest number";
    for expression in [
        "1e9000 * 1e9000",
        "1e9000 * -1e9000",
        "1e9000 / 1e-9000",
        "1e-9000 * 1e-9000",
        "1e-9000 / 1e9000",
        "1e10000 + 1e10000",
        "-1e10000 - 1e10000",
    ] {
        check_number(expression, refusal);
    }
}

#[test]
fn numbers_compute_with_512_bits() {
    let third = "0.33333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333335";
    for (expression, want) in [
        ("7 / 2", "3.5"),
        ("6 / 3", "2"),
        ("1 / 3", third),
        ("1 / 3 * 3", "1"),
        ("0.1 + 0.2", "0.3"),
        ("0.1 * 3", "0.3"),
        ("0.3 % 0.1", "0"),
        ("7.5 % 2", "1.5"),
        ("-7 % 3", "-1"),
        ("1 % 0", "1"),
        ("1e30 % 7", "1"),
        ("1 / 0", "+Inf"),
        ("-1 / 0", "-Inf"),
        ("0 / 0", "can't divide zero by zero or infinity by infinity"),
        ("-0", "-0"),
        ("0 * -5", "-0"),
        ("1 - 1", "0"),
        ("1e-7", "0.0000001"),
        ("1.50", "1.5"),
        ("5.", "5"),
        (".5", "0.5"),
        ("+1", "1"),
        ("1p3", "8"),
        ("1e21", "1000000000000000000000"),
        ("1e400 / 1e399", "10"),
        ("1e200 + 1 - 1e200", "0"),
        ("1e10000 / 1e9999", "10"),
        ("9223372036854775807 + 1", "9223372036854775808"),
        ("-9223372036854775807 - 1", "-9223372036854775808"),
        ("9223372036854775808 - 1", "9223372036854775807"),
        ("4294967296 * 4294967296", "18446744073709551616"),
        (
            "123456789012345678901234567890.123456789",
            "123456789012345678901234567890.123456789",
        ),
    ] {
        check_number(expression, want);
    }
    for text in [
        "", "-", "1 ", "0b1", "0x1", "1_000", "NaN", "٣", ".", "1e", "--1",
    ] {
        assert!(Number::parse(text).is_none(), "{text:?} is no number");
    }
}

#[test]
fn numbers_carry_their_precision() {
    let three = Number::from(3);
    assert_eq!(
        Number::from(1).div(&three).unwrap().to_string(),
        "0.33333333333333333334"
    );
    let pow = Number::from_f64(2f64.powi(200)).unwrap();
    assert_eq!(
        pow.to_string(),
        "1606938044258990300000000000000000000000000000000000000000000"
    );
    assert_eq!(Number::from_f64(0.1).unwrap().to_string(), "0.1");
    assert_ne!(Number::from_f64(0.1).unwrap(), number("0.1"));
    assert_eq!(number("0.1").to_f64(), 0.1);
    assert_eq!(number("1e-310").to_f64(), 1e-310);
    assert_eq!(
        Number::parse_integer("-7f", 16).unwrap().to_i64(),
        Some(-127)
    );
    assert_eq!(Number::parse_integer("12", 2), None);
}

#[test]
fn numbers_are_in_order_and_round_to_whole_ones() {
    let ascending = [
        "-1e30",
        "-2",
        "-1.5",
        "0",
        "1e-9",
        "1",
        "9223372036854775807",
        "9223372036854775808",
        "1e30",
    ];
    for pair in ascending.windows(2) {
        assert_eq!(
            number(pair[0]).cmp(&number(pair[1])),
            Ordering::Less,
            "{pair:?}"
        );
    }
    assert_eq!(number("-0"), number("0"));
    for (n, floor, ceil, trunc) in [
        ("1.5", "1", "2", "1"),
        ("-1.5", "-2", "-1", "-1"),
        ("7", "7", "7", "7"),
        ("1e-9", "0", "1", "0"),
    ] {
        let n = number(n);
        assert_eq!(
            [n.floor(), n.ceil(), n.trunc()].map(|n| n.to_string()),
            [floor, ceil, trunc]
        );
    }
}

fn ty(json: serde_json::Value) -> Type {
    type_from_json(&json).unwrap()
}

#[track_caller]
fn check_convert(
    from: serde_json::Value,
    to: serde_json::Value,
    want: Result<serde_json::Value, &str>,
) {
    let got = convert(&from_json(&from), &ty(to.clone()));
    match (got, want) {
        (Ok(v), Ok(want)) => {
            assert_eq!(
                json!([to_json(&v), type_to_json(&v.type_of())]),
                want,
                "{from} to {to}"
            );
        }
        (Err(e), Err(want)) => {
            let path = e.path.to_string();
            let text = if path.is_empty() {
                e.message
            } else {
                format!("{path}: {}", e.message)
            };
            assert_eq!(text, want, "{from} to {to}");
        }
        (got, want) => panic!("{from} to {to}: {got:?}, not {want:?}"),
    }
}

#[test]
fn values_convert_as_in_terraform() {
    for (from, to, want) in [
        (json!(1), json!("string"), Ok(json!(["1", "string"]))),
        (json!("1.50"), json!("number"), Ok(json!([1.5, "number"]))),
        (
            json!(true),
            json!("number"),
            Err("number required, but have bool"),
        ),
        (json!(""), json!("number"), Err("a number is required")),
        (json!("yes"), json!("bool"), Err("a bool is required")),
        (json!("1"), json!("bool"), Ok(json!([true, "bool"]))),
        (
            json!([]),
            json!("string"),
            Err("string required, but have tuple"),
        ),
        (json!(null), json!("number"), Ok(json!([null, "number"]))),
        (
            json!([1, true]),
            json!(["list", "string"]),
            Ok(json!([["1", "true"], ["list", "string"]])),
        ),
        (
            json!("a"),
            json!(["list", "string"]),
            Err("list of string required, but have string"),
        ),
        (
            json!([["a"]]),
            json!(["list", "string"]),
            Err("element 0: string required, but have tuple"),
        ),
        (
            json!([1, "x"]),
            json!(["list", "dynamic"]),
            Ok(json!([["1", "x"], ["list", "string"]])),
        ),
        (
            json!([1, true]),
            json!(["list", "dynamic"]),
            Err("all list elements must have the same type"),
        ),
        (
            json!([null]),
            json!(["list", "dynamic"]),
            Ok(json!([[null], ["list", "dynamic"]])),
        ),
        (
            json!([null, 1]),
            json!(["list", "dynamic"]),
            Ok(json!([[null, 1], ["list", "number"]])),
        ),
        (
            json!([[], ["a"]]),
            json!(["list", "dynamic"]),
            Ok(json!([[[], ["a"]], ["list", ["list", "string"]]])),
        ),
        (
            json!([[1], [2, 3]]),
            json!(["list", "dynamic"]),
            Ok(json!([[[1], [2, 3]], ["list", ["list", "number"]]])),
        ),
        (
            json!([[1], ["a"]]),
            json!(["list", "dynamic"]),
            Ok(json!([[["1"], ["a"]], ["list", ["tuple", ["string"]]]])),
        ),
        (
            json!([{"a": 1}, {}]),
            json!(["list", "dynamic"]),
            Ok(json!([[{"a": 1}, {}], ["list", ["map", "number"]]])),
        ),
        (
            json!([3, 1, 2, 1]),
            json!(["set", "number"]),
            Ok(json!([[1, 2, 3], ["set", "number"]])),
        ),
        (
            json!(["1", 1]),
            json!(["set", "number"]),
            Ok(json!([[1], ["set", "number"]])),
        ),
        (
            json!({}),
            json!(["set", "string"]),
            Err("set of string required"),
        ),
        (
            json!({}),
            json!(["map", "dynamic"]),
            Ok(json!([{}, ["map", "dynamic"]])),
        ),
        (
            json!({"a": 1, "b": "x"}),
            json!(["map", "dynamic"]),
            Ok(json!([{"a": "1", "b": "x"}, ["map", "string"]])),
        ),
        (
            json!({"a": []}),
            json!(["map", "string"]),
            Err("element \"a\": string required, but have tuple"),
        ),
        (
            json!({"a": 1}),
            json!(["map", ["list", "number"]]),
            Err("element \"a\": list of number required, but have number"),
        ),
        (
            json!(["a", "x"]),
            json!(["tuple", ["string", "number"]]),
            Err("[1]: a number is required"),
        ),
        (json!([1]), json!(["tuple", []]), Err("tuple required")),
        (
            json!([]),
            json!(["object", {}]),
            Err("object required, but have tuple"),
        ),
        (
            json!({"a": 1, "b": 2}),
            json!(["object", {"a": "string"}]),
            Ok(json!([{"a": "1"}, ["object", {"a": "string"}]])),
        ),
        (
            json!({"a": []}),
            json!(["object", {"a": "string"}]),
            Err("attribute \"a\": string required, but have tuple"),
        ),
        (
            json!({"a": "x", "b": "y"}),
            json!(["object", {"a": "string", "b": "number"}]),
            Err(".b: a number is required"),
        ),
        (
            json!({}),
            json!(["object", {"a": "string"}]),
            Err("attribute \"a\" is required"),
        ),
        (
            json!({}),
            json!(["object", {"a": "string", "b": "string"}]),
            Err("attributes \"a\" and \"b\" are required"),
        ),
    ] {
        check_convert(from, to, want);
    }
}

#[test]
fn unknown_values_keep_what_is_known_when_converted() {
    let object = Type::object([("a", Type::String), ("b", Type::String)]);
    let unknown = Value::unknown(object).not_null().sensitive();
    let map = convert(&unknown, &Type::map(Type::Dynamic)).unwrap();
    assert!(map.is_sensitive());
    assert_eq!(map.type_of(), Type::map(Type::String));
    let r = map.refinement().unwrap();
    assert_eq!(
        (r.not_null, r.min_length, r.max_length),
        (true, Some(2), Some(2))
    );
}

#[test]
fn types_unify() {
    for (types, want) in [
        (json!(["number", "string", "bool"]), json!("string")),
        (json!(["number", "bool"]), json!(null)),
        (
            json!([["list", "string"], ["tuple", []]]),
            json!(["list", "string"]),
        ),
        (
            json!([["list", "string"], ["tuple", ["number"]]]),
            json!(["list", "string"]),
        ),
        (
            json!([["map", "number"], ["object", {"b": "string"}]]),
            json!(["map", "string"]),
        ),
        (
            json!([["object", {}], ["object", {"a": "number"}]]),
            json!(["map", "number"]),
        ),
        (json!([["tuple", ["number"]], ["object", {}]]), json!(null)),
        (json!(["dynamic", "number"]), json!("number")),
        (json!(["dynamic", ["tuple", ["number"]]]), json!("dynamic")),
    ] {
        let list: Vec<Type> = types
            .as_array()
            .unwrap()
            .iter()
            .map(|t| ty(t.clone()))
            .collect();
        let got = unify(&list).map_or(serde_json::Value::Null, |t| type_to_json(&t));
        assert_eq!(got, want, "{types}");
    }
}

#[test]
fn equality_waits_for_unknown_values() {
    let a = |v: Value| Value::object([("a", v)]);
    let prefixed = Value::unknown_refined(
        Type::String,
        Refinement {
            not_null: true,
            prefix: Some("a-".into()),
            ..Default::default()
        },
    );
    for (x, y, want) in [
        (Value::from(1), Value::from("1"), Some(false)),
        (Value::NULL, Value::null(Type::String), Some(true)),
        (Value::NULL, Value::from(1), Some(false)),
        (Value::unknown(Type::String), Value::NULL, None),
        (
            Value::unknown(Type::String).not_null(),
            Value::NULL,
            Some(false),
        ),
        (Value::unknown(Type::String), Value::from(1), Some(false)),
        (Value::DYNAMIC, Value::from(1), None),
        (prefixed.clone(), Value::from("b"), Some(false)),
        (prefixed, Value::from("a-b"), None),
        (a(Value::unknown(Type::String)), a(Value::from("x")), None),
        (a(Value::NULL), a(Value::NULL), Some(true)),
        (
            Value::tuple(vec![1.into()]),
            Value::list(Type::Number, vec![1.into()]),
            Some(false),
        ),
        (
            from_json(&json!([1, {"a": [2]}])),
            from_json(&json!([1, {"a": [2]}])),
            Some(true),
        ),
    ] {
        assert_eq!(equal(&x, &y).as_bool(), want, "{x:?} == {y:?}");
        assert_eq!(equal(&y, &x).as_bool(), want, "{y:?} == {x:?}");
    }
    let marked = Value::tuple(vec![Value::from(1).sensitive()]);
    assert!(equal(&marked, &Value::tuple(vec![2.into()])).is_sensitive());
}

#[test]
fn sets_are_in_terraforms_order() {
    for (elements, want) in [
        (json!(["b", "a", "B", "a"]), json!(["B", "a", "b"])),
        (json!([10, 9, -1]), json!([-1, 9, 10])),
        (json!([true, false, null]), json!([false, true, null])),
        (
            json!([{"a": 10}, {"a": 9}, {"a": 10}]),
            json!([{"a": 10}, {"a": 9}]),
        ),
    ] {
        let v = from_json(&elements);
        let set = Value::set(Type::Dynamic, v.elements().unwrap().to_vec());
        assert_eq!(to_json(&set), want);
    }
    let unknown = Value::unknown(Type::String);
    let set = Value::set(Type::String, vec![unknown.clone(), "a".into(), unknown]);
    assert_eq!(set.elements().unwrap().len(), 3);
}

#[test]
fn defaults_fill_in_for_missing_and_null_attributes() {
    let attribute = |optional, default: Option<Value>| ObjectAttribute {
        constraint: Constraint::Plain(Type::String),
        optional,
        default,
    };
    let object = Constraint::Object(
        [
            ("a".into(), attribute(false, None)),
            ("b".into(), attribute(true, None)),
            ("c".into(), attribute(true, Some("d".into()))),
        ]
        .into(),
    );
    let list = Constraint::List(Box::new(object.clone()));
    let apply = |c: &Constraint, v: serde_json::Value| {
        c.apply(&from_json(&v))
            .map(|v| to_json(&v))
            .map_err(|e| format!("{}{}", e.path, e.message))
    };
    assert_eq!(
        apply(&object, json!({"a": 1})),
        Ok(json!({"a": "1", "b": null, "c": "d"}))
    );
    assert_eq!(
        apply(&object, json!({"a": 1, "c": null, "z": 1})),
        Ok(json!({"a": "1", "b": null, "c": "d"}))
    );
    assert_eq!(
        apply(&object, json!({})),
        Err("attribute \"a\" is required".into())
    );
    assert_eq!(
        apply(&list, json!([{"a": "x", "b": "y"}, {"a": "z", "c": "w"}])),
        Ok(json!([{"a": "x", "b": "y", "c": "d"}, {"a": "z", "b": null, "c": "w"}]))
    );
    assert_eq!(
        apply(&list, json!([{"b": "y"}])),
        Err("element 0: attribute \"a\" is required".into())
    );
}

#[test]
fn json_keeps_types_where_they_are_open() {
    let t = ty(json!(["object", {"input": "dynamic", "n": "number"}]));
    let v = from_json_as(
        &json!({"input": {"value": ["a"], "type": ["list", "string"]}}),
        &t,
    )
    .unwrap();
    assert_eq!(v.get("input").unwrap().type_of(), Type::list(Type::String));
    assert_eq!(
        to_json_as(&v, &t),
        json!({"input": {"value": ["a"], "type": ["list", "string"]}, "n": null})
    );
    assert_eq!(to_json(&v), json!({"input": ["a"], "n": null}));
    assert!(from_json_as(&json!({"x": 1}), &t).is_err());
    let digits = "123456789012345678901234567890.123456789";
    let json: serde_json::Value = serde_json::from_str(digits).unwrap();
    assert_eq!(to_json(&from_json(&json)).to_string(), digits);
}

#[test]
fn masks_have_terraforms_shape() {
    let v = from_json(&json!({"a": 1, "b": [1, {}], "c": {"d": "x"}}))
        .with("u", Value::unknown(Type::list(Type::String)))
        .with(
            "s",
            Value::tuple(vec![Value::from("x").sensitive(), "y".into()]),
        );
    assert_eq!(
        unknown_mask(&v),
        json!({"b": [false, {}], "c": {}, "s": [false, false], "u": true})
    );
    assert_eq!(
        sensitive_mask(&v),
        json!({"b": [false, {}], "c": {}, "s": [true, false], "u": []})
    );
}
