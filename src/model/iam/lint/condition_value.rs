//! Values that are not of the operator's type.

use std::net::IpAddr;

use super::{
    super::{
        ast::Text,
        operator::{Family, Operator},
        template::Template,
    },
    Context, Finding, Rule,
    meet::{ArnText, arn},
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "invalid-value",
        level: Level::Warning,
        headline: "Invalid condition value",
        what: "A value that the operator cannot read: a network that is none, a number, truth value, date or ARN in the wrong form. Also a condition without values.",
        why: "Such a value never matches; negated, it always does.",
        fix: "Write the value in the form of the operator.",
        source: "IAM User Guide, IAM JSON policy elements: condition operators",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    for c in cx.document.statements.iter().flat_map(|s| &s.conditions) {
        let Some(operator) = Operator::parse(&c.operator.value) else {
            continue;
        };
        if c.values.is_empty() {
            out.push(RULE.at(
                &c.span,
                format!("`{}` is compared with nothing.", c.key.value),
            ));
        }
        for v in &c.values {
            let template = Template::plain(&v.value, cx.version());
            // A variable or an unknown value may turn out right; where variables are not replaced, the rule on variables speaks.
            if template.has_symbols() || template.has_variables() {
                continue;
            }
            out.extend(judge(cx, operator.base.family(), v));
        }
    }
}

fn judge(cx: &Context<'_>, family: Family, v: &Text) -> Option<Finding> {
    let text = v.value.as_str();
    let wrong = |what: &str| Some(RULE.at(&v.span, format!("`{text}` is {what}.")));
    match family {
        Family::Ip => network(text).and_then(|what| wrong(&what)),
        Family::Numeric if !is_number(text) => wrong("no number"),
        Family::Bool | Family::Null
            if !["true", "false"].contains(&text.to_ascii_lowercase().as_str()) =>
        {
            let meant = match text.to_ascii_lowercase().as_str() {
                "yes" | "1" | "on" => Some("true"),
                "no" | "0" | "off" => Some("false"),
                _ => None,
            };
            let finding = wrong("neither `true` nor `false`")?;
            Some(match meant {
                Some(m) => finding.text_patch(&v.span, m, format!("did you mean `{m}`?")),
                None => finding,
            })
        }
        Family::Date if !is_date(text) => {
            wrong("no date: write `2030-01-31T12:00:00Z`, or seconds since 1970")
        }
        Family::Arn if matches!(arn(text, cx.version()), ArnText::Broken) => {
            wrong("no ARN of six parts")
        }
        _ => None,
    }
}

/// Says what is wrong with an address or network.
fn network(text: &str) -> Option<String> {
    let (address, length) = text
        .split_once('/')
        .map_or((text, None), |(a, l)| (a, Some(l)));
    let Ok(ip) = address.parse::<IpAddr>() else {
        return Some("no address or network".to_owned());
    };
    let most: u8 = if ip.is_ipv4() { 32 } else { 128 };
    match length.map(str::parse::<u8>) {
        None => None,
        Some(Ok(n)) if n <= most => None,
        Some(_) => Some(format!("no network: the prefix length is 0 to {most}")),
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = digits
        .split_once(['e', 'E'])
        .map_or((digits, "0"), |(m, e)| (m, e));
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let all_digits = |t: &str| t.chars().all(|c| c.is_ascii_digit());
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    !(whole.is_empty() && part.is_empty())
        && all_digits(whole)
        && all_digits(part)
        && !exponent.is_empty()
        && all_digits(exponent)
}

/// Tells whether a text is a date as W3C's profile of ISO 8601 has it, or seconds.
fn is_date(text: &str) -> bool {
    if text.chars().all(|c| c.is_ascii_digit()) && !text.is_empty() && text.len() != 8 {
        return true;
    }
    let (date, time) = text
        .split_once('T')
        .map_or((text, None), |(d, t)| (d, Some(t)));
    let mut parts = date.split('-');
    let mut number = |from: u32, to: u32, length: usize| {
        parts.next().is_none_or(|p| {
            p.len() == length && p.parse::<u32>().is_ok_and(|n| (from..=to).contains(&n))
        })
    };
    let is_day =
        number(0, 9999, 4) && number(1, 12, 2) && number(1, 31, 2) && parts.next().is_none();
    let Some(time) = time else { return is_day };
    let zone = time.find(['Z', '+', '-']);
    let (clock, zone) = time.split_at(zone.unwrap_or(time.len()));
    let clock_ok = clock.split(':').count() >= 2
        && clock.split(':').zip([24.0, 60.0, 61.0]).all(|(p, most)| {
            p.len() >= 2 && p.parse::<f64>().is_ok_and(|n| (0.0..most).contains(&n))
        });
    let zone_ok = zone == "Z"
        || zone.get(1..).is_some_and(|z| {
            z.replace(':', "").len() == 4 && z.chars().all(|c| c.is_ascii_digit() || c == ':')
        });
    is_day && clock_ok && zone_ok
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_values() {
        for ok in ["10.0.0.0/8", "10.0.0.1", "2001:db8::/32", "::1"] {
            assert_eq!(network(ok), None, "{ok}");
        }
        for bad in ["10.0.1.0/33", "10.0.1/24", "::/129", "any", "10.0.0.0/"] {
            assert!(network(bad).is_some(), "{bad}");
        }
        for ok in ["1", "-1.5", "3600", "22.0", "1e3"] {
            assert!(is_number(ok), "{ok}");
        }
        for bad in ["", "one hour", ".", "1.2.3", "0x10", "1e"] {
            assert!(!is_number(bad), "{bad}");
        }
        for ok in [
            "2030-01-31T12:00:00Z",
            "2030-01-31",
            "1700000000",
            "2030-01-31T12:00+01:00",
            "2030-01-31T12:00:00.5Z",
            "2030",
        ] {
            assert!(is_date(ok), "{ok}");
        }
        for bad in [
            "2030-13-01",
            "tomorrow",
            "2030-01-31 12:00",
            "20300131",
            "2030-01-31T12:00",
            "2030-01-31T25:00:00Z",
            "",
        ] {
            assert!(!is_date(bad), "{bad}");
        }
    }
}
