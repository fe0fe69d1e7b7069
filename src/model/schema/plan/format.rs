//! Texts that must have a certain form.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::schema::Format;

/// Says what is wrong with a text, in the words of the AWS provider.
pub(super) fn check(format: Format, text: &str) -> Option<String> {
    match format {
        Format::Ipv4Cidr => cidr(text, "IPv4", IpAddr::is_ipv4),
        Format::Ipv6Cidr => cidr(text, "IPv6", IpAddr::is_ipv6),
    }
}

/// Only what is written like an address is judged here. Anything else, such as the answer of a web service with its line
/// break, is left to AWS: recorded plans hold such texts.
fn cidr(text: &str, family: &str, is_family: impl Fn(&IpAddr) -> bool) -> Option<String> {
    let like_an_address = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '/');
    if !text.is_empty() && !text.chars().all(like_an_address) {
        return None;
    }
    let parsed = text.split_once('/').and_then(|(address, length)| {
        let address: IpAddr = address.parse().ok()?;
        let length = length
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| length.parse().ok())??;
        Some((address, length, network(address, length)?))
    });
    let Some((address, length, network)) = parsed else {
        return Some(format!(
            "\"{text}\" is not a valid CIDR block: invalid CIDR address: {text}"
        ));
    };
    if !is_family(&address) {
        return Some(format!("\"{text}\" is not a valid {family} CIDR block"));
    }
    (address != network).then(|| {
        format!(
            "\"{text}\" is not a valid {family} CIDR block; did you mean \"{network}/{length}\"?"
        )
    })
}

/// Returns the address without host bits.
fn network(address: IpAddr, length: u32) -> Option<IpAddr> {
    match address {
        IpAddr::V4(a) => {
            let host = 32_u32.checked_sub(length)?;
            let mask = u32::MAX.checked_shl(host).unwrap_or(0);
            Some(IpAddr::V4(Ipv4Addr::from(u32::from(a) & mask)))
        }
        IpAddr::V6(a) => {
            let host = 128_u32.checked_sub(length)?;
            let mask = u128::MAX.checked_shl(host).unwrap_or(0);
            Some(IpAddr::V6(Ipv6Addr::from(u128::from(a) & mask)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_text(format: Format, text: &str, expected: Option<&str>) {
        assert_eq!(check(format, text).as_deref(), expected);
    }

    #[test]
    fn blocks_have_no_host_bits() {
        check_text(Format::Ipv4Cidr, "10.0.0.0/8", None);
        check_text(Format::Ipv4Cidr, "0.0.0.0/0", None);
        check_text(Format::Ipv6Cidr, "::/0", None);
        check_text(Format::Ipv4Cidr, "203.0.113.10\n/32", None);
        check_text(Format::Ipv6Cidr, "2001:db8::/56", None);
        let host = "\"10.0.0.1/8\" is not a valid IPv4 CIDR block; did you mean \"10.0.0.0/8\"?";
        check_text(Format::Ipv4Cidr, "10.0.0.1/8", Some(host));
        check_text(
            Format::Ipv4Cidr,
            "::/0",
            Some("\"::/0\" is not a valid IPv4 CIDR block"),
        );
        for bad in ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "10.0.0.0//8"] {
            let expected =
                format!("\"{bad}\" is not a valid CIDR block: invalid CIDR address: {bad}");
            check_text(Format::Ipv4Cidr, bad, Some(&expected));
        }
    }
}
