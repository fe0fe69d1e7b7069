//! Compression to the very bytes of Terraform, which are those of Go's library at its default level.
#![expect(
    clippy::indexing_slicing,
    reason = "all indexes are bounded by the sizes of the window, the alphabets and the code lengths"
)]

const WINDOW: usize = 1 << 15;
const MIN_MATCH: usize = 4;
const MAX_MATCH: usize = 258;
const HASH_BITS: u32 = 17;
const BLOCK_TOKENS: usize = 1 << 14;
/// A match at least this long ends the search.
const NICE: usize = 128;
/// No better match is looked for behind one of this length.
const LAZY: usize = 16;
const CHAIN: usize = 128;

/// Compresses to a stream that ends in an empty block after a flush, and the empty last block.
pub(super) fn compress(data: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new();
    let mut rest = data;
    while !rest.is_empty() {
        compressor.step(false);
        let taken = compressor.fill(rest);
        rest = &rest[taken..];
    }
    compressor.step(true);
    compressor.bits.stored_header(0, false);
    compressor.bits.stored_header(0, true);
    compressor.bits.out
}

/// Returns the checksum of gzip.
pub(super) fn checksum(data: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
}

#[derive(Clone, Copy)]
enum Token {
    Literal(u8),
    /// Length less 3, and distance less 1.
    Match(usize, usize),
}

struct Compressor {
    window: Vec<u8>,
    end: usize,
    index: usize,
    /// Where the block begins; `None` where that has left the window.
    block: Option<usize>,
    head: Vec<usize>,
    previous: Vec<usize>,
    hash_offset: usize,
    chain_head: usize,
    pending: bool,
    length: usize,
    offset: usize,
    tokens: Vec<Token>,
    bits: Bits,
}

impl Compressor {
    fn new() -> Self {
        Self {
            window: vec![0; 2 * WINDOW],
            end: 0,
            index: 0,
            block: Some(0),
            head: vec![0; 1 << HASH_BITS],
            previous: vec![0; WINDOW],
            hash_offset: 1,
            chain_head: 0,
            pending: false,
            length: MIN_MATCH - 1,
            offset: 0,
            tokens: Vec::new(),
            bits: Bits::default(),
        }
    }

    fn fill(&mut self, data: &[u8]) -> usize {
        if self.index >= 2 * WINDOW - (MIN_MATCH + MAX_MATCH) {
            self.window.copy_within(WINDOW.., 0);
            self.index -= WINDOW;
            self.end -= WINDOW;
            self.block = self.block.and_then(|b| b.checked_sub(WINDOW));
            self.hash_offset += WINDOW;
        }
        let count = data.len().min(2 * WINDOW - self.end);
        self.window[self.end..self.end + count].copy_from_slice(&data[..count]);
        self.end += count;
        count
    }

    /// Enters the four bytes at an index; returns the last place with the same hash.
    fn enter(&mut self, at: usize) -> usize {
        let w = &self.window[at..at + 4];
        let n = u32::from_be_bytes([w[0], w[1], w[2], w[3]]);
        let hash = usize::try_from(n.wrapping_mul(0x1e35_a7bd) >> (32 - HASH_BITS)).unwrap_or(0);
        let before = self.head[hash];
        self.previous[at % WINDOW] = before;
        self.head[hash] = at + self.hash_offset;
        before
    }

    fn step(&mut self, flush: bool) {
        if self.end - self.index < MIN_MATCH + MAX_MATCH && !flush {
            return;
        }
        let enterable = self.end.saturating_sub(MIN_MATCH - 1);
        loop {
            let ahead = self.end - self.index;
            if ahead < MIN_MATCH + MAX_MATCH {
                if !flush {
                    return;
                }
                if ahead == 0 {
                    if std::mem::take(&mut self.pending) {
                        self.tokens
                            .push(Token::Literal(self.window[self.index - 1]));
                    }
                    if !self.tokens.is_empty() {
                        self.write_block(self.index);
                    }
                    return;
                }
            }
            if self.index < enterable {
                self.chain_head = self.enter(self.index);
            }
            let (length, offset) = (self.length, self.offset);
            (self.length, self.offset) = (MIN_MATCH - 1, 0);
            let oldest = self.index.saturating_sub(WINDOW);
            if ahead > length
                && length < LAZY
                && let Some(from) = self
                    .chain_head
                    .checked_sub(self.hash_offset)
                    .filter(|f| *f >= oldest)
                && let Some(found) = self.find(from, ahead)
            {
                (self.length, self.offset) = found;
            }
            if length >= MIN_MATCH && self.length <= length {
                // The match before is not bettered by the one here.
                self.tokens.push(Token::Match(length - 3, offset - 1));
                let next = self.index + length - 1;
                for at in self.index + 1..next {
                    if at < enterable {
                        self.enter(at);
                    }
                }
                self.index = next.max(self.index + 1);
                self.pending = false;
                self.length = MIN_MATCH - 1;
                if self.tokens.len() == BLOCK_TOKENS {
                    self.write_block(self.index);
                }
            } else {
                if self.pending {
                    self.tokens
                        .push(Token::Literal(self.window[self.index - 1]));
                    if self.tokens.len() == BLOCK_TOKENS {
                        self.write_block(self.index);
                    }
                }
                self.index += 1;
                self.pending = true;
            }
        }
    }

    /// Finds the longest match along a chain: its length and distance.
    fn find(&self, from: usize, ahead: usize) -> Option<(usize, usize)> {
        let at = self.index;
        let look = ahead.min(MAX_MATCH);
        let window = &self.window[..at + look];
        let nice = look.min(NICE);
        let mut length = MIN_MATCH - 1;
        let mut found = None;
        let mut last = window[at + length];
        let mut i = from;
        for _ in 0..CHAIN {
            if last == window[i + length] {
                let n = window[i..]
                    .iter()
                    .zip(&window[at..])
                    .take_while(|(a, b)| a == b)
                    .count();
                if n > length && (n > MIN_MATCH || at - i <= 4096) {
                    length = n;
                    found = Some((n, at - i));
                    if n >= nice {
                        break;
                    }
                    last = window[at + n];
                }
            }
            if at.checked_sub(WINDOW) == Some(i) {
                break;
            }
            match self.previous[i % WINDOW].checked_sub(self.hash_offset) {
                Some(next) if next >= at.saturating_sub(WINDOW) => i = next,
                _ => break,
            }
        }
        found
    }

    fn write_block(&mut self, index: usize) {
        let tokens = std::mem::take(&mut self.tokens);
        let input = self
            .block
            .filter(|b| *b <= index)
            .map(|b| &self.window[b..index]);
        self.block = Some(index);
        self.bits.block(&tokens, input);
    }
}

const LITERALS: usize = 286;
const OFFSETS: usize = 30;
const END: usize = 256;
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];
const LENGTH_BASE: [usize; 29] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128,
    160, 192, 224, 255,
];
const LENGTH_EXTRA: [u32; 29] = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const OFFSET_BASE: [usize; OFFSETS] = [
    0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536,
    2048, 3072, 4096, 6144, 8192, 12288, 16384, 24576,
];
const OFFSET_EXTRA: [u32; OFFSETS] = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
];

fn code_of(base: &[usize], n: usize) -> usize {
    base.iter().rposition(|b| *b <= n).unwrap_or(0)
}

/// A code word, its bits in the order of writing, and its length.
type Code = (u32, u32);

#[derive(Default)]
struct Bits {
    out: Vec<u8>,
    buffer: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: usize, bits: u32) {
        self.buffer |= u64::try_from(value).unwrap_or(0) << self.count;
        self.count += bits;
        while self.count >= 8 {
            self.out.push(self.buffer.to_le_bytes()[0]);
            self.buffer >>= 8;
            self.count -= 8;
        }
    }

    fn code(&mut self, (word, length): Code) {
        self.put(usize::try_from(word).unwrap_or(0), length);
    }

    fn align(&mut self) {
        if self.count > 0 {
            self.put(0, 8 - self.count);
        }
    }

    fn stored_header(&mut self, length: usize, last: bool) {
        self.put(usize::from(last), 3);
        self.align();
        self.put(length, 16);
        self.put(!length & 0xffff, 16);
    }

    /// Writes a block in the smallest of the three forms.
    fn block(&mut self, tokens: &[Token], input: Option<&[u8]>) {
        let (mut literals, mut offsets) = ([0u32; LITERALS], [0u32; OFFSETS]);
        for token in tokens {
            match token {
                Token::Literal(b) => literals[usize::from(*b)] += 1,
                Token::Match(length, offset) => {
                    literals[END + 1 + code_of(&LENGTH_BASE, *length)] += 1;
                    offsets[code_of(&OFFSET_BASE, *offset)] += 1;
                }
            }
        }
        literals[END] += 1;
        let literal_count = literals.iter().rposition(|f| *f > 0).map_or(0, |at| at + 1);
        let mut offset_count = offsets.iter().rposition(|f| *f > 0).map_or(0, |at| at + 1);
        if offset_count == 0 {
            offsets[0] = 1;
            offset_count = 1;
        }
        let (literal_codes, offset_codes) = (codes(&literals, 15), codes(&offsets, 15));
        let lengths = literal_codes[..literal_count]
            .iter()
            .chain(&offset_codes[..offset_count])
            .map(|c| c.1);
        let (words, frequencies) = run_lengths(&lengths.collect::<Vec<_>>());
        let word_codes = codes(&frequencies, 7);
        let mut word_count = ORDER.len();
        while word_count > 4 && frequencies[ORDER[word_count - 1]] == 0 {
            word_count -= 1;
        }
        let stored = input.map(<[u8]>::len).filter(|n| *n <= 65_535);
        let extra = if stored.is_some() {
            extra_bits(&literals, &offsets)
        } else {
            0
        };
        let (fixed_literals, fixed_offsets) = fixed();
        let fixed_size =
            3 + size(&literals, &fixed_literals) + size(&offsets, &fixed_offsets) + extra;
        let header = 17
            + 3 * word_count
            + size(&frequencies, &word_codes)
            + usize::try_from(2 * frequencies[16] + 3 * frequencies[17] + 7 * frequencies[18])
                .unwrap_or(0);
        let dynamic_size =
            header + size(&literals, &literal_codes) + size(&offsets, &offset_codes) + extra;
        if let (Some(input), Some(n)) = (input, stored)
            && (n + 5) * 8 < fixed_size.min(dynamic_size)
        {
            self.stored_header(n, false);
            self.out.extend_from_slice(input);
            return;
        }
        if dynamic_size < fixed_size {
            self.put(4, 3);
            self.put(literal_count - 257, 5);
            self.put(offset_count - 1, 5);
            self.put(word_count - 4, 4);
            for at in &ORDER[..word_count] {
                self.put(usize::try_from(word_codes[*at].1).unwrap_or(0), 3);
            }
            for (word, argument) in words {
                self.code(word_codes[word]);
                let bits = [2, 3, 7];
                if word >= 16 {
                    self.put(argument, bits[word - 16]);
                }
            }
            self.tokens(tokens, &literal_codes, &offset_codes);
        } else {
            self.put(2, 3);
            self.tokens(tokens, &fixed_literals, &fixed_offsets);
        }
    }

    fn tokens(&mut self, tokens: &[Token], literals: &[Code], offsets: &[Code]) {
        for token in tokens {
            match token {
                Token::Literal(b) => self.code(literals[usize::from(*b)]),
                Token::Match(length, offset) => {
                    let code = code_of(&LENGTH_BASE, *length);
                    self.code(literals[END + 1 + code]);
                    self.put(length - LENGTH_BASE[code], LENGTH_EXTRA[code]);
                    let code = code_of(&OFFSET_BASE, *offset);
                    self.code(offsets[code]);
                    self.put(offset - OFFSET_BASE[code], OFFSET_EXTRA[code]);
                }
            }
        }
        self.code(literals[END]);
    }
}

fn size(frequencies: &[u32], codes: &[Code]) -> usize {
    frequencies
        .iter()
        .zip(codes)
        .map(|(f, c)| usize::try_from(f * c.1).unwrap_or(0))
        .sum()
}

fn extra_bits(literals: &[u32], offsets: &[u32]) -> usize {
    let of = |frequencies: &[u32], extra: &[u32]| -> usize {
        frequencies
            .iter()
            .zip(extra)
            .map(|(f, e)| usize::try_from(f * e).unwrap_or(0))
            .sum()
    };
    of(&literals[END + 1..], &LENGTH_EXTRA) + of(offsets, &OFFSET_EXTRA)
}

fn reversed(code: u32, length: u32) -> Code {
    (
        if length == 0 {
            0
        } else {
            code.reverse_bits() >> (32 - length)
        },
        length,
    )
}

fn fixed() -> (Vec<Code>, Vec<Code>) {
    let literal = |n: u32| match n {
        0..=143 => reversed(n + 48, 8),
        144..=255 => reversed(n - 144 + 400, 9),
        256..=279 => reversed(n - 256, 7),
        _ => reversed(n - 280 + 192, 8),
    };
    (
        (0..286).map(literal).collect(),
        (0..30).map(|n| reversed(n, 5)).collect(),
    )
}

/// Writes code lengths as words: a length, or a repetition (16 to 18) with its argument. Counts the words too.
fn run_lengths(lengths: &[u32]) -> (Vec<(usize, usize)>, [u32; 19]) {
    let (mut words, mut frequencies) = (Vec::new(), [0; 19]);
    let mut word = |word: usize, argument: usize| {
        words.push((word, argument));
        frequencies[word] += 1;
    };
    for run in lengths.chunk_by(|a, b| a == b) {
        let length = usize::try_from(run[0]).unwrap_or(0);
        let mut count = run.len();
        if length != 0 {
            word(length, 0);
            count -= 1;
            while count >= 3 {
                let n = count.min(6);
                word(16, n - 3);
                count -= n;
            }
        } else {
            while count >= 11 {
                let n = count.min(138);
                word(18, n - 11);
                count -= n;
            }
            if count >= 3 {
                word(17, count - 3);
                count = 0;
            }
        }
        for _ in 0..count {
            word(length, 0);
        }
    }
    (words, frequencies)
}

/// Makes the optimal code of limited length.
fn codes(frequencies: &[u32], limit: usize) -> Vec<Code> {
    let mut codes = vec![(0, 0); frequencies.len()];
    let mut used: Vec<(u32, usize)> = frequencies
        .iter()
        .enumerate()
        .filter(|(_, f)| **f > 0)
        .map(|(i, f)| (*f, i))
        .collect();
    if used.len() <= 2 {
        for (code, (_, i)) in (0..).zip(&used) {
            codes[*i] = (code, 1);
        }
        return codes;
    }
    used.sort_unstable();
    let sorted: Vec<u32> = used.iter().map(|(f, _)| *f).collect();
    let mut code = 0;
    let mut rest = used.as_slice();
    for (length, count) in (1..).zip(bit_counts(&sorted, limit)) {
        code <<= 1;
        let (others, chunk) = rest.split_at(rest.len() - count);
        let mut chunk: Vec<usize> = chunk.iter().map(|(_, i)| *i).collect();
        chunk.sort_unstable();
        for i in chunk {
            codes[i] = reversed(code, length);
            code += 1;
        }
        rest = others;
    }
    codes
}

#[derive(Clone, Copy, Default)]
struct Level {
    last: u64,
    next_leaf: u64,
    next_pair: u64,
    needed: usize,
}

/// Counts the codes of each length, from one bit on, for ascending frequencies: the boundary package-merge.
fn bit_counts(frequencies: &[u32], limit: usize) -> Vec<usize> {
    const NONE: u64 = u64::MAX;
    let n = frequencies.len();
    let frequency = |i: usize| frequencies.get(i).map_or(NONE, |f| u64::from(*f));
    let limit = limit.min(n - 1);
    let mut levels = [Level::default(); 17];
    let mut leaves = [[0usize; 17]; 17];
    for level in 1..=limit {
        let next_pair = if level == 1 {
            NONE
        } else {
            frequency(0) + frequency(1)
        };
        levels[level] = Level {
            last: frequency(1),
            next_leaf: frequency(2),
            next_pair,
            needed: 0,
        };
        leaves[level][level] = 2;
    }
    levels[limit].needed = 2 * n - 4;
    let mut level = limit;
    loop {
        let l = &mut levels[level];
        if l.next_pair == NONE && l.next_leaf == NONE {
            l.needed = 0;
            levels[level + 1].next_pair = NONE;
            level += 1;
            continue;
        }
        let before = l.last;
        if l.next_leaf < l.next_pair {
            let count = leaves[level][level] + 1;
            l.last = l.next_leaf;
            leaves[level][level] = count;
            l.next_leaf = frequency(count);
        } else {
            l.last = l.next_pair;
            let below = leaves[level - 1];
            leaves[level][..level].copy_from_slice(&below[..level]);
            levels[level - 1].needed = 2;
        }
        let l = &mut levels[level];
        l.needed -= 1;
        if l.needed == 0 {
            if level == limit {
                break;
            }
            let pair = before + l.last;
            levels[level + 1].next_pair = pair;
            level += 1;
        } else {
            while levels[level - 1].needed > 0 {
                level -= 1;
            }
        }
    }
    let counts = leaves[limit];
    (1..=limit)
        .rev()
        .map(|level| counts[level] - counts[level - 1])
        .collect()
}
