//! Values of a condition key, one of each class that its conditions can tell apart.

use std::{collections::BTreeSet, net::IpAddr};

use super::{
    encode::{Filled, fill},
    glob::{Chars, Glob, Limits, classes, is_symbol},
    keys::Setting,
    numbers::{around_dates, around_networks, around_numbers},
    shape::Place,
    side::Sides,
};
use crate::iam::{
    ast::{Condition, Version},
    catalogue::{Catalogue, KeyKind},
    evaluate::values::{Instant, Number},
    operator::{Base, Family, Operator},
    pattern::{ArnPattern, Pattern, SEGMENTS, Token},
    template::Template,
};

const LIMITS: Limits = Limits {
    states: 20_000,
    classes: 400,
};

/// A text that is neither number nor date.
const UNREADABLE: &str = "none";

/// A condition on the key.
pub(super) struct Use<'a> {
    pub(super) operator: Operator,
    pub(super) condition: &'a Condition,
    pub(super) version: Version,
}

/// The values.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidates {
    /// At least one value of each class, the plainest first.
    pub(super) values: Vec<String>,
    /// Whether no class is missing.
    pub(super) complete: bool,
}

impl Candidates {
    pub(super) fn new(
        sides: &Sides,
        setting: &Setting,
        place: &Place,
        lower: &str,
        uses: &[Use],
    ) -> Self {
        let kind = Catalogue::get().key(lower).map(|k| k.kind);
        let families: BTreeSet<_> = uses
            .iter()
            .map(|u| u.operator.base.family())
            .filter(|f| *f != Family::Null)
            .collect();
        let mut out = Self {
            values: Vec::new(),
            complete: true,
        };
        for family in &families {
            let texts: Vec<_> = uses
                .iter()
                .filter(|u| u.operator.base.family() == *family)
                .flat_map(|u| &u.condition.values)
                .map(|v| v.value.as_str())
                .collect();
            match family {
                Family::Numeric => match around_numbers(&texts) {
                    Some(values) => out.values.extend(values),
                    None => out.complete = false,
                },
                Family::Date => out.values.extend(
                    texts
                        .iter()
                        .map(|t| (*t).to_owned())
                        .chain(around_dates(&texts)),
                ),
                Family::Ip => out.values.extend(around_networks(&texts)),
                Family::Bool => out.values.extend(["true", "false"].map(str::to_owned)),
                Family::String | Family::Arn | Family::Binary | Family::Null => {}
            }
        }
        // Where a key's values are free text, an operator of another family may also meet one that it cannot read.
        let is_text = |f: &Family| matches!(f, Family::String | Family::Arn | Family::Binary);
        let sample = sample(lower, kind, &families, place);
        if families.iter().any(is_text) {
            out.texts(sides, setting, uses, sample, families.iter().all(is_text));
        } else if families.is_empty() || kind == Some(KeyKind::String) {
            out.values.push(sample);
        }
        // What is no number or date fails the operators that compare some, the negated ones too.
        if families.contains(&Family::Numeric) || families.contains(&Family::Date) {
            out.values.push(UNREADABLE.to_owned());
        }
        let mut seen = BTreeSet::new();
        out.values.retain(|v| seen.insert(v.clone()));
        out
    }

    fn texts(
        &mut self,
        sides: &Sides,
        setting: &Setting,
        uses: &[Use],
        sample: String,
        only: bool,
    ) {
        let mut globs = BTreeSet::new();
        for u in uses {
            globs.extend(
                u.condition
                    .values
                    .iter()
                    .filter_map(|v| glob(sides, setting, u.operator.base, u.version, &v.value)),
            );
        }
        let globs: Vec<_> = globs.into_iter().collect();
        let wild = globs.iter().any(|g| {
            g.steps
                .iter()
                .any(|s| matches!(s, super::glob::Step::One(_) | super::glob::Step::Run(_)))
        });
        let seeds: Vec<_> = std::iter::once(sample)
            .chain(globs.iter().map(|g| g.sample("x")))
            .collect();
        match classes(&[Glob::run(Chars::All)], &globs, &seeds, LIMITS) {
            Some(found) => self
                .values
                .extend(found.witnesses.iter().map(|w| sides.spell(w))),
            None => {
                self.complete = false;
                self.values.extend(seeds.iter().map(|s| sides.spell(s)));
            }
        }
        if !only {
            let others: Vec<_> = self
                .values
                .iter()
                .flat_map(|v| respelled(v, globs.len() + 1))
                .collect();
            self.values.extend(others);
            self.complete &= !wild;
        }
    }
}

/// Spells a number, truth value, date or address otherwise, for it is then another text. So many numbers are made.
fn respelled(value: &str, count: usize) -> Vec<String> {
    if Number::parse(value).is_some() && !value.contains(['e', 'E']) {
        let point = if value.contains('.') { "" } else { "." };
        return (1..=count)
            .map(|n| format!("{value}{point}{}", "0".repeat(n)))
            .collect();
    }
    if matches!(value, "true" | "false") {
        return vec![
            value.to_uppercase(),
            value.replacen(['t', 'f'], if value == "true" { "T" } else { "F" }, 1),
        ];
    }
    if Instant::parse(value).is_some() {
        return value
            .strip_suffix('Z')
            .map(|v| [format!("{v}+00:00"), format!("{v}z")])
            .into_iter()
            .flatten()
            .collect();
    }
    match value.parse() {
        Ok(IpAddr::V4(v4)) => vec![v4.to_ipv6_mapped().to_string(), format!("{v4}/32")],
        Ok(IpAddr::V6(v6)) => vec![v6.to_string().to_uppercase(), format!("{v6}/128")],
        Err(_) => Vec::new(),
    }
}

/// Returns what texts a value of the policy matches; `None`: none, or its operator does not compare texts.
fn glob(
    sides: &Sides,
    setting: &Setting,
    base: Base,
    version: Version,
    value: &str,
) -> Option<Glob> {
    let filled = |template: Template| match fill(sides, setting, &template) {
        Filled::Nothing => None,
        Filled::Known(p) | Filled::Open(p) => Some(p),
    };
    Some(match base {
        Base::StringEquals | Base::StringNotEquals => {
            Glob::new(&filled(Template::plain(value, version))?, Chars::All)
        }
        Base::StringLike | Base::StringNotLike => {
            Glob::new(&filled(Template::wild(value, version))?, Chars::All)
        }
        Base::StringEqualsIgnoreCase | Base::StringNotEqualsIgnoreCase => {
            Glob::folded(&filled(Template::plain(value, version))?.text())
        }
        Base::BinaryEquals => Glob::literal(value),
        _ if base.family() == Family::Arn => arn(&filled(Template::wild(value, version))?)?,
        _ => return None,
    })
}

/// Returns the texts that an ARN operator takes: wildcards stay within their segment.
fn arn(pattern: &Pattern) -> Option<Glob> {
    match ArnPattern::condition(pattern) {
        ArnPattern::All => Some(Glob::run(Chars::All)),
        ArnPattern::Segments(segments) => {
            let glob = |(i, s): (usize, &Pattern)| {
                Glob::new(
                    s,
                    if i + 1 < SEGMENTS {
                        Chars::Segment
                    } else {
                        Chars::All
                    },
                )
            };
            segments
                .iter()
                .enumerate()
                .map(glob)
                .reduce(|all, next| all.then(Glob::literal(":")).then(next))
        }
        ArnPattern::Symbol(pattern) => Some(Glob::new(&pattern, Chars::All)),
        // Unknown values stand for themselves; here they are one character.
        ArnPattern::Nothing if matches!(pattern.tokens().first(), Some(Token::Char(c)) if is_symbol(*c)) => {
            Some(Glob::new(pattern, Chars::All))
        }
        ArnPattern::Nothing => None,
    }
}

/// Returns a value that the key could have.
fn sample(
    lower: &str,
    kind: Option<KeyKind>,
    families: &BTreeSet<Family>,
    place: &Place,
) -> String {
    let family = families.first().copied();
    let of_family = match family {
        Some(Family::Bool) => Some(KeyKind::Bool),
        Some(Family::Numeric) => Some(KeyKind::Numeric),
        Some(Family::Date) => Some(KeyKind::Date),
        Some(Family::Ip) => Some(KeyKind::IpAddress),
        Some(Family::Arn) => Some(KeyKind::Arn),
        _ => None,
    };
    let (partition, account) = (&place.partition, &place.account);
    match (lower, kind.or(of_family)) {
        ("aws:principalarn", _) => format!("arn:{partition}:iam::{account}:user/alice"),
        ("aws:username", _) => "alice".to_owned(),
        ("aws:userid", _) => "AIDAEXAMPLEALICE00001".to_owned(),
        ("aws:principalaccount" | "aws:resourceaccount" | "aws:sourceaccount", _) => {
            account.clone()
        }
        ("aws:requestedregion", _) => "us-east-1".to_owned(),
        (_, Some(KeyKind::Arn)) => format!("arn:{partition}:iam::{account}:user/alice"),
        (_, Some(KeyKind::Bool)) => "true".to_owned(),
        (_, Some(KeyKind::Numeric)) => "1".to_owned(),
        (_, Some(KeyKind::Date)) => "2026-01-01T00:00:00Z".to_owned(),
        (_, Some(KeyKind::IpAddress)) => "198.51.100.7".to_owned(),
        _ => "example".to_owned(),
    }
}
