/** Lists shorter than this stay text. */
const SHORTEST = 8;
const NUMBER = '-?\\d+(?:\\.\\d+)?(?:e[+-]\\d+)?';
const LIST = new RegExp(`\\[${NUMBER}(?:,${NUMBER}){${SHORTEST - 1},}\\]`, 'g');
/** Stands for a list in the text. JSON text never holds it unescaped. */
const PLACE = '\u0001';
/** Predictions are curves: what the last few differences say about the next value is nearly right. */
const ORDERS = 10;
/** More decimals than these, or larger numbers, are kept as the bits of the double. */
const MAX_DECIMALS = 6;
const MAX_SCALED = 2 ** 40;
const DOUBLES = 255;

/** Where the numbers of a block's lists go. */
export interface ListWriter {
  /** Takes the long lists out of one line of JSON text. {@link ListReader} gives them back, byte for byte. */
  split(line: string): string;
  /** Per list its kind and its length; per number how many bits follow for it. Compresses well. */
  lengths(): Uint8Array;
  /** What the prediction did not know. Does not compress. */
  bits(): Uint8Array;
}

/**
 * Takes the lists of numbers out of JSON text: each number becomes the difference from what the ones before it let expect. As
 * text such a list (a prediction of Loop: 72 doubles) is most of a device status, and digits hardly compress.
 */
export function createListWriter(): ListWriter {
  const lengths: number[] = [];
  const bits = createBitWriter();
  return {
    split: (line) =>
      line.replace(LIST, (list) => {
        const tokens = list.slice(1, -1).split(',');
        const values = tokens.map(Number);
        if (tokens.length > 65_535 || !tokens.every((token, n) => String(values[n]) === token)) return list;
        const decimals = decimalsOf(tokens, values);
        lengths.push(decimals, tokens.length >> 8, tokens.length & 255);
        const guess = createGuess();
        for (const value of values) {
          const known = decimals === DOUBLES ? value : Math.round(value * 10 ** decimals);
          const expected = guess.next();
          const residual = decimals === DOUBLES ? bitsOf(known) - bitsOf(expected) : BigInt(known) - BigInt(Math.round(expected));
          lengths.push(bits.push(zigzag(BigInt.asIntN(64, residual))));
          guess.saw(known);
        }
        return PLACE;
      }),
    lengths: () => Uint8Array.from(lengths),
    bits: () => bits.bytes()
  };
}

/** Reads back what a {@link ListWriter} took out. */
export interface ListReader {
  /** The text of a line as it was. @param n its place in the block @throws RangeError when the parts do not fit together */
  join(line: string, n: number): string;
  /** The line without what its lists say: null in their place. */
  without(line: string): string;
}

/** @param lines all lines of the block, in order */
export function createListReader(lines: readonly string[], lengths: Uint8Array, bits: Uint8Array): ListReader {
  if (lengths.length === 0) return { join: (line) => line, without: (line) => line };
  let starts: { at: number; bit: number }[] | undefined;
  return {
    join(line, n) {
      starts ??= startsOf(lines, lengths);
      let { at, bit } = starts[n]!;
      const read = createBitReader(bits, bit);
      return line.replaceAll(PLACE, () => {
        const decimals = lengths[at++]!;
        const count = (lengths[at++]! << 8) | lengths[at++]!;
        const guess = createGuess();
        const tokens: string[] = [];
        for (let i = 0; i < count; i++) {
          const residual = unzigzag(read(lengths[at++]!));
          const expected = guess.next();
          const known =
            decimals === DOUBLES ? doubleOf(bitsOf(expected) + residual) : Number(BigInt(Math.round(expected)) + residual);
          guess.saw(known);
          tokens.push(String(decimals === DOUBLES ? known : known / 10 ** decimals));
        }
        return `[${tokens.join(',')}]`;
      });
    },
    without: (line) => line.replaceAll(PLACE, 'null')
  };
}

/** Where the lists of each line begin, so that one document can be read without the others. */
function startsOf(lines: readonly string[], lengths: Uint8Array): { at: number; bit: number }[] {
  let at = 0;
  let bit = 0;
  return lines.map((line) => {
    const start = { at, bit };
    for (let place = line.indexOf(PLACE); place >= 0; place = line.indexOf(PLACE, place + 1)) {
      const count = (lengths[at + 1]! << 8) | lengths[at + 2]!;
      at += 3;
      if (!(at + count <= lengths.length)) throw new RangeError('a list ends early');
      for (const end = at + count; at < end; at++) bit += Math.max(0, lengths[at]! - 1);
    }
    return start;
  });
}

/** How many decimals make whole numbers of all; {@link DOUBLES} when only the double itself will do. */
function decimalsOf(tokens: readonly string[], values: readonly number[]): number {
  let decimals = 0;
  for (const token of tokens) {
    if (token.includes('e')) return DOUBLES;
    const dot = token.indexOf('.');
    if (dot >= 0) decimals = Math.max(decimals, token.length - dot - 1);
    if (decimals > MAX_DECIMALS) return DOUBLES;
  }
  const factor = 10 ** decimals;
  const fits = values.every((value, n) => {
    const scaled = Math.round(value * factor);
    return Math.abs(scaled) < MAX_SCALED && String(scaled / factor) === tokens[n];
  });
  return fits ? decimals : DOUBLES;
}

/**
 * Expects the next value of a list from its differences of first to higher order, taking the order that did best of late. Only
 * additions and comparisons of doubles, so that every machine comes to the same guess.
 */
function createGuess(): { next(): number; saw(value: number): void } {
  const differences = new Float64Array(ORDERS + 1);
  const errors = new Float64Array(ORDERS + 1);
  let seen = 0;
  return {
    next() {
      let best = 0;
      for (let order = 1; order <= Math.min(seen, ORDERS); order++) if (errors[order]! < errors[best]!) best = order;
      let sum = 0;
      for (let order = best - 1; order >= 0; order--) sum += differences[order]!;
      return Number.isFinite(sum) ? sum : 0;
    },
    saw(value) {
      let current = value;
      for (let order = 0; order <= ORDERS; order++) {
        // an order that has not enough values behind it has not failed yet, nor proved itself
        errors[order] = order <= seen ? errors[order]! / 2 + Math.abs(current) : 0;
        const before = differences[order]!;
        differences[order] = current;
        current -= before;
      }
      seen++;
    }
  };
}

const float = new Float64Array(1);
const asBits = new BigInt64Array(float.buffer);

function bitsOf(value: number): bigint {
  float[0] = value;
  return asBits[0]!;
}

function doubleOf(value: bigint): number {
  asBits[0] = BigInt.asIntN(64, value);
  return float[0]!;
}

const zigzag = (value: bigint): bigint => (value >= 0n ? value << 1n : ~(value << 1n));
const unzigzag = (value: bigint): bigint => (value & 1n ? ~(value >> 1n) : value >> 1n);

function createBitWriter(): { push(value: bigint): number; bytes(): Uint8Array } {
  let buffer = new Uint8Array(4096);
  let used = 0;
  const put = (value: number, count: number): void => {
    if ((used + count) / 8 + 1 > buffer.length) {
      const larger = new Uint8Array(buffer.length * 2);
      larger.set(buffer);
      buffer = larger;
    }
    for (let left = count; left > 0; ) {
      const free = 8 - (used & 7);
      const take = Math.min(free, left);
      const part = (value >>> (left - take)) & ((1 << take) - 1);
      buffer[used >> 3]! |= part << (free - take);
      used += take;
      left -= take;
    }
  };
  return {
    /** The highest bit needs no place: it is 1. @returns how many bits the value has */
    push(value) {
      const high = Number(value >> 32n);
      const low = Number(value & 0xffffffffn);
      const length = high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(low);
      const rest = length - 1;
      if (rest > 32) put(high, rest - 32);
      if (rest > 0) put(low, Math.min(rest, 32));
      return length;
    },
    bytes: () => buffer.subarray(0, (used + 7) >> 3)
  };
}

function createBitReader(bytes: Uint8Array, from: number): (length: number) => bigint {
  let used = from;
  const take = (count: number): number => {
    if (used + count > bytes.length * 8) throw new RangeError('the bits end early');
    let value = 0;
    for (let left = count; left > 0; ) {
      const there = 8 - (used & 7);
      const part = Math.min(there, left);
      value = ((value << part) | ((bytes[used >> 3]! >> (there - part)) & ((1 << part) - 1))) >>> 0;
      used += part;
      left -= part;
    }
    return value;
  };
  return (length) => {
    if (length <= 1) return BigInt(length);
    const rest = length - 1;
    const high = rest > 32 ? take(rest - 32) : 0;
    const low = take(Math.min(rest, 32));
    return (1n << BigInt(rest)) | (BigInt(high) << 32n) | BigInt(low);
  };
}
