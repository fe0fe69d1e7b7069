//! Condition operators.

use std::fmt;

/// A condition operator with its quantifier and suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Operator {
    /// The operator proper.
    pub base: Base,
    /// Whether `IfExists` follows: true where the key is missing.
    pub if_exists: bool,
    /// How the values of a key that has several are taken together.
    pub quantifier: Quantifier,
}

/// How the values of the request's key are taken together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quantifier {
    /// No prefix.
    #[default]
    None,
    /// `ForAllValues:`, true also where the key is missing or empty.
    ForAll,
    /// `ForAnyValue:`, false where the key is missing or empty.
    ForAny,
}

/// What an operator compares as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// Texts, of which some operators know wildcards.
    String,
    /// Decimal numbers.
    Numeric,
    /// Points in time.
    Date,
    /// Truth values.
    Bool,
    /// Base64 text.
    Binary,
    /// Addresses and networks.
    Ip,
    /// ARNs, segment by segment.
    Arn,
    /// Whether the key is there.
    Null,
}

macro_rules! bases {
    ($($name:ident $family:ident $negated:literal,)*) => {
        /// The operators. `Not…` operators hold where none of the values matches.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "their names are AWS's")]
        pub enum Base { $($name,)* }

        impl Base {
            /// All operators.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns the operator as policies write it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// Returns what it compares as.
            pub fn family(self) -> Family {
                match self { $(Self::$name => Family::$family,)* }
            }

            /// Tells whether it holds where no value matches.
            pub fn is_negated(self) -> bool {
                match self { $(Self::$name => $negated,)* }
            }
        }
    };
}

bases! {
    StringEquals String false,
    StringNotEquals String true,
    StringEqualsIgnoreCase String false,
    StringNotEqualsIgnoreCase String true,
    StringLike String false,
    StringNotLike String true,
    NumericEquals Numeric false,
    NumericNotEquals Numeric true,
    NumericLessThan Numeric false,
    NumericLessThanEquals Numeric false,
    NumericGreaterThan Numeric false,
    NumericGreaterThanEquals Numeric false,
    DateEquals Date false,
    DateNotEquals Date true,
    DateLessThan Date false,
    DateLessThanEquals Date false,
    DateGreaterThan Date false,
    DateGreaterThanEquals Date false,
    Bool Bool false,
    BinaryEquals Binary false,
    IpAddress Ip false,
    NotIpAddress Ip true,
    ArnEquals Arn false,
    ArnLike Arn false,
    ArnNotEquals Arn true,
    ArnNotLike Arn true,
    Null Null false,
}

impl Operator {
    /// Reads an operator. Letter case does not matter. `None` if AWS has no such operator (`Null` takes neither `IfExists` nor
    /// a quantifier).
    pub fn parse(text: &str) -> Option<Self> {
        let (quantifier, rest) = match text.split_once(':') {
            None => (Quantifier::None, text),
            Some((q, rest)) if q.eq_ignore_ascii_case("ForAllValues") => (Quantifier::ForAll, rest),
            Some((q, rest)) if q.eq_ignore_ascii_case("ForAnyValue") => (Quantifier::ForAny, rest),
            Some(_) => return None,
        };
        let (name, if_exists) = match rest
            .len()
            .checked_sub("IfExists".len())
            .and_then(|n| rest.split_at_checked(n))
        {
            Some((name, end)) if end.eq_ignore_ascii_case("IfExists") => (name, true),
            _ => (rest, false),
        };
        let base = *Base::ALL
            .iter()
            .find(|b| b.name().eq_ignore_ascii_case(name))?;
        let operator = Self {
            base,
            if_exists,
            quantifier,
        };
        (base != Base::Null || (!if_exists && quantifier == Quantifier::None)).then_some(operator)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quantifier = match self.quantifier {
            Quantifier::None => "",
            Quantifier::ForAll => "ForAllValues:",
            Quantifier::ForAny => "ForAnyValue:",
        };
        let suffix = if self.if_exists { "IfExists" } else { "" };
        write!(f, "{quantifier}{}{suffix}", self.base.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_printed() {
        for text in [
            "StringEquals",
            "ForAllValues:StringNotLikeIfExists",
            "ForAnyValue:ArnLike",
            "Null",
            "NotIpAddressIfExists",
        ] {
            assert_eq!(Operator::parse(text).unwrap().to_string(), text);
        }
        let loud = Operator::parse("FORANYVALUE:stringequalsIFEXISTS").unwrap();
        assert_eq!(loud.to_string(), "ForAnyValue:StringEqualsIfExists");
        for text in [
            "",
            "IfExists",
            "StringEqual",
            "ForSomeValues:StringLike",
            "NullIfExists",
            "ForAnyValue:Null",
            "Stringé",
        ] {
            assert_eq!(Operator::parse(text), None, "{text}");
        }
    }

    #[test]
    fn negation_shows_in_the_name() {
        for base in Base::ALL {
            assert_eq!(base.is_negated(), base.name().contains("Not"), "{base:?}");
        }
    }
}
