//! Texts in character sets.

use base64::{Engine, engine::general_purpose::STANDARD};
use bastionless_model::value::{Value, quote};
use encoding_rs::Encoding;

use super::{
    encoding::{LENIENT, without_line_ends},
    function::{
        Args, Function, FunctionError, Parameter, ParameterType::String as Text, Returns::Always,
    },
};

type Result<T = Value> = std::result::Result<T, FunctionError>;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "textdecodebase64",
        "Decodes base64 to a text in a character set.",
        &[
            Parameter::new("source", Text),
            Parameter::new("encoding", Text),
        ],
        Always(Text),
        textdecode,
    )
    .examples(&[("textdecodebase64(\"SABpAA==\", \"UTF-16LE\")", "\"Hi\"")]),
    Function::new(
        "textencodebase64",
        "Encodes a text in a character set as base64.",
        &[
            Parameter::new("string", Text),
            Parameter::new("encoding", Text),
        ],
        Always(Text),
        textencode,
    )
    .examples(&[("textencodebase64(\"Hi\", \"UTF-16LE\")", "\"SABpAA==\"")]),
];

/// How a character set is to be read and written.
#[derive(Clone, Copy)]
enum Coding {
    Utf16 {
        big: bool,
        mark: bool,
    },
    /// The first 256 characters of Unicode.
    Latin1,
    /// ASCII and these 128 characters.
    Upper(&'static str),
    /// A coding of the Web by its label there.
    Web(&'static str),
}

const IBM437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// Names of IANA, the first one of each being that of messages, with their codings.
const CHARSETS: &[(&[&str], Coding)] = &[
    (
        &[
            "US-ASCII",
            "iso-ir-6",
            "ANSI_X3.4-1968",
            "ANSI_X3.4-1986",
            "ISO_646.irv:1991",
            "ISO646-US",
            "us",
            "IBM367",
            "cp367",
            "csASCII",
        ],
        Coding::Upper(""),
    ),
    (&["UTF-8", "csUTF8"], Coding::Web("utf-8")),
    (
        &["UTF-16", "csUTF16"],
        Coding::Utf16 {
            big: true,
            mark: true,
        },
    ),
    (
        &["UTF-16BE", "csUTF16BE"],
        Coding::Utf16 {
            big: true,
            mark: false,
        },
    ),
    (
        &["UTF-16LE", "csUTF16LE"],
        Coding::Utf16 {
            big: false,
            mark: false,
        },
    ),
    (
        &[
            "ISO_8859-1:1987",
            "iso-ir-100",
            "ISO_8859-1",
            "ISO-8859-1",
            "latin1",
            "l1",
            "IBM819",
            "CP819",
            "csISOLatin1",
        ],
        Coding::Latin1,
    ),
    (
        &[
            "ISO_8859-2:1987",
            "iso-ir-101",
            "ISO_8859-2",
            "ISO-8859-2",
            "latin2",
            "l2",
            "csISOLatin2",
        ],
        Coding::Web("iso-8859-2"),
    ),
    (
        &[
            "ISO_8859-3:1988",
            "iso-ir-109",
            "ISO_8859-3",
            "ISO-8859-3",
            "latin3",
            "l3",
            "csISOLatin3",
        ],
        Coding::Web("iso-8859-3"),
    ),
    (
        &[
            "ISO_8859-4:1988",
            "iso-ir-110",
            "ISO_8859-4",
            "ISO-8859-4",
            "latin4",
            "l4",
            "csISOLatin4",
        ],
        Coding::Web("iso-8859-4"),
    ),
    (
        &[
            "ISO_8859-5:1988",
            "iso-ir-144",
            "ISO_8859-5",
            "ISO-8859-5",
            "cyrillic",
            "csISOLatinCyrillic",
        ],
        Coding::Web("iso-8859-5"),
    ),
    (
        &[
            "ISO_8859-6:1987",
            "iso-ir-127",
            "ISO_8859-6",
            "ISO-8859-6",
            "ECMA-114",
            "ASMO-708",
            "arabic",
            "csISOLatinArabic",
        ],
        Coding::Web("iso-8859-6"),
    ),
    (
        &[
            "ISO_8859-7:1987",
            "iso-ir-126",
            "ISO_8859-7",
            "ISO-8859-7",
            "ELOT_928",
            "ECMA-118",
            "greek",
            "greek8",
            "csISOLatinGreek",
        ],
        Coding::Web("iso-8859-7"),
    ),
    (
        &[
            "ISO_8859-8:1988",
            "iso-ir-138",
            "ISO_8859-8",
            "ISO-8859-8",
            "hebrew",
            "csISOLatinHebrew",
        ],
        Coding::Web("iso-8859-8"),
    ),
    (
        &[
            "ISO-8859-10",
            "iso-ir-157",
            "l6",
            "ISO_8859-10:1992",
            "csISOLatin6",
            "latin6",
        ],
        Coding::Web("iso-8859-10"),
    ),
    (&["ISO-8859-13", "csISO885913"], Coding::Web("iso-8859-13")),
    (
        &[
            "ISO-8859-14",
            "iso-ir-199",
            "ISO_8859-14:1998",
            "ISO_8859-14",
            "latin8",
            "iso-celtic",
            "l8",
            "csISO885914",
        ],
        Coding::Web("iso-8859-14"),
    ),
    (
        &["ISO-8859-15", "ISO_8859-15", "Latin-9", "csISO885915"],
        Coding::Web("iso-8859-15"),
    ),
    (
        &[
            "ISO-8859-16",
            "iso-ir-226",
            "ISO_8859-16:2001",
            "ISO_8859-16",
            "latin10",
            "l10",
            "csISO885916",
        ],
        Coding::Web("iso-8859-16"),
    ),
    (
        &["IBM437", "cp437", "437", "csPC8CodePage437"],
        Coding::Upper(IBM437),
    ),
    (
        &["IBM866", "cp866", "866", "csIBM866"],
        Coding::Web("ibm866"),
    ),
    (&["KOI8-R", "csKOI8R"], Coding::Web("koi8-r")),
    (&["KOI8-U", "csKOI8U"], Coding::Web("koi8-u")),
    (
        &["macintosh", "mac", "csMacintosh"],
        Coding::Web("macintosh"),
    ),
    (&["windows-874", "cswindows874"], Coding::Web("windows-874")),
    (
        &["windows-1250", "cswindows1250"],
        Coding::Web("windows-1250"),
    ),
    (
        &["windows-1251", "cswindows1251"],
        Coding::Web("windows-1251"),
    ),
    (
        &["windows-1252", "cswindows1252"],
        Coding::Web("windows-1252"),
    ),
    (
        &["windows-1253", "cswindows1253"],
        Coding::Web("windows-1253"),
    ),
    (
        &["windows-1254", "cswindows1254"],
        Coding::Web("windows-1254"),
    ),
    (
        &["windows-1255", "cswindows1255"],
        Coding::Web("windows-1255"),
    ),
    (
        &["windows-1256", "cswindows1256"],
        Coding::Web("windows-1256"),
    ),
    (
        &["windows-1257", "cswindows1257"],
        Coding::Web("windows-1257"),
    ),
    (
        &["windows-1258", "cswindows1258"],
        Coding::Web("windows-1258"),
    ),
    (
        &["GBK", "CP936", "MS936", "windows-936", "csGBK"],
        Coding::Web("gbk"),
    ),
    (&["GB18030", "csGB18030"], Coding::Web("gb18030")),
    (&["Big5", "csBig5"], Coding::Web("big5")),
    (
        &[
            "Extended_UNIX_Code_Packed_Format_for_Japanese",
            "EUC-JP",
            "csEUCPkdFmtJapanese",
        ],
        Coding::Web("euc-jp"),
    ),
    (&["ISO-2022-JP", "csISO2022JP"], Coding::Web("iso-2022-jp")),
    (
        &["Shift_JIS", "MS_Kanji", "csShiftJIS"],
        Coding::Web("shift_jis"),
    ),
    (&["EUC-KR", "csEUCKR"], Coding::Web("euc-kr")),
];

/// Finds a character set; returns the name that messages use.
fn charset(args: &Args<'_>) -> Result<(&'static str, Coding)> {
    let name = args.text(1);
    let found = CHARSETS
        .iter()
        .find(|(names, _)| names.iter().any(|n| n.eq_ignore_ascii_case(name)));
    match found.and_then(|(names, coding)| Some((*names.first()?, *coding))) {
        Some(found) => Ok(found),
        None => {
            let message = format!(
                "{} is not a supported IANA encoding name or alias in this Terraform version",
                quote(name)
            );
            Err(FunctionError::argument(1, message))
        }
    }
}

fn web(label: &str) -> &'static Encoding {
    Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::UTF_8)
}

fn textencode(args: &Args<'_>) -> Result {
    let text = args.text(0);
    let (name, coding) = charset(args)?;
    let lossy = || {
        let message =
            format!("the given string contains characters that cannot be represented in {name}");
        FunctionError::argument(0, message)
    };
    let bytes: Vec<u8> = match coding {
        Coding::Utf16 { big, mark } => {
            let units = mark
                .then_some(0xfeff)
                .into_iter()
                .chain(text.encode_utf16());
            units
                .flat_map(|u: u16| {
                    if big {
                        u.to_be_bytes()
                    } else {
                        u.to_le_bytes()
                    }
                })
                .collect()
        }
        Coding::Latin1 => text
            .chars()
            .map(|c| u8::try_from(u32::from(c)).map_err(|_| lossy()))
            .collect::<Result<_>>()?,
        Coding::Upper(upper) => {
            let byte = |c: char| match u8::try_from(u32::from(c)) {
                Ok(b) if b.is_ascii() => Ok(b),
                _ => upper
                    .chars()
                    .zip(128..=255u8)
                    .find(|(u, _)| *u == c)
                    .map(|(_, b)| b)
                    .ok_or_else(lossy),
            };
            text.chars().map(byte).collect::<Result<_>>()?
        }
        Coding::Web(label) => match web(label).encode(text) {
            (bytes, _, false) => bytes.into_owned(),
            _ => return Err(lossy()),
        },
    };
    Ok(STANDARD.encode(bytes).into())
}

fn textdecode(args: &Args<'_>) -> Result {
    let (name, coding) = charset(args)?;
    let source = args.text(0);
    let bytes = LENIENT.decode(without_line_ends(source)).map_err(|e| {
        let at = match e {
            base64::DecodeError::InvalidByte(at, _)
            | base64::DecodeError::InvalidLastSymbol { offset: at, .. } => at,
            _ => source.len() / 4 * 4,
        };
        FunctionError::argument(
            0,
            format!("the given value is has an invalid base64 symbol at offset {at}"),
        )
    })?;
    let wrong = || {
        let message = format!("the given string contains symbols that are not defined for {name}");
        FunctionError::argument(0, message)
    };
    let text = match coding {
        Coding::Latin1 => bytes.iter().map(|b| char::from(*b)).collect(),
        Coding::Upper(upper) => {
            let all = |b: &u8| {
                if b.is_ascii() {
                    Some(char::from(*b))
                } else {
                    upper.chars().nth(usize::from(*b) - 128)
                }
            };
            bytes
                .iter()
                .map(all)
                .collect::<Option<String>>()
                .ok_or_else(wrong)?
        }
        Coding::Utf16 { mut big, mark } => {
            let mut units = bytes.as_slice();
            if mark && let Some(rest) = units.strip_prefix(&[0xfe, 0xff]) {
                units = rest;
            } else if mark && let Some(rest) = units.strip_prefix(&[0xff, 0xfe]) {
                (units, big) = (rest, false);
            }
            let pair = |c: &[u8]| match c {
                [a, b] if big => Some(u16::from_be_bytes([*a, *b])),
                [a, b] => Some(u16::from_le_bytes([*a, *b])),
                _ => None,
            };
            let pairs = units.chunks(2).map(pair).collect::<Option<Vec<u16>>>();
            String::from_utf16(&pairs.ok_or_else(wrong)?).map_err(|_| wrong())?
        }
        Coding::Web(label) => {
            let text = web(label)
                .decode_without_bom_handling_and_without_replacement(&bytes)
                .ok_or_else(wrong)?;
            // The Web gives control characters to bytes that have no character in Windows sets.
            let undefined = |c: char| ('\u{80}'..='\u{9f}').contains(&c);
            if label.starts_with("windows") && text.contains(undefined) {
                return Err(wrong());
            }
            text.into_owned()
        }
    };
    Ok(text.into())
}
