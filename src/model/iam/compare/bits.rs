//! Sets of small numbers.

/// A set of numbers below a bound that its user knows; sets that are combined have the same bound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// Makes the empty set of numbers below `bound`.
    pub(super) fn new(bound: usize) -> Self {
        Self {
            words: vec![0; bound.div_ceil(64)],
        }
    }

    /// Makes the set of all numbers below `bound`.
    pub(super) fn full(bound: usize) -> Self {
        let mut out = Self {
            words: vec![u64::MAX; bound.div_ceil(64)],
        };
        if let (Some(last), rest @ 1..) = (out.words.last_mut(), bound % 64) {
            *last = (1 << rest) - 1;
        }
        out
    }

    /// Makes the set of those numbers below `bound` for which `holds` is true.
    pub(super) fn from_fn(bound: usize, holds: impl Fn(usize) -> bool) -> Self {
        let mut out = Self::new(bound);
        (0..bound).filter(|i| holds(*i)).for_each(|i| out.insert(i));
        out
    }

    pub(super) fn insert(&mut self, i: usize) {
        if let Some(word) = self.words.get_mut(i / 64) {
            *word |= 1 << (i % 64);
        }
    }

    pub(super) fn contains(&self, i: usize) -> bool {
        self.words
            .get(i / 64)
            .is_some_and(|w| w >> (i % 64) & 1 == 1)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|w| *w == 0)
    }

    pub(super) fn is_subset(&self, of: &Self) -> bool {
        self.words.iter().zip(&of.words).all(|(a, b)| a & !b == 0)
    }

    pub(super) fn intersects(&self, with: &Self) -> bool {
        self.words.iter().zip(&with.words).any(|(a, b)| a & b != 0)
    }

    pub(super) fn intersect(&mut self, with: &Self) {
        self.words
            .iter_mut()
            .zip(&with.words)
            .for_each(|(a, b)| *a &= b);
    }

    pub(super) fn unite(&mut self, with: &Self) {
        self.words
            .iter_mut()
            .zip(&with.words)
            .for_each(|(a, b)| *a |= b);
    }

    /// Returns the numbers below `bound` that are not in the set.
    #[must_use]
    pub(super) fn complement(&self, bound: usize) -> Self {
        let mut out = Self::full(bound);
        out.words
            .iter_mut()
            .zip(&self.words)
            .for_each(|(a, b)| *a &= !b);
        out
    }

    /// Adds one to each number; the largest possible one is lost.
    pub(super) fn shift(&mut self) {
        let mut carry = 0;
        for word in &mut self.words {
            let next = *word >> 63;
            *word = *word << 1 | carry;
            carry = next;
        }
    }

    /// Returns the smallest number.
    pub(super) fn first(&self) -> Option<usize> {
        self.iter().next()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(n, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(n * 64 + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_beyond_one_word() {
        let mut bits = Bits::from_fn(130, |i| i % 64 == 63 || i == 129);
        assert_eq!(bits.iter().collect::<Vec<_>>(), [63, 127, 129]);
        assert_eq!(bits.complement(130).iter().count(), 127);
        bits.shift();
        assert_eq!(bits.iter().take(2).collect::<Vec<_>>(), [64, 128]);
        assert_eq!(Bits::full(64).iter().count(), 64);
        assert!(Bits::full(0).is_empty());
        assert!(bits.is_subset(&Bits::full(192)));
    }
}
