//! Patterns of regular expressions: the syntax of RE2 rewritten for the `regex` crate, with RE2's error messages.

use regex::Regex;

/// A compiled pattern.
pub(super) struct Pattern {
    pub(super) regex: Regex,
    /// The names of the groups, in order; `None` for a group without.
    pub(super) groups: Vec<Option<String>>,
}

/// Compiles a pattern.
///
/// # Errors
/// Says what is wrong and where, such as `missing closing ] in [`.
pub(super) fn compile(pattern: &str) -> Result<Pattern, String> {
    let mut rewriter = Rewriter {
        whole: pattern,
        rest: pattern,
        out: String::new(),
        groups: Vec::new(),
    };
    rewriter.run().map_err(|e| e.0)?;
    let regex = regex::RegexBuilder::new(&rewriter.out)
        .size_limit(64 << 20)
        .build()
        .map_err(|_| format!("invalid character class range in {pattern}"))?;
    Ok(Pattern {
        regex,
        groups: rewriter.groups,
    })
}

struct Wrong(String);

fn wrong<T>(what: &str, place: &str) -> Result<T, Wrong> {
    Err(Wrong(format!("{what} in {place}")))
}

struct Rewriter<'a> {
    whole: &'a str,
    rest: &'a str,
    out: String,
    groups: Vec<Option<String>>,
}

/// Where the walk is.
struct State<'a> {
    /// How often the innermost part of each open group is repeated at most.
    groups: Vec<u64>,
    /// The same of what stands just before, where that can be repeated.
    atom: Option<u64>,
    /// The text from the last repetition on, while nothing stands behind it.
    last_repeat: Option<&'a str>,
}

impl State<'_> {
    fn found(&mut self, times: u64) {
        self.atom = Some(times);
        if let Some(most) = self.groups.last_mut() {
            *most = (*most).max(times);
        }
    }
}

const ESCAPE: &str = "invalid escape sequence";
const RANGE: &str = "invalid character class range";
const REPEAT: &str = "invalid repeat count";

impl<'a> Rewriter<'a> {
    /// Walks over the pattern.
    fn run(&mut self) -> Result<(), Wrong> {
        let mut state = State {
            groups: vec![1],
            atom: None,
            last_repeat: None,
        };
        while let Some(c) = self.rest.chars().next() {
            let before = self.rest;
            let repeat = match c {
                '*' | '+' | '?' => {
                    self.take(c);
                    Some((c.to_string(), 1))
                }
                '{' => self.counts()?,
                _ => None,
            };
            match repeat {
                Some((operator, count)) => self.repeat(&mut state, before, &operator, count)?,
                None => {
                    state.last_repeat = None;
                    self.atom(&mut state, c)?;
                }
            }
        }
        if state.groups.len() > 1 {
            return wrong("missing closing )", self.whole);
        }
        Ok(())
    }

    /// Writes a repetition of what stands before it.
    fn repeat(
        &mut self,
        state: &mut State<'a>,
        before: &'a str,
        operator: &str,
        count: u64,
    ) -> Result<(), Wrong> {
        let lazy = self.rest.starts_with('?');
        if lazy {
            self.take('?');
        }
        let rest = self.rest.len();
        let used = |from: &'a str| from.get(..from.len() - rest).unwrap_or_default();
        if let Some(from) = state.last_repeat {
            return wrong("invalid nested repetition operator", used(from));
        }
        let Some(inner) = state.atom else {
            return wrong("missing argument to repetition operator", used(before));
        };
        let times = inner * count.max(1);
        if operator.starts_with('{') && times > 1000 {
            return wrong(REPEAT, used(before));
        }
        self.out.push_str(operator);
        if lazy {
            self.out.push('?');
        }
        state.last_repeat = Some(before);
        state.found(times);
        Ok(())
    }

    /// Writes anything but a repetition.
    fn atom(&mut self, state: &mut State<'a>, c: char) -> Result<(), Wrong> {
        match c {
            '(' if self.rest.starts_with("(?") => {
                if self.flags()? {
                    state.groups.push(1);
                    state.atom = None;
                }
            }
            '(' => {
                self.take(c);
                self.groups.push(None);
                self.out.push('(');
                state.groups.push(1);
                state.atom = None;
            }
            '|' => {
                self.take(c);
                self.out.push('|');
                state.atom = None;
            }
            ')' => {
                let inner = state.groups.pop().unwrap_or(1);
                if state.groups.is_empty() {
                    return wrong("unexpected )", self.whole);
                }
                self.take(c);
                self.out.push(')');
                state.found(inner);
            }
            '[' => {
                self.class()?;
                state.found(1);
            }
            '\\' => {
                if self.escape()? {
                    state.found(1);
                }
            }
            '^' | '$' | '.' => {
                self.take(c);
                self.out.push(c);
                state.found(1);
            }
            c => {
                self.take(c);
                self.literal(c);
                state.found(1);
            }
        }
        Ok(())
    }

    fn take(&mut self, c: char) {
        self.rest = self.rest.get(c.len_utf8()..).unwrap_or_default();
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.take(c);
        Some(c)
    }

    fn literal(&mut self, c: char) {
        if c.is_ascii_alphanumeric() || !c.is_ascii() {
            self.out.push(c);
        } else {
            self.out.push_str(&format!("\\x{{{:x}}}", u32::from(c)));
        }
    }

    /// Reads `(?…`; tells whether that opened a group.
    fn flags(&mut self) -> Result<bool, Wrong> {
        let from = self.rest;
        let name_at = if from.starts_with("(?P<") && from.len() > 4 {
            4
        } else if from.starts_with("(?<") && from.len() > 3 {
            3
        } else {
            0
        };
        if name_at > 0 {
            let Some(end) = from.find('>') else {
                return wrong("invalid named capture", from);
            };
            let name = from.get(name_at..end).unwrap_or_default();
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                return wrong("invalid named capture", from.get(..=end).unwrap_or(from));
            }
            self.groups.push(Some(name.to_owned()));
            self.out.push('(');
            self.rest = from.get(end + 1..).unwrap_or_default();
            return Ok(true);
        }
        self.rest = from.get(2..).unwrap_or_default();
        let (mut flags, mut negative, mut seen) = (String::from("(?"), false, false);
        while let Some(c) = self.next() {
            match c {
                'i' | 'm' | 's' | 'U' => {
                    flags.push(c);
                    seen = true;
                }
                '-' if !negative => {
                    flags.push(c);
                    (negative, seen) = (true, false);
                }
                ':' | ')' if !negative || seen => {
                    // Rust wants at least one flag before a bare bracket.
                    if flags.len() > 2 || c == ':' {
                        self.out.push_str(&flags);
                        self.out.push(c);
                    }
                    return Ok(c == ':');
                }
                _ => break,
            }
        }
        let used = from.len() - self.rest.len();
        wrong(
            "invalid or unsupported Perl syntax",
            from.get(..used).unwrap_or(from),
        )
    }

    /// Reads `{n}`, `{n,}` or `{n,m}`; `None` where it is none and so a literal.
    fn counts(&mut self) -> Result<Option<(String, u64)>, Wrong> {
        let from = self.rest;
        let Some(end) = from.find('}') else {
            return Ok(None);
        };
        let inner = from.get(1..end).unwrap_or_default();
        let (min, max) = inner
            .split_once(',')
            .map_or((inner, None), |(a, b)| (a, Some(b)));
        let valid = |s: &str| {
            !s.is_empty()
                && s.bytes().all(|b| b.is_ascii_digit())
                && (s.len() == 1 || !s.starts_with('0'))
        };
        if !valid(min) || max.is_some_and(|m| !m.is_empty() && !valid(m)) {
            return Ok(None);
        }
        let small = |s: &str| s.parse::<u64>().ok().filter(|n| *n <= 1000);
        let most = match (small(min), max) {
            (None, _) => None,
            (Some(a), None | Some("")) => Some(a),
            (Some(a), Some(b)) => small(b).filter(|b| a <= *b),
        };
        let text = from.get(..=end).unwrap_or(from);
        let Some(most) = most else {
            return wrong(REPEAT, text);
        };
        self.rest = from.get(end + 1..).unwrap_or_default();
        Ok(Some((text.to_owned(), most)))
    }

    /// Reads an escape outside of classes; tells whether it can be repeated.
    fn escape(&mut self) -> Result<bool, Wrong> {
        let from = self.rest;
        let Some(c) = from.chars().nth(1) else {
            return Err(Wrong("trailing backslash at end of expression in ".into()));
        };
        let fixed = match c {
            'A' => "\\A",
            'z' => "\\z",
            'b' => "(?-u:\\b)",
            'B' => "\\B",
            'd' => "[0-9]",
            'D' => "[^0-9]",
            's' => "[\\t\\n\\x0c\\r ]",
            'S' => "[^\\t\\n\\x0c\\r ]",
            'w' => "[0-9A-Za-z_]",
            'W' => "[^0-9A-Za-z_]",
            'Q' => {
                let inner = from.get(2..).unwrap_or_default();
                let (quoted, rest) = inner.split_once("\\E").unwrap_or((inner, ""));
                for c in quoted.chars() {
                    self.literal(c);
                }
                self.rest = rest;
                return Ok(!quoted.is_empty());
            }
            'p' | 'P' => {
                let class = self.unicode_class()?;
                self.out.push_str(&class);
                return Ok(true);
            }
            _ => {
                let c = self.escaped_char()?;
                self.literal(c);
                return Ok(true);
            }
        };
        self.out.push_str(fixed);
        self.rest = from.get(2..).unwrap_or_default();
        Ok(true)
    }

    fn unicode_class(&mut self) -> Result<String, Wrong> {
        let from = self.rest;
        let after = from.get(2..).unwrap_or_default();
        let end = match after.chars().next() {
            None => return wrong(RANGE, from),
            Some('{') => match after.find('}') {
                Some(end) => end + 1,
                None => return wrong(RANGE, from),
            },
            Some(c) => c.len_utf8(),
        };
        let name = after
            .get(..end)
            .unwrap_or_default()
            .trim_start_matches('{')
            .trim_end_matches('}');
        let (negated, name) = name.strip_prefix('^').map_or((false, name), |n| (true, n));
        let negative = from.starts_with("\\P") != negated;
        let class = format!("\\{}{{{name}}}", if negative { 'P' } else { 'p' });
        if Regex::new(&class).is_err() {
            return wrong(RANGE, from.get(..2 + end).unwrap_or(from));
        }
        self.rest = after.get(end..).unwrap_or_default();
        Ok(class)
    }

    /// Reads an escape that stands for one character.
    fn escaped_char(&mut self) -> Result<char, Wrong> {
        let from = self.rest;
        self.take('\\');
        let Some(c) = self.next() else {
            return Err(Wrong("trailing backslash at end of expression in ".into()));
        };
        let found = match c {
            'a' => Some('\u{7}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{b}'),
            '0'..='7' => self.octal(c),
            'x' => self.hexadecimal(),
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(c),
            _ => None,
        };
        let used = from.len() - self.rest.len();
        found.map_or_else(|| wrong(ESCAPE, from.get(..used).unwrap_or(from)), Ok)
    }

    fn octal(&mut self, first: char) -> Option<char> {
        let digit = |s: &str| s.chars().next().and_then(|c| c.to_digit(8));
        if first != '0' && digit(self.rest).is_none() {
            return None;
        }
        let mut n = first.to_digit(8)?;
        for _ in 0..2 {
            let Some(d) = digit(self.rest) else { break };
            n = n * 8 + d;
            self.next();
        }
        char::from_u32(n)
    }

    fn hexadecimal(&mut self) -> Option<char> {
        let first = self.next()?;
        if first == '{' {
            let (mut n, mut count) = (0u32, 0);
            loop {
                match self.next()? {
                    '}' => break,
                    c => {
                        n = n
                            .checked_mul(16)?
                            .checked_add(c.to_digit(16)?)
                            .filter(|n| *n <= 0x0010_ffff)?
                    }
                }
                count += 1;
            }
            return char::from_u32(n).filter(|_| count > 0);
        }
        let second = self.next()?;
        char::from_u32(first.to_digit(16)? * 16 + second.to_digit(16)?)
    }

    fn class(&mut self) -> Result<(), Wrong> {
        let from = self.rest;
        self.take('[');
        self.out.push('[');
        if self.rest.starts_with('^') {
            self.take('^');
            self.out.push('^');
        }
        let mut first = true;
        while first || !self.rest.starts_with(']') {
            first = false;
            if self.rest.starts_with("[:")
                && let Some(end) = self.rest.find(":]")
            {
                let name = self.rest.get(..end + 2).unwrap_or_default();
                if !is_posix(name) {
                    return wrong(RANGE, name);
                }
                self.out.push_str(name);
                self.rest = self.rest.get(end + 2..).unwrap_or_default();
                continue;
            }
            if self.rest.starts_with("\\p") || self.rest.starts_with("\\P") {
                let class = self.unicode_class()?;
                self.out.push_str(&class);
                continue;
            }
            let perl = match self.rest.get(..2) {
                Some("\\d") => "0-9",
                Some("\\D") => "[^0-9]",
                Some("\\s") => "\\t\\n\\x0c\\r ",
                Some("\\S") => "[^\\t\\n\\x0c\\r ]",
                Some("\\w") => "0-9A-Za-z_",
                Some("\\W") => "[^0-9A-Za-z_]",
                _ => "",
            };
            if !perl.is_empty() {
                self.out.push_str(perl);
                self.rest = self.rest.get(2..).unwrap_or_default();
                continue;
            }
            let range = self.rest;
            let low = self.class_char(from)?;
            self.literal(low);
            if self.rest.starts_with('-') && self.rest.len() > 1 && !self.rest.starts_with("-]") {
                self.take('-');
                let high = self.class_char(from)?;
                if high < low {
                    return wrong(
                        RANGE,
                        range.get(..range.len() - self.rest.len()).unwrap_or(range),
                    );
                }
                self.out.push('-');
                self.literal(high);
            }
        }
        self.take(']');
        self.out.push(']');
        Ok(())
    }

    fn class_char(&mut self, class: &str) -> Result<char, Wrong> {
        match self.rest.chars().next() {
            None => wrong("missing closing ]", class),
            Some('\\') => self.escaped_char(),
            Some(c) => {
                self.take(c);
                Ok(c)
            }
        }
    }
}

/// Tells whether `[:name:]` is a class.
fn is_posix(name: &str) -> bool {
    let inner = name.trim_start_matches("[:").trim_end_matches(":]");
    const NAMES: [&str; 14] = [
        "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
        "space", "upper", "word", "xdigit",
    ];
    NAMES.contains(&inner.strip_prefix('^').unwrap_or(inner))
}
