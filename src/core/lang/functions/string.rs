//! Functions of texts.

use bastionless_model::value::{Type, Value};
use unicode_segmentation::UnicodeSegmentation;

use super::{
    bounds,
    function::{
        Args, Function, FunctionError, Parameter,
        ParameterType::{Bool, Number as Num, String as Text, Strings},
        Returns::Always,
    },
};

type Result<T = Value> = std::result::Result<T, FunctionError>;

const STR: Parameter = Parameter::new("str", Text);

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("chomp", "Takes off line ends at the end of a text.", &[STR], Always(Text), |a| {
        Ok(a.text(0).trim_end_matches(['\r', '\n']).into())
    })
    .examples(&[("chomp(\"hello\\r\\n\\n\")", "\"hello\"")]),
    Function::new(
        "endswith",
        "Tells whether a text ends with another.",
        &[STR, Parameter::new("suffix", Text)],
        Always(Bool),
        |a| Ok(a.text(0).ends_with(a.text(1)).into()),
    )
    .examples(&[("endswith(\"hello\", \"lo\")", "true")]),
    Function::new(
        "indent",
        "Puts spaces before all lines but the first.",
        &[Parameter::new("spaces", Num), STR],
        Always(Text),
        indent,
    )
    .examples(&[("indent(2, \"a\\nb\")", "\"a\\n  b\"")]),
    Function::new("join", "Joins texts with a separator.", &[Parameter::new("separator", Text)], Always(Text), join)
        .variadic(Parameter::new("lists", Strings))
        .examples(&[("join(\", \", [\"foo\", \"bar\"])", "\"foo, bar\"")]),
    Function::new("lower", "Makes all letters small.", &[STR], Always(Text), |a| {
        Ok(a.text(0).chars().map(lower).collect::<String>().into())
    })
    .examples(&[("lower(\"HELLO\")", "\"hello\"")]),
    Function::new(
        "split",
        "Splits a text at a separator.",
        &[Parameter::new("separator", Text), STR],
        Always(Strings),
        split,
    )
    .examples(&[("split(\",\", \"foo,bar\")", "[\"foo\", \"bar\"]")]),
    Function::new(
        "startswith",
        "Tells whether a text begins with another.",
        &[STR.unknown(), Parameter::new("prefix", Text)],
        Always(Bool),
        startswith,
    )
    .examples(&[("startswith(\"hello\", \"he\")", "true")]),
    Function::new(
        "strcontains",
        "Tells whether a text has another in it.",
        &[STR, Parameter::new("substr", Text)],
        Always(Bool),
        |a| Ok(a.text(0).contains(a.text(1)).into()),
    )
    .maybe_null()
    .examples(&[("strcontains(\"hello\", \"ll\")", "true")]),
    Function::new("strrev", "Turns the characters of a text round.", &[STR], Always(Text), |a| {
        Ok(a.text(0).graphemes(true).rev().collect::<String>().into())
    })
    .examples(&[("strrev(\"hello\")", "\"olleh\"")]),
    Function::new(
        "substr",
        "Returns so many characters of a text from an offset; a negative offset counts from the end.",
        &[STR, Parameter::new("offset", Num), Parameter::new("length", Num)],
        Always(Text),
        substr,
    )
    .examples(&[("substr(\"hello world\", 1, 4)", "\"ello\""), ("substr(\"hello\", -3, -1)", "\"llo\"")]),
    Function::new("title", "Makes the first letter of every word a capital.", &[STR], Always(Text), title)
        .examples(&[("title(\"hello world\")", "\"Hello World\"")]),
    Function::new(
        "trim",
        "Takes characters of a set off both ends.",
        &[STR, Parameter::new("cutset", Text)],
        Always(Text),
        |a| {
            let set: Vec<char> = a.text(1).chars().collect();
            Ok(a.text(0).trim_matches(set.as_slice()).into())
        },
    )
    .examples(&[("trim(\"?!hello?!\", \"!?\")", "\"hello\"")]),
    Function::new(
        "trimprefix",
        "Takes a text off the beginning, where it stands there.",
        &[STR, Parameter::new("prefix", Text)],
        Always(Text),
        |a| Ok(a.text(0).strip_prefix(a.text(1)).unwrap_or(a.text(0)).into()),
    )
    .examples(&[("trimprefix(\"helloworld\", \"hello\")", "\"world\"")]),
    Function::new("trimspace", "Takes white space off both ends.", &[STR], Always(Text), |a| {
        Ok(a.text(0).trim().into())
    })
    .examples(&[("trimspace(\"  hello\\n\\n\")", "\"hello\"")]),
    Function::new(
        "trimsuffix",
        "Takes a text off the end, where it stands there.",
        &[STR, Parameter::new("suffix", Text)],
        Always(Text),
        |a| Ok(a.text(0).strip_suffix(a.text(1)).unwrap_or(a.text(0)).into()),
    )
    .examples(&[("trimsuffix(\"helloworld\", \"world\")", "\"hello\"")]),
    Function::new("upper", "Makes all letters capitals.", &[STR], Always(Text), |a| {
        Ok(a.text(0).chars().map(upper).collect::<String>().into())
    })
    .examples(&[("upper(\"hello\")", "\"HELLO\"")]),
];

/// The small letter of a letter, one for one.
fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// The capital of a letter, one for one: a letter whose capital is several stays.
fn upper(c: char) -> char {
    let mut all = c.to_uppercase();
    match (all.next(), all.next(), c) {
        (Some(one), None, _) => one,
        (_, _, 'ᾀ'..='ᾇ' | 'ᾐ'..='ᾗ' | 'ᾠ'..='ᾧ') => {
            char::from_u32(u32::from(c) + 8).unwrap_or(c)
        }
        (_, _, 'ᾳ' | 'ῃ' | 'ῳ') => char::from_u32(u32::from(c) + 9).unwrap_or(c),
        _ => c,
    }
}

fn title(args: &Args<'_>) -> Result {
    let mut before = ' ';
    let capitals = args.text(0).chars().map(|c| {
        let begins = match before {
            '_' => false,
            b if b.is_ascii() => !b.is_ascii_alphanumeric(),
            b => !b.is_alphanumeric() && b.is_whitespace(),
        };
        before = c;
        match c {
            _ if !begins => c,
            'ǆ' | 'Ǆ' => 'ǅ',
            'ǉ' | 'Ǉ' => 'ǈ',
            'ǌ' | 'Ǌ' => 'ǋ',
            'ǳ' | 'Ǳ' => 'ǲ',
            c => upper(c),
        }
    });
    Ok(capitals.collect::<String>().into())
}

fn join(args: &Args<'_>) -> Result {
    let lists = args.values.get(1..).unwrap_or_default();
    if lists.is_empty() {
        return Err(FunctionError::new("at least one list is required"));
    }
    if !lists.iter().all(Value::is_wholly_known) {
        return Ok(args.unknown());
    }
    let mut texts = Vec::new();
    for (i, list) in lists.iter().enumerate() {
        for (j, v) in list.children().enumerate() {
            let Some(text) = v.as_str() else {
                let which = if lists.len() > 1 {
                    format!(" of list {}", i + 1)
                } else {
                    String::new()
                };
                let message = format!("element {j}{which} is null; cannot concatenate null values");
                return Err(FunctionError::argument(i + 1, message));
            };
            texts.push(text);
        }
    }
    let separators = texts
        .len()
        .saturating_sub(1)
        .saturating_mul(args.text(0).len());
    let length = texts.iter().map(|t| t.len()).sum::<usize>();
    bounds::text(length.saturating_add(separators))?;
    Ok(texts.join(args.text(0)).into())
}

fn split(args: &Args<'_>) -> Result {
    let (separator, text) = (args.text(0), args.text(1));
    let parts: Vec<Value> = if separator.is_empty() {
        text.chars().map(|c| Value::from(String::from(c))).collect()
    } else {
        text.split(separator).map(Value::from).collect()
    };
    Ok(Value::list(Type::String, parts))
}

/// How many bytes of white space a call may add.
const MOST_INDENTED: usize = 100_000_000;

fn indent(args: &Args<'_>) -> Result {
    let panicked =
        |why: &str| FunctionError::new(format!("panic in function implementation: {why}"));
    let spaces =
        usize::try_from(args.int(0)?).map_err(|_| panicked("strings: negative Repeat count"))?;
    let lines = args.text(1).matches('\n').count().max(1);
    if spaces.saturating_mul(lines) > MOST_INDENTED {
        return Err(panicked("runtime error: makeslice: len out of range"));
    }
    Ok(args
        .text(1)
        .replace('\n', &format!("\n{}", " ".repeat(spaces)))
        .into())
}

fn startswith(args: &Args<'_>) -> Result {
    let prefix = args.text(1);
    if args.get(0).is_known() {
        return Ok(args.text(0).starts_with(prefix).into());
    }
    if prefix.is_empty() {
        return Ok(true.into());
    }
    let known = args
        .get(0)
        .refinement()
        .and_then(|r| r.prefix.clone())
        .unwrap_or_default();
    Ok(match known.starts_with(prefix) {
        true => true.into(),
        false if known.len() >= prefix.len() => false.into(),
        false => args.unknown(),
    })
}

fn substr(args: &Args<'_>) -> Result {
    let (mut offset, length) = (args.int(1)?, args.int(2)?);
    let text = args.text(0);
    if offset < 0 {
        offset += i64::try_from(text.graphemes(true).count()).unwrap_or(i64::MAX);
    } else if length == 0 {
        return Ok("".into());
    }
    let skip = usize::try_from(offset).unwrap_or(0);
    let rest = text.graphemes(true).skip(skip);
    // A length of nought with a negative offset is no limit, as in Terraform.
    let taken: String = match usize::try_from(length) {
        Ok(n) if n > 0 => rest.take(n).collect(),
        _ => rest.collect(),
    };
    Ok(taken.into())
}
