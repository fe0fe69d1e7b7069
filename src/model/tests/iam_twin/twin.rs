//! The evaluator a second time: by the book, slow and plain, on raw JSON, sharing no code with the first.
//!
//! Each function says which page of the IAM User Guide it spells out.

use std::net::IpAddr;

use serde_json::Value as Json;

/// Stands for a `*` or `?` that is no wildcard.
const STAR: char = '\u{E000}';
const MARK: char = '\u{E001}';

/// Returns `allow`, `deny` or `implicit_deny` for a line of requests (reference_policies_evaluation-logic_policy-eval-denyallow).
pub(crate) fn decide(line: &Json) -> &'static str {
    if layers(line).iter().any(|(layer, policy)| {
        statements(policy)
            .iter()
            .any(|s| is(s, "Deny") && applies(line, layer, policy, s))
    }) {
        return "deny";
    }
    for level in list(&line["scps"]) {
        if !allows(line, "scps", &list(&level)) {
            return "implicit_deny";
        }
    }
    if !line["endpoint"].is_null() && !allows(line, "endpoint", &list(&line["endpoint"])) {
        return "implicit_deny";
    }
    let identity = allows(line, "identity", &list(&line["identity"]));
    let boundary = line["boundary"].is_null() || allows(line, "boundary", &list(&line["boundary"]));
    let session = line["session"].is_null() || allows(line, "session", &list(&line["session"]));
    let limits = boundary && session;
    let policy = &line["resource_policy"];
    if policy.is_null() {
        return answer(identity && limits);
    }
    let grants: Vec<&str> = statements(policy)
        .iter()
        .filter(|s| is(s, "Allow") && applies(line, "resource_policy", policy, s))
        .map(|s| named(line, s))
        .collect();
    if account_of_resource(line).is_some_and(|a| Some(a) != account(text(&line["principal"]))) {
        return answer(!grants.is_empty() && identity && limits);
    }
    let mut allowed = grants.contains(&"itself");
    allowed |= (grants.contains(&"role") || grants.contains(&"everyone")) && limits;
    allowed |= grants.contains(&"account") && identity && limits;
    let action = text(&line["action"]).to_lowercase();
    let is_needed = action.starts_with("kms:") || action.starts_with("sts:assumerole");
    allowed |= !is_needed && identity && limits;
    answer(allowed)
}

fn answer(allowed: bool) -> &'static str {
    if allowed { "allow" } else { "implicit_deny" }
}

/// All policies with the member that they stand in, in no order that matters.
pub(crate) fn layers(line: &Json) -> Vec<(&'static str, Json)> {
    let mut out = Vec::new();
    for layer in [
        "identity",
        "boundary",
        "session",
        "resource_policy",
        "endpoint",
    ] {
        if !line[layer].is_null() {
            out.extend(list(&line[layer]).into_iter().map(|p| (layer, p)));
        }
    }
    for level in list(&line["scps"]) {
        out.extend(list(&level).into_iter().map(|p| ("scps", p)));
    }
    out
}

fn allows(line: &Json, layer: &str, policies: &[Json]) -> bool {
    policies.iter().any(|p| {
        statements(p)
            .iter()
            .any(|s| is(s, "Allow") && applies(line, layer, p, s))
    })
}

pub(crate) fn statements(policy: &Json) -> Vec<Json> {
    list(&policy["Statement"])
}

fn is(statement: &Json, effect: &str) -> bool {
    statement["Effect"] == effect
}

/// A list, or the one thing that stands in its place; null is no thing.
fn list(json: &Json) -> Vec<Json> {
    match json {
        Json::Null => Vec::new(),
        Json::Array(items) => items.clone(),
        one => vec![one.clone()],
    }
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}

fn scalar(json: &Json) -> String {
    json.as_str()
        .map_or_else(|| json.to_string(), str::to_owned)
}

/// Whether a statement is about the request.
pub(crate) fn applies(line: &Json, layer: &str, policy: &Json, statement: &Json) -> bool {
    let has_principal = layer == "resource_policy" || layer == "endpoint";
    if has_principal && named(line, statement) == "nobody" {
        return false;
    }
    let modern = policy["Version"] == "2012-10-17";
    action_fits(line, statement)
        && resource_fits(line, layer, statement, modern)
        && statement["Condition"]
            .as_object()
            .into_iter()
            .flatten()
            .all(|(operator, keys)| {
                keys.as_object().unwrap().iter().all(|(key, values)| {
                    condition_holds(line, operator, key, &list(values), modern)
                })
            })
}

/// reference_policies_elements_action: letter case does not matter, `*` and `?` are wildcards.
fn action_fits(line: &Json, statement: &Json) -> bool {
    let action = text(&line["action"]).to_lowercase();
    let any = |member: &str| {
        list(&statement[member])
            .iter()
            .any(|p| glob(&text(p).to_lowercase(), &action))
    };
    if statement["Action"].is_null() {
        !any("NotAction")
    } else {
        any("Action")
    }
}

/// reference_policies_elements_resource, reference-arns (incomplete ARNs).
fn resource_fits(line: &Json, layer: &str, statement: &Json, modern: bool) -> bool {
    let fits = |pattern: &str| {
        let Some(pattern) = resource_pattern(line, pattern, modern) else {
            return false;
        };
        if pattern.chars().all(|c| c == '*') && !pattern.is_empty() {
            return true;
        }
        let mut parts: Vec<&str> = pattern.splitn(6, ':').collect();
        while parts.len() < 6 {
            parts.push("*");
        }
        segments_match(&parts, text(&line["resource"]))
    };
    let any = |member: &str| list(&statement[member]).iter().any(|p| fits(text(p)));
    match (
        statement["Resource"].is_null(),
        statement["NotResource"].is_null(),
    ) {
        (false, _) => any("Resource"),
        (true, false) => !any("NotResource"),
        (true, true) => layer == "resource_policy",
    }
}

/// reference_policies_variables: in a resource, variables stand only after the fifth colon.
fn resource_pattern(line: &Json, pattern: &str, modern: bool) -> Option<String> {
    let mut colons = 0;
    let mut split = pattern.len();
    let mut depth = 0;
    for (i, c) in pattern.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ':' if depth == 0 => {
                colons += 1;
                if colons == 5 {
                    split = i;
                    break;
                }
            }
            _ => {}
        }
    }
    let (head, tail) = pattern.split_at(split);
    Some(head.to_owned() + &substituted(line, tail, modern)?)
}

/// Puts values in place of variables and private characters in place of characters that are no wildcards. `None`: no value.
fn substituted(line: &Json, pattern: &str, modern: bool) -> Option<String> {
    if !modern {
        return Some(pattern.to_owned());
    }
    let Some(start) = pattern.find("${") else {
        return Some(pattern.to_owned());
    };
    let Some(end) = pattern[start..].find('}').map(|e| start + e) else {
        return Some(pattern.to_owned());
    };
    let inner = &pattern[start + 2..end];
    let value = match inner {
        "*" => STAR.to_string(),
        "?" => MARK.to_string(),
        "$" => "$".to_owned(),
        _ => {
            let (key, default) = match inner.split_once(',') {
                Some((key, default)) => (key, Some(default.trim().trim_matches('\'').to_owned())),
                None => (inner, None),
            };
            let values = context(line, key);
            let single = values
                .filter(|v| v.is_string())
                .map(|v| text(&v).to_owned());
            hidden(&single.or(default)?)
        }
    };
    Some(pattern[..start].to_owned() + &value + &substituted(line, &pattern[end + 1..], modern)?)
}

fn hidden(text: &str) -> String {
    text.replace('*', &STAR.to_string())
        .replace('?', &MARK.to_string())
}

fn context(line: &Json, key: &str) -> Option<Json> {
    let members = line["context"].as_object()?;
    members
        .iter()
        .find(|(k, _)| k.to_lowercase() == key.to_lowercase())
        .map(|(_, v)| v.clone())
}

fn segments_match(parts: &[&str], arn: &str) -> bool {
    let segments: Vec<&str> = arn.splitn(6, ':').collect();
    segments.len() == 6 && parts.len() == 6 && (0..6).all(|i| glob(parts[i], segments[i]))
}

/// Whether a text fits a pattern, letter by letter.
fn glob(pattern: &str, text: &str) -> bool {
    fn here(p: &[char], t: &[char]) -> bool {
        match p.first() {
            None => t.is_empty(),
            Some('*') => (0..=t.len()).any(|n| here(&p[1..], &t[n..])),
            Some('?') => !t.is_empty() && here(&p[1..], &t[1..]),
            Some(c) => t.first() == Some(c) && here(&p[1..], &t[1..]),
        }
    }
    let letters = |s: &str| s.chars().collect::<Vec<_>>();
    here(&letters(pattern), &letters(&hidden(text)))
}

/// reference_policies_elements_condition_operators, reference_policies_condition-single-vs-multi-valued-context-keys.
fn condition_holds(line: &Json, operator: &str, key: &str, values: &[Json], modern: bool) -> bool {
    let found = context(line, key).map(|v| list(&v)).unwrap_or_default();
    let found: Vec<String> = found.iter().map(scalar).collect();
    if operator == "Null" {
        return values
            .iter()
            .any(|v| (scalar(v).to_lowercase() == "true") == found.is_empty());
    }
    let for_all = operator.starts_with("ForAllValues:");
    let for_any = operator.starts_with("ForAnyValue:");
    let base = operator.split(':').next_back().unwrap();
    let optional = base.ends_with("IfExists");
    let base = base.trim_end_matches("IfExists");
    let negated = base.contains("Not");
    if found.is_empty() {
        return for_all || optional || (negated && !for_any);
    }
    let values: Vec<String> = values.iter().map(scalar).collect();
    let satisfied = |one: &String| {
        let compared: Vec<Option<bool>> = values
            .iter()
            .map(|v| compare(line, base, v, one, modern))
            .collect();
        // A value of the request that cannot be read fails the operator.
        if !readable(base, one) {
            return false;
        }
        let any = compared.contains(&Some(true));
        if negated { !any } else { any }
    };
    if for_all || (negated && !for_any) {
        found.iter().all(satisfied)
    } else {
        found.iter().any(satisfied)
    }
}

fn readable(base: &str, value: &str) -> bool {
    match () {
        () if base.starts_with("Numeric") => number(value).is_some(),
        () if base.starts_with("Date") => seconds(value).is_some(),
        () => true,
    }
}

/// Whether one value of the policy fits one of the request, as if the operator had no `Not`.
fn compare(line: &Json, base: &str, policy: &str, request: &str, modern: bool) -> Option<bool> {
    let plain = base.replace("Not", "");
    let wild = |p: &str| substituted(line, p, modern);
    // Where `*` is no wildcard, it is hidden before variables are put in; their escapes hold one, too.
    let literal = |p: &str| {
        let shielded = p.replace("${*}", "\u{E002}").replace("${?}", "\u{E003}");
        let shielded = if modern { hidden(&shielded) } else { hidden(p) };
        substituted(
            line,
            &shielded
                .replace('\u{E002}', "${*}")
                .replace('\u{E003}', "${?}"),
            modern,
        )
    };
    Some(match plain.as_str() {
        "StringEquals" => literal(policy)? == hidden(request),
        "StringEqualsIgnoreCase" => {
            literal(policy)?.to_lowercase() == hidden(request).to_lowercase()
        }
        "StringLike" => glob(&wild(policy)?, request),
        "BinaryEquals" => policy == request,
        "Bool" => (policy.to_lowercase() == "true") == (request.to_lowercase() == "true"),
        "IpAddress" => inside(policy, request)?,
        "ArnEquals" | "ArnLike" => {
            let pattern = wild(policy)?;
            let mut parts: Vec<&str> = pattern.splitn(6, ':').collect();
            while parts.len() < 6 && pattern.ends_with('*') {
                parts.push("*");
            }
            pattern == "*" || segments_match(&parts, request)
        }
        other => {
            let (a, b) = if other.starts_with("Numeric") {
                (number(request)?, number(policy)?)
            } else {
                (seconds(request)?, seconds(policy)?)
            };
            match other
                .trim_start_matches("Numeric")
                .trim_start_matches("Date")
            {
                "Equals" => a == b,
                "LessThan" => a < b,
                "LessThanEquals" => a <= b,
                "GreaterThan" => a > b,
                "GreaterThanEquals" => a >= b,
                unknown => panic!("{unknown}"),
            }
        }
    })
}

fn number(text: &str) -> Option<f64> {
    let only = text
        .chars()
        .all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    if only { text.parse().ok() } else { None }
}

/// Seconds since 1970 of `YYYY-MM-DD[THH:MM:SS(Z|±HH:MM)]` or a number of seconds.
fn seconds(text: &str) -> Option<f64> {
    if let Ok(n) = text.parse::<i64>() {
        return Some(n as f64);
    }
    let digits = |s: &str| {
        if s.chars().all(|c| c.is_ascii_digit()) {
            s.parse::<i64>().ok()
        } else {
            None
        }
    };
    let (date, time) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
    let ymd: Vec<i64> = date.split('-').map(digits).collect::<Option<_>>()?;
    let &[year, month, day] = ymd.as_slice() else {
        return None;
    };
    let leap = |y: i64| (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    let lengths = [
        31,
        if leap(year) { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    if !(1..=12).contains(&month) || day < 1 || day > lengths[month as usize - 1] {
        return None;
    }
    let years: i64 = (1970..year).map(|y| if leap(y) { 366 } else { 365 }).sum();
    let days = years + lengths[..month as usize - 1].iter().sum::<i64>() + day - 1;
    let (clock, zone) = time.split_at_checked(8)?;
    let hms: Vec<i64> = clock.split(':').map(digits).collect::<Option<_>>()?;
    let offset = match zone {
        "Z" => 0,
        _ => {
            let (hours, minutes) = zone[1..].split_once(':')?;
            let size = digits(hours)? * 3600 + digits(minutes)? * 60;
            if zone.starts_with('-') { -size } else { size }
        }
    };
    Some((days * 86_400 + hms[0] * 3600 + hms[1] * 60 + hms[2] - offset) as f64)
}

/// Whether an address lies in a block: their first bits, written out, are the same.
fn inside(block: &str, address: &str) -> Option<bool> {
    let (base, size) = block
        .split_once('/')
        .map_or((block, None), |(b, s)| (b, Some(s)));
    let written = |ip: IpAddr| match ip {
        IpAddr::V4(v4) => v4
            .octets()
            .iter()
            .map(|o| format!("{o:08b}"))
            .collect::<String>(),
        IpAddr::V6(v6) => v6.octets().iter().map(|o| format!("{o:08b}")).collect(),
    };
    let (base, address) = (written(base.parse().ok()?), written(address.parse().ok()?));
    let size = size.map_or(Some(base.len()), |s| s.parse().ok())?;
    Some(base.len() == address.len() && base[..size] == address[..size])
}

/// How a statement names the principal (reference_policies_elements_principal, …_notprincipal).
fn named(line: &Json, statement: &Json) -> &'static str {
    if let Some(listed) = statement.get("NotPrincipal") {
        let listed: Vec<_> = principals(listed)
            .iter()
            .map(|(kind, p)| names(line, kind, p))
            .collect();
        let exempt = listed.iter().any(|n| *n != "nobody") && line["boundary"].is_null();
        return if exempt { "nobody" } else { "everyone" };
    }
    let all: Vec<_> = principals(&statement["Principal"])
        .iter()
        .map(|(kind, p)| names(line, kind, p))
        .collect();
    let by_closeness = ["itself", "role", "everyone", "account"];
    by_closeness
        .into_iter()
        .find(|n| all.contains(n))
        .unwrap_or("nobody")
}

fn principals(json: &Json) -> Vec<(String, String)> {
    match json {
        Json::String(s) => vec![("*".into(), s.clone())],
        Json::Object(kinds) => kinds
            .iter()
            .flat_map(|(kind, all)| {
                list(all)
                    .into_iter()
                    .map(|p| (kind.clone(), text(&p).to_owned()))
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn names(line: &Json, kind: &str, listed: &str) -> &'static str {
    let principal = text(&line["principal"]);
    if listed == "*" && (kind == "*" || kind == "AWS") {
        return "everyone";
    }
    if listed == principal {
        return "itself";
    }
    if kind != "AWS" {
        return "nobody";
    }
    let own = account(principal).unwrap_or_default();
    if listed == own || listed == format!("arn:aws:iam::{own}:root") {
        return "account";
    }
    // arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION is a session of arn:aws:iam::ACCOUNT:role/ROLE.
    if let Some(session) = principal.strip_prefix(&format!("arn:aws:sts::{own}:assumed-role/")) {
        let role = session.split('/').next().unwrap();
        if listed == format!("arn:aws:iam::{own}:role/{role}") {
            return "role";
        }
    }
    "nobody"
}

fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|a| !a.is_empty())
}

fn account_of_resource(line: &Json) -> Option<&str> {
    match line["resource_account"].as_str() {
        Some(told) => Some(told),
        None => account(text(&line["resource"])),
    }
}
