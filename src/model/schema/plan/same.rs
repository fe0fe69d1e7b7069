//! When two values are no difference.

use std::net::Ipv6Addr;

use crate::{
    iam,
    schema::Equivalence,
    value::{Kind, Value},
};

/// Tells whether two values have the same content; types of nulls and marks do not count, unknown equals unknown.
pub(crate) fn content_equal(a: &Value, b: &Value) -> bool {
    match (a.kind(), b.kind()) {
        (Kind::Null(_), Kind::Null(_)) | (Kind::Unknown(..), Kind::Unknown(..)) => true,
        (Kind::Bool(x), Kind::Bool(y)) => x == y,
        (Kind::Number(x), Kind::Number(y)) => x == y,
        (Kind::String(x), Kind::String(y)) => x == y,
        (Kind::List(_, x) | Kind::Tuple(x), Kind::List(_, y) | Kind::Tuple(y))
        | (Kind::Set(_, x), Kind::Set(_, y)) => {
            x.len() == y.len() && x.iter().zip(y.iter()).all(|(x, y)| content_equal(x, y))
        }
        (Kind::Map(_, x) | Kind::Object(x), Kind::Map(_, y) | Kind::Object(y)) => {
            x.len() == y.len()
                && x.iter()
                    .zip(y.iter())
                    .all(|((k, x), (l, y))| k == l && content_equal(x, y))
        }
        _ => false,
    }
}

/// Tells whether two values are known and have the same content.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    content_equal(a, b) && a.is_wholly_known()
}

/// Tells whether a value is null, an empty text or an empty collection: one and the same to SDKv2.
pub(crate) fn is_empty(v: &Value) -> bool {
    v.is_null()
        || v.as_str() == Some("")
        || v.elements().is_some_and(<[_]>::is_empty)
        || matches!(v.kind(), Kind::Map(_, m) if m.is_empty())
}

/// Tells whether a value is what SDKv2 reads where nothing was set.
pub(super) fn is_zero(v: &Value) -> bool {
    is_empty(v) || v.as_bool() == Some(false) || v.as_i64() == Some(0)
}

/// Tells whether two values are equal to SDKv2: null, empty text and empty collection are one.
pub(super) fn legacy_equal(a: &Value, b: &Value) -> bool {
    if is_empty(a) && is_empty(b) {
        return true;
    }
    match (a.entries(), b.entries()) {
        (Some(x), Some(y)) => {
            x.iter().all(|(k, v)| {
                y.get(k)
                    .map_or_else(|| stripped_empty(v), |w| legacy_equal(v, w))
            }) && y
                .iter()
                .all(|(k, w)| x.contains_key(k) || stripped_empty(w))
        }
        _ => match (a.elements(), b.elements()) {
            (Some(x), Some(y)) => {
                x.len() == y.len()
                    && match (a.kind(), b.kind()) {
                        (Kind::Set(..), Kind::Set(..)) => {
                            x.iter().all(|v| y.iter().any(|w| legacy_equal(v, w)))
                        }
                        _ => x.iter().zip(y).all(|(v, w)| legacy_equal(v, w)),
                    }
            }
            _ => content_equal(a, b),
        },
    }
}

fn stripped_empty(v: &Value) -> bool {
    is_empty(v) || v.entries().is_some_and(|m| m.values().all(stripped_empty))
}

/// Tells whether a new value is so close to the old one that the old text stays.
pub(super) fn equivalent(how: Equivalence, old: &Value, new: &Value) -> bool {
    if new.is_unknown() || old.is_unknown() {
        return false;
    }
    if how == Equivalence::IamPolicy && (is_empty(old) || is_empty(new)) {
        return is_empty(old) && is_empty(new) && !old.is_null();
    }
    let (Some(old), Some(new)) = (old.as_str(), new.as_str()) else {
        return false;
    };
    match how {
        Equivalence::Exact => old == new,
        Equivalence::IamPolicy => iam::equivalent(old, new),
        Equivalence::Json => iam::json_equivalent(old, new),
        Equivalence::Case => old.eq_ignore_ascii_case(new),
        Equivalence::Arn => last_part(old) == last_part(new),
        Equivalence::Protocol => protocol(old) == protocol(new),
        Equivalence::Trimmed => old.trim() == new.trim(),
        Equivalence::TrailingDot => old
            .trim_end_matches('.')
            .eq_ignore_ascii_case(new.trim_end_matches('.')),
        Equivalence::Cidr => old == new || cidr(old).is_some_and(|x| cidr(new) == Some(x)),
    }
}

fn last_part(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// Returns the name that states use for an IP protocol: lower case, `-1` for all, names for those that EC2 names.
pub(crate) fn protocol(text: &str) -> String {
    match text.to_ascii_lowercase().as_str() {
        "all" | "-1" => "-1",
        "1" => "icmp",
        "6" => "tcp",
        "17" => "udp",
        "58" => "icmpv6",
        other => return other.to_owned(),
    }
    .to_owned()
}

/// Reads an IPv6 block; its host bits do not count.
fn cidr(text: &str) -> Option<(u128, u32)> {
    let (address, length) = text.split_once('/')?;
    let address: Ipv6Addr = address.parse().ok()?;
    let length: u32 = length.parse().ok().filter(|l| *l <= 128)?;
    let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
    Some((u128::from(address) & mask, length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Type;

    #[track_caller]
    fn check(how: Equivalence, a: &str, b: &str, expected: bool) {
        assert_eq!(equivalent(how, &a.into(), &b.into()), expected, "{a} {b}");
    }

    #[test]
    fn spellings_that_are_no_change() {
        check(Equivalence::Protocol, "tcp", "6", true);
        check(Equivalence::Protocol, "TCP", "tcp", true);
        check(Equivalence::Protocol, "-1", "all", true);
        check(Equivalence::Protocol, "udp", "tcp", false);
        check(
            Equivalence::Arn,
            "arn:aws:kms:eu-west-1:123456789012:key/abc",
            "abc",
            true,
        );
        check(Equivalence::Cidr, "2001:DB8::/32", "2001:db8:0::/32", true);
        check(Equivalence::Cidr, "2001:db8::/32", "2001:db8::/33", false);
        check(
            Equivalence::Trimmed,
            "ssh-ed25519 AAAA x\n",
            "ssh-ed25519 AAAA x",
            true,
        );
        check(Equivalence::Case, "ipv4", "IPv4", true);
        check(
            Equivalence::TrailingDot,
            "example.com.",
            "example.com",
            true,
        );
    }

    #[test]
    fn sdk_takes_empty_for_null_at_any_depth() {
        let a = Value::object([
            ("a", Value::null(Type::String)),
            ("b", Value::list(Type::String, vec![])),
        ]);
        let b = Value::object([
            ("a", Value::from("")),
            ("b", Value::null(Type::list(Type::String))),
        ]);
        assert!(legacy_equal(&a, &b));
        assert!(!legacy_equal(&a, &b.with("a", "x".into())));
    }
}
