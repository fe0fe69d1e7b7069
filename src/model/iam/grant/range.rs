//! Address ranges.

use std::net::IpAddr;

use super::arn::has_symbol;

/// A range of IPv4 or IPv6 addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    first: u128,
    bits: u32,
    width: u32,
}

impl Range {
    /// Reads an address or a range.
    ///
    /// # Errors
    /// Says what is wrong with it, in a sentence without a full stop.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (address, bits) = match text.split_once('/') {
            Some((a, b)) => (a, Some(b)),
            None => (text, None),
        };
        let wrong = || format!("\"{text}\" is no IP address or range");
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let (first, width) = match address {
            IpAddr::V4(a) => (u128::from(a.to_bits()), 32),
            IpAddr::V6(a) => (a.to_bits(), 128),
        };
        let bits = match bits {
            None => width,
            Some(b) if !b.is_empty() && b.bytes().all(|c| c.is_ascii_digit()) => {
                b.parse().map_err(|_| wrong())?
            }
            Some(_) => return Err(wrong()),
        };
        if bits > width {
            return Err(wrong());
        }
        let range = Self { first, bits, width };
        if first & range.host_mask() != 0 {
            return Err(format!(
                "\"{text}\" names an address within its range, which leaves open which of both is meant"
            ));
        }
        Ok(range)
    }

    fn host_mask(self) -> u128 {
        let host = self.width - self.bits;
        if host == 0 {
            0
        } else {
            u128::MAX >> (128 - host)
        }
    }

    /// Tells whether all addresses of another range are in this one.
    pub(super) fn covers(self, other: Self) -> bool {
        self.width == other.width
            && self.bits <= other.bits
            && other.first & !self.host_mask() == self.first
    }
}

/// Writes a range as policies have it: with its prefix length. Texts with symbols stay.
pub(super) fn written(text: &str) -> String {
    match (has_symbol(text), text.contains('/'), text.contains(':')) {
        (_, true, _) => text.to_owned(),
        (true, false, _) => format!("{text}/32"),
        (false, false, true) => format!("{text}/128"),
        (false, false, false) => format!("{text}/32"),
    }
}

/// Tells whether a range lies in another; ranges with symbols lie in equal ones only.
pub(super) fn text_covers(outer: &str, inner: &str) -> bool {
    match (Range::parse(outer), Range::parse(inner)) {
        (Ok(outer), Ok(inner)) => outer.covers(inner),
        _ => outer == inner,
    }
}

/// Tells whether a range holds only addresses that never show as the source of a call to AWS: private ones, loopback,
/// link-local. Such calls come through a VPC endpoint, where the key `aws:SourceIp` is absent.
pub(super) fn is_private(text: &str) -> bool {
    const PRIVATE: [&str; 8] = [
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
    ];
    PRIVATE.iter().any(|p| text_covers(p, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_strictly() {
        assert!(
            Range::parse("10.0.0.0/8").is_ok()
                && Range::parse("10.0.0.1").is_ok()
                && Range::parse("::/0").is_ok()
        );
        for wrong in [
            "10.0.0.1/8",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0",
            "x",
            "",
            "2001:db8::1/32",
        ] {
            assert!(Range::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_range_covers_its_parts() {
        assert!(text_covers("10.0.0.0/8", "10.1.2.3/32") && text_covers("0.0.0.0/0", "10.0.0.0/8"));
        assert!(
            !text_covers("10.0.0.0/8", "11.0.0.0/8") && !text_covers("10.0.0.0/16", "10.0.0.0/8")
        );
        assert!(!text_covers("0.0.0.0/0", "::/0") && text_covers("${a.b}/32", "${a.b}/32"));
        assert!(
            is_private("10.2.0.0/16") && !is_private("0.0.0.0/0") && !is_private("203.0.113.0/24")
        );
    }
}
