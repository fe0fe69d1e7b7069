//! Logarithms and powers to the last bit as Go computes them on x86-64, since values are compared by all their digits.

/// Returns the natural logarithm: the method of FreeBSD's `e_log.c`, which Go's `math.Log` follows.
pub(super) fn log(x: f64) -> f64 {
    const LN2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    const ODD: [f64; 4] = [
        6.666_666_666_666_735e-1,
        2.857_142_874_366_239e-1,
        1.818_357_216_161_805e-1,
        1.479_819_860_511_658_6e-1,
    ];
    const EVEN: [f64; 3] = [
        3.999_999_999_940_942e-1,
        2.222_219_843_214_978_4e-1,
        1.531_383_769_920_937_3e-1,
    ];
    if x.is_nan() || x == f64::INFINITY || x <= 0.0 {
        return x.ln();
    }
    let (mut fraction, mut exponent) = split_exponent(x);
    if fraction < std::f64::consts::FRAC_1_SQRT_2 {
        fraction *= 2.0;
        exponent -= 1;
    }
    let f = fraction - 1.0;
    // At most four digits.
    let k = exponent as f64;
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let t1 = s2 * (ODD[0] + s4 * (ODD[1] + s4 * (ODD[2] + s4 * ODD[3])));
    let t2 = s4 * (EVEN[0] + s4 * (EVEN[1] + s4 * EVEN[2]));
    let half = 0.5 * f * f;
    k * LN2_HIGH - ((half - (s * (half + (t1 + t2)) + k * LN2_LOW)) - f)
}

/// Returns *e* to a power: a Taylor series of a sixteenth of the remainder, with fused operations (Shibata 2010), as `math.Exp` does.
fn exp(x: f64) -> f64 {
    const LN2_UPPER: f64 = 0.693_147_180_559_662_956_511_601_805_686_950_683_593_75;
    const LN2_LOWER: f64 = 0.282_352_905_630_315_771_225_884_481_750_134_360_255_254_120_68e-12;
    const TERMS: [f64; 7] = [
        1.0,
        0.5,
        1.0 / 6.0,
        1.0 / 24.0,
        1.0 / 120.0,
        1.0 / 720.0,
        1.0 / 5040.0,
    ];
    if !x.is_finite() || x.abs() > 700.0 {
        return x.exp();
    }
    let whole = (x * std::f64::consts::LOG2_E).round_ties_even();
    let rest = (-LN2_LOWER).mul_add(whole, (-LN2_UPPER).mul_add(whole, x)) * 0.0625;
    let series = TERMS
        .iter()
        .rev()
        .fold(1.0 / 40_320.0, |sum: f64, term| sum.mul_add(rest, *term));
    let mut value = rest * series;
    for _ in 0..3 {
        value *= value + 2.0;
    }
    let value = value.mul_add(value + 2.0, 1.0);
    // At most 1010 as the argument is at most 700.
    value * 2f64.powi(whole as i32)
}

/// Raises by squaring, with the very roundings of Go.
pub(super) fn power(x: f64, y: f64) -> f64 {
    if x == 0.0
        || y == 0.0
        || x == 1.0
        || y == 1.0
        || !x.is_finite()
        || !y.is_finite()
        || y.abs() == 0.5
    {
        return x.powf(y);
    }
    let (mut whole, mut fraction) = (y.abs().trunc(), y.abs().fract());
    if (fraction != 0.0 && x < 0.0) || whole >= 9.2e18 {
        return x.powf(y);
    }
    let mut result = 1.0;
    let mut exponent = 0i64;
    if fraction != 0.0 {
        if fraction > 0.5 {
            fraction -= 1.0;
            whole += 1.0;
        }
        result = exp(fraction * log(x));
    }
    let (mut base, mut base_exponent) = split_exponent(x);
    // Whole and below 2^63, as checked above.
    let mut bits = whole as i64;
    while bits != 0 {
        if !(-4096..=4096).contains(&base_exponent) {
            exponent += base_exponent;
            break;
        }
        if bits & 1 == 1 {
            result *= base;
            exponent += base_exponent;
        }
        base *= base;
        base_exponent *= 2;
        if base < 0.5 {
            base += base;
            base_exponent -= 1;
        }
        bits >>= 1;
    }
    if y < 0.0 {
        result = 1.0 / result;
        exponent = -exponent;
    }
    let exponent = i32::try_from(exponent.clamp(-2200, 2200)).unwrap_or(0);
    result * 2f64.powi(exponent / 2) * 2f64.powi(exponent - exponent / 2)
}

/// Splits into a fraction from a half to one and a power of two.
fn split_exponent(x: f64) -> (f64, i64) {
    let (scaled, shift) = if x.abs() < f64::MIN_POSITIVE {
        (x * 2f64.powi(64), -64)
    } else {
        (x, 0)
    };
    let bits = scaled.to_bits();
    let exponent = i64::try_from((bits >> 52) & 0x7ff).unwrap_or(0) - 1022 + shift;
    (
        f64::from_bits((bits & !(0x7ff << 52)) | (1022 << 52)),
        exponent,
    )
}
