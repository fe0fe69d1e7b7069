//! Hashes, identifiers and decryption.

use base64::{Engine, engine::general_purpose::STANDARD};
use bastionless_model::value::Value;
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey, pkcs1::DecodeRsaPrivateKey, pkcs8::DecodePrivateKey};
use sha2::Digest;

use super::function::{
    Args, Function, FunctionError, Parameter,
    ParameterType::{Number as Num, String as Text},
    Returns::Always,
};

type Result<T = Value> = std::result::Result<T, FunctionError>;

const STR: Parameter = Parameter::new("str", Text);

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("base64sha256", "Returns the SHA-256 hash of a text as base64.", &[STR], Always(Text), |a| {
        Ok(STANDARD.encode(sha2::Sha256::digest(a.text(0))).into())
    })
    .examples(&[("base64sha256(\"\")", "\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"")]),
    Function::new("base64sha512", "Returns the SHA-512 hash of a text as base64.", &[STR], Always(Text), |a| {
        Ok(STANDARD.encode(sha2::Sha512::digest(a.text(0))).into())
    })
    .examples(&[(
        "base64sha512(\"test\")",
        "\"7iaw3Ur350mqGo7jwQrpkj9hiYB3Lkc/iBml1JQODbJ6wYX4oOHV+E+IvIh/1nsUNzLDBMxfqa2Ob1f1ACio/w==\"",
    )]),
    Function::new("bcrypt", "Returns a salted hash of a password.", &[STR], Always(Text), bcrypt)
        .variadic(Parameter::new("cost", Num))
        .impure(),
    Function::new("md5", "Returns the MD5 hash of a text.", &[STR], Always(Text), |a| {
        Ok(hex(&md5::Md5::digest(a.text(0))).into())
    })
    .examples(&[("md5(\"hello world\")", "\"5eb63bbbe01eeed093cb22bb8f5acdc3\"")]),
    Function::new(
        "rsadecrypt",
        "Decrypts a text with an RSA key.",
        &[Parameter::new("ciphertext", Text), Parameter::new("privatekey", Text)],
        Always(Text),
        rsadecrypt,
    ),
    Function::new("sha1", "Returns the SHA-1 hash of a text.", &[STR], Always(Text), |a| {
        Ok(hex(&sha1::Sha1::digest(a.text(0))).into())
    })
    .examples(&[("sha1(\"\")", "\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"")]),
    Function::new("sha256", "Returns the SHA-256 hash of a text.", &[STR], Always(Text), |a| {
        Ok(hex(&sha2::Sha256::digest(a.text(0))).into())
    })
    .examples(&[("sha256(\"\")", "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"")]),
    Function::new("sha512", "Returns the SHA-512 hash of a text.", &[STR], Always(Text), |a| {
        Ok(hex(&sha2::Sha512::digest(a.text(0))).into())
    })
    .examples(&[("substr(sha512(\"\"), 0, 16)", "\"cf83e1357eefb8bd\"")]),
    Function::new("uuid", "Returns a random UUID.", &[], Always(Text), |a| Ok(a.host.uuid().into())).impure(),
    Function::new(
        "uuidv5",
        "Returns the UUID of a name in a namespace.",
        &[Parameter::new("namespace", Text), Parameter::new("name", Text)],
        Always(Text),
        uuidv5,
    )
    .examples(&[("uuidv5(\"dns\", \"www.terraform.io\")", "\"a5008fae-b28c-5ba5-96cd-82b4c53552d6\"")]),
];

/// Writes bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn bcrypt(args: &Args<'_>) -> Result {
    if args.values.len() > 2 {
        return Err(FunctionError::new(
            "bcrypt() takes no more than two arguments",
        ));
    }
    let cost = if args.values.len() > 1 {
        args.int(1)?
    } else {
        10
    };
    let failed = |m: &str| FunctionError::new(format!("error occured generating password {m}"));
    if args.text(0).len() > 72 {
        return Err(failed("bcrypt: password length exceeds 72 bytes"));
    }
    // Too small a cost is the default.
    let cost = if cost < 4 { 10 } else { cost };
    let small = u32::try_from(cost).ok().filter(|c| *c <= 31);
    let cost = small.ok_or_else(|| {
        failed(&format!(
            "crypto/bcrypt: cost {cost} is outside allowed inclusive range 4..31"
        ))
    })?;
    let hash = bcrypt::hash_with_salt(args.text(0), cost, args.host.random_bytes())
        .map_err(|e| failed(&e.to_string()))?;
    Ok(hash.format_for_version(bcrypt::Version::TwoA).into())
}

fn rsadecrypt(args: &Args<'_>) -> Result {
    let (cipher, key) = (args.text(0), args.text(1));
    let bytes = STANDARD
        .decode(cipher.replace(['\r', '\n'], ""))
        .map_err(|_| {
            let message =
                format!("failed to decode input {cipher:?}: cipher text must be base64-encoded");
            FunctionError::argument(0, message)
        })?;
    if !key.contains("-----BEGIN") {
        return Err(FunctionError::argument(
            1,
            "invalid private key: ssh: no key found",
        ));
    }
    let key = RsaPrivateKey::from_pkcs1_pem(key)
        .or_else(|_| RsaPrivateKey::from_pkcs8_pem(key))
        .map_err(|e| FunctionError::argument(1, format!("invalid private key: {e}")))?;
    let plain = key
        .decrypt(Pkcs1v15Encrypt, &bytes)
        .map_err(|_| FunctionError::new("failed to decrypt: crypto/rsa: decryption error"))?;
    Ok(String::from_utf8_lossy(&plain).into_owned().into())
}

fn uuidv5(args: &Args<'_>) -> Result {
    let namespace = match args.text(0) {
        "dns" => uuid::Uuid::NAMESPACE_DNS,
        "url" => uuid::Uuid::NAMESPACE_URL,
        "oid" => uuid::Uuid::NAMESPACE_OID,
        "x500" => uuid::Uuid::NAMESPACE_X500,
        other => uuid::Uuid::parse_str(other).map_err(|_| {
            let why = match other.len() {
                32 | 36 | 38 | 45 => "invalid UUID format".to_owned(),
                length => format!("invalid UUID length: {length}"),
            };
            let message = format!("uuidv5() doesn't support namespace {other} ({why})");
            FunctionError::new(message)
        })?,
    };
    Ok(uuid::Uuid::new_v5(&namespace, args.text(1).as_bytes())
        .to_string()
        .into())
}
