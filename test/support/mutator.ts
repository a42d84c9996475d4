import type { RandomSource } from './random-source.ts';

/** Bytes and values made wrong in the ways that break parsers; all of it drawn from one source of chance. */

const INTERESTING = [
  0x00, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x3a, 0x5c, 0x7b, 0x7d, 0x7f, 0x80, 0xc0, 0xed, 0xff,
];

type Change = (bytes: Buffer, random: RandomSource) => Buffer;

const splice = (bytes: Buffer, at: number, remove: number, insert: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
const place = (bytes: Buffer, random: RandomSource): number =>
  random.between(0, Math.max(0, bytes.length - 1));
const stretch = (bytes: Buffer, random: RandomSource): Buffer => {
  const at = place(bytes, random);
  return bytes.subarray(at, at + random.between(1, 16));
};

const CHANGES: readonly Change[] = [
  // A bit the other way, a byte that means something, one that is gone, one too many.
  (bytes, random) => {
    const at = place(bytes, random);
    return splice(bytes, at, 1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random.between(0, 7))));
  },
  (bytes, random) => splice(bytes, place(bytes, random), 1, Uint8Array.of(random.pick(INTERESTING))),
  (bytes, random) => splice(bytes, place(bytes, random), random.between(1, 8), new Uint8Array()),
  (bytes, random) => splice(bytes, place(bytes, random), 0, Uint8Array.of(random.pick(INTERESTING))),
  // A stretch twice, many times, elsewhere, or the end missing.
  (bytes, random) => splice(bytes, place(bytes, random), 0, stretch(bytes, random)),
  (bytes, random) => {
    const piece = stretch(bytes, random);
    return splice(bytes, place(bytes, random), 0, Buffer.alloc(piece.length * random.between(2, 400), piece));
  },
  (bytes, random) => splice(bytes, place(bytes, random), random.between(1, 16), stretch(bytes, random)),
  (bytes, random) => bytes.subarray(0, place(bytes, random)),
];

/** One to four changes. */
export const mutated = (original: Uint8Array, random: RandomSource): Buffer => {
  let bytes: Buffer = Buffer.from(original);
  for (let left = random.between(1, 4); left > 0; left -= 1) bytes = random.pick(CHANGES)(bytes, random);
  return bytes;
};

const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  1.5,
  2 ** 53,
  '',
  '\0',
  '\ud800',
  '__proto__',
  'constructor',
  [],
  {},
  [[[[]]]],
  { toString: 1 },
  { length: -1 },
  'x'.repeat(5_001),
  '2026-02-30T99:99:99.999Z',
];
const ODD_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  'id',
  'type',
  'payload',
  '0',
];

/** A JSON value with something in it replaced, added, renamed or gone; as text, because some of it is not a value. */
export const mutatedJson = (value: unknown, random: RandomSource): string => {
  const changed = change(structuredClone(value), random);
  const text = JSON.stringify(changed);
  switch (random.between(0, 9)) {
    case 0:
      return mutated(Buffer.from(text), random).toString('utf8');
    case 1:
      return text.replace('{', `{"${random.pick(ODD_KEYS)}":${JSON.stringify(random.pick(ODD))},`);
    case 2:
      return text.replace(
        /"([^"]*)"/,
        (_, inner: string) => `"\\u${inner.charCodeAt(0).toString(16).padStart(4, '0')}"`,
      );
    case 3: {
      const deep = random.between(1, 20_000);
      return text.replace(
        /:("[^"]*"|\d+)/,
        `:${'['.repeat(deep)}${']'.repeat(random.chance(0.5) ? deep : deep - 1)}`,
      );
    }
    default:
      return text;
  }
};

const change = (value: unknown, random: RandomSource): unknown => {
  if (typeof value !== 'object' || value === null || random.chance(0.2)) return random.pick(ODD);
  const entries: [string, unknown][] = Object.entries(value);
  if (entries.length === 0) return random.pick(ODD);
  const at = random.between(0, entries.length - 1);
  const [key, inner] = entries[at] ?? ['', null];
  switch (random.between(0, 4)) {
    case 0:
      entries.splice(at, 1);
      break;
    case 1:
      entries.push([random.pick(ODD_KEYS), random.pick(ODD)]);
      break;
    case 2:
      entries[at] = [random.pick(ODD_KEYS), inner];
      break;
    default:
      entries[at] = [key, change(inner, random)];
  }
  return Object.fromEntries(entries);
};
