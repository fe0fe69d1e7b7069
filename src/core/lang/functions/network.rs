//! Functions of IP networks.

use std::net::{Ipv4Addr, Ipv6Addr};

use bastionless_model::value::{Type, Value};

use super::function::{
    Args, Function, FunctionError, Parameter,
    ParameterType::{Number as Num, String as Text, Strings},
    Returns::Always,
};

type Result<T = Value> = std::result::Result<T, FunctionError>;

const PREFIX: Parameter = Parameter::new("prefix", Text);

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "cidrhost",
        "Returns the address of a host by its number in a network; a negative number counts from the end.",
        &[PREFIX, Parameter::new("hostnum", Num)],
        Always(Text),
        cidrhost,
    )
    .examples(&[("cidrhost(\"10.12.112.0/20\", 16)", "\"10.12.112.16\""), ("cidrhost(\"10.0.0.0/24\", -2)", "\"10.0.0.254\"")]),
    Function::new("cidrnetmask", "Returns the netmask of an IPv4 network.", &[PREFIX], Always(Text), |a| {
        let net = parse(a.text(0)).map_err(FunctionError::new)?;
        if !net.is_v4() {
            return Err(FunctionError::new(format!("IPv6 addresses cannot have a netmask: {}", a.text(0))));
        }
        Ok(show(net.mask(net.length), net.bits).into())
    })
    .examples(&[("cidrnetmask(\"172.16.0.0/12\")", "\"255.240.0.0\"")]),
    Function::new(
        "cidrsubnet",
        "Returns a part of a network: so many bits longer, by its number.",
        &[PREFIX, Parameter::new("newbits", Num), Parameter::new("netnum", Num)],
        Always(Text),
        cidrsubnet,
    )
    .examples(&[("cidrsubnet(\"10.1.2.0/24\", 4, 15)", "\"10.1.2.240/28\"")]),
    Function::new("cidrsubnets", "Splits a network into parts one after another.", &[PREFIX], Always(Strings), cidrsubnets)
        .variadic(Parameter::new("newbits", Num))
        .examples(&[("cidrsubnets(\"10.1.0.0/16\", 4, 8)", "[\"10.1.0.0/20\", \"10.1.16.0/24\"]")]),
];

#[derive(Clone, Copy)]
struct Network {
    address: u128,
    /// 32 or 128.
    bits: u32,
    length: u32,
}

impl Network {
    /// Makes a mask of so many ones.
    fn mask(self, length: u32) -> u128 {
        let all = u128::MAX >> (128 - self.bits);
        let hosts = if length >= self.bits {
            0
        } else {
            all >> length
        };
        all & !hosts
    }

    /// Tells whether it is IPv4, be it written as IPv6.
    fn is_v4(self) -> bool {
        self.bits == 32 || self.address >> 32 == 0xffff
    }

    fn last(self) -> u128 {
        self.address | (u128::MAX >> (128 - self.bits)) & !self.mask(self.length)
    }

    fn with_length(self, address: u128, length: u32) -> Self {
        Self {
            address: address & self.mask(length),
            length,
            ..self
        }
    }

    fn show(self) -> String {
        let mapped = self.bits == 128 && self.address >> 32 == 0xffff && self.length >= 96;
        let length = if mapped {
            self.length - 96
        } else {
            self.length
        };
        format!("{}/{length}", show(self.address, self.bits))
    }
}

fn show(address: u128, bits: u32) -> String {
    let v6 = Ipv6Addr::from(address);
    let v4 = if bits == 32 {
        u32::try_from(address).ok().map(Ipv4Addr::from)
    } else {
        v6.to_ipv4_mapped()
    };
    v4.map_or_else(|| v6.to_string(), |v4| v4.to_string())
}

fn parse(text: &str) -> std::result::Result<Network, String> {
    let wrong = || format!("invalid CIDR expression: invalid CIDR address: {text}");
    let (address, length) = text.split_once('/').ok_or_else(wrong)?;
    let (address, bits) = if address.contains(':') {
        (
            address
                .parse::<Ipv6Addr>()
                .map(u128::from)
                .map_err(|_| wrong())?,
            128,
        )
    } else {
        (parse_v4(address).ok_or_else(wrong)?, 32)
    };
    let digits = !length.is_empty() && length.bytes().all(|b| b.is_ascii_digit());
    let length = length
        .parse::<u32>()
        .ok()
        .filter(|n| digits && *n <= bits)
        .ok_or_else(wrong)?;
    let network = Network {
        address,
        bits,
        length,
    };
    Ok(network.with_length(address, length))
}

/// Reads four decimal numbers, with zeros in front as they may be.
fn parse_v4(text: &str) -> Option<u128> {
    let parts: Vec<&str> = text.split('.').collect();
    if parts.len() != 4 {
        return None;
    }
    parts.into_iter().try_fold(0u128, |n, part| {
        let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let octet = part.parse::<u32>().ok().filter(|o| digits && *o < 256)?;
        Some(n << 8 | u128::from(octet))
    })
}

/// Returns a whole number of up to 127 bits.
fn whole(args: &Args<'_>, i: usize) -> Result<i128> {
    let number = args.get(i).as_number().filter(|n| n.is_whole());
    let text = number.map(ToString::to_string);
    text.and_then(|t| t.parse().ok())
        .ok_or_else(|| FunctionError::new("value must be a whole number"))
}

fn cidrhost(args: &Args<'_>) -> Result {
    let number = whole(args, 1)?;
    let net = parse(args.text(0)).map_err(FunctionError::new)?;
    let hosts = net.bits - net.length;
    let max = if hosts == 128 {
        u128::MAX
    } else {
        (1 << hosts) - 1
    };
    // Negative numbers count from the last host.
    let back = number.unsigned_abs().saturating_sub(1);
    let index = if number < 0 {
        max.checked_sub(back)
    } else {
        u128::try_from(number).ok()
    };
    let host = index.filter(|i| *i <= max).ok_or_else(|| {
        let shown = if number < 0 {
            number + i128::try_from(max).unwrap_or(i128::MAX) + 1
        } else {
            number
        };
        FunctionError::new(format!(
            "prefix of {} does not accommodate a host numbered {shown}",
            net.length
        ))
    })?;
    // Terraform takes IPv4 addresses written as IPv6 for 32 bits of 128.
    let shift = if net.bits == 128 && net.is_v4() {
        96
    } else {
        0
    };
    Ok(show(net.address | host << shift, net.bits).into())
}

fn cidrsubnet(args: &Args<'_>) -> Result {
    let extra = args.int(1)?;
    let number = whole(args, 2)?;
    let net = parse(args.text(0)).map_err(FunctionError::new)?;
    let length = i64::from(net.length) + extra;
    if length > i64::from(net.bits) {
        let message = format!(
            "insufficient address space to extend prefix of {} by {extra}",
            net.length
        );
        return Err(FunctionError::new(message));
    }
    // The very words of Terraform for a prefix of less than nothing.
    let Ok(length) = u32::try_from(length) else {
        return Ok("<nil>".into());
    };
    let max = match u32::try_from(extra) {
        Ok(n) if n < 64 => (1u128 << n) - 1,
        // Terraform compares 64 bits only.
        _ => u128::MAX,
    };
    let index = number.unsigned_abs();
    if index > max {
        let message =
            format!("prefix extension of {extra} does not accommodate a subnet numbered {number}");
        return Err(FunctionError::new(message));
    }
    let shifted = index.checked_shl(net.bits - length).unwrap_or(0);
    let address = if number < 0 {
        // As two's complement of which the amount is taken.
        (net.address | shifted.wrapping_neg()).wrapping_neg() & (u128::MAX >> (128 - net.bits))
    } else {
        net.address | shifted
    };
    Ok(Network {
        address,
        length,
        ..net
    }
    .show()
    .into())
}

fn cidrsubnets(args: &Args<'_>) -> Result {
    let net = parse(args.text(0)).map_err(|m| FunctionError::argument(0, m))?;
    let mut out = Vec::new();
    // The next free address; `None` behind the last one of all.
    // Terraform steps back from the first address before it goes on, and cannot from nought.
    let mut free = (net.address != 0).then_some(net.address);
    let mut current: Option<Network> = None;
    for i in 1..args.values.len() {
        let wrong = |m: String| FunctionError::argument(i, m);
        let extra = args.int(i).map_err(|e| wrong(e.message))?;
        if extra < 1 {
            return Err(wrong("must extend prefix by at least one bit".into()));
        }
        let extra = u32::try_from(extra).ok().filter(|e| *e <= 32);
        let extra =
            extra.ok_or_else(|| wrong("may not extend prefix by more than 32 bits".into()))?;
        let length = net.length + extra;
        if length > net.bits {
            let protocol = if net.bits == 32 { "IPv4" } else { "IPv6" };
            return Err(wrong(format!(
                "would extend prefix to {length} bits, which is too long for an {protocol} address"
            )));
        }
        let size = 1u128.checked_shl(net.bits - length).unwrap_or(0);
        // Rounded up to the next boundary.
        let begin = free
            .and_then(|f| f.checked_add(size - 1))
            .map(|f| f & net.mask(length));
        let next = begin.filter(|b| *b <= net.last() && *b & net.mask(net.length) == net.address);
        let Some(begin) = next else {
            let after = current
                .unwrap_or(net.with_length(net.address.wrapping_sub(1), length))
                .show();
            return Err(wrong(format!(
                "not enough remaining address space for a subnet with a prefix of {length} bits after {after}"
            )));
        };
        let subnet = net.with_length(begin, length);
        free = subnet.last().checked_add(1);
        current = Some(subnet);
        out.push(Value::from(subnet.show()));
    }
    Ok(Value::list(Type::String, out))
}
