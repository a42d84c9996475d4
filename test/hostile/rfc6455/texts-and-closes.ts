import { closeOf, envelopeOf, frameOf, OPCODE } from '../../support/raw-websocket.ts';
import { CUT, hex, LIVES, type Case } from './case.ts';

const { continuation, text, close, ping } = OPCODE;
const bytes = (...each: readonly number[]): Uint8Array => Uint8Array.from(each);

/** §8.1: what is not UTF-8, and where. */
const BROKEN: readonly (readonly [string, Uint8Array])[] = [
  ['a lone continuation byte', bytes(0x80)],
  ['a start byte alone', bytes(0xc3)],
  ['a start byte before a letter', bytes(0xc3, 0x28)],
  ['two bytes of three', bytes(0xe2, 0x82)],
  ['three bytes of four', bytes(0xf0, 0x9f, 0x98)],
  ['an overlong slash', bytes(0xc0, 0xaf)],
  ['an overlong NUL', bytes(0xc0, 0x80)],
  ['an overlong slash of three bytes', bytes(0xe0, 0x80, 0xaf)],
  ['an overlong slash of four bytes', bytes(0xf0, 0x80, 0x80, 0xaf)],
  ['a high surrogate', bytes(0xed, 0xa0, 0x80)],
  ['a low surrogate', bytes(0xed, 0xbf, 0xbf)],
  ['a pair of surrogates', bytes(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80)],
  ['a code point above U+10FFFF', bytes(0xf4, 0x90, 0x80, 0x80)],
  ['a sequence of five bytes', bytes(0xf8, 0x88, 0x80, 0x80, 0x80)],
  ['FE', bytes(0xfe)],
  ['FF', bytes(0xff)],
];
const SOUND = 'κόσμε 你好 👋🏽 \u{10ffff} \ufffe';
const whole = Buffer.from(
  JSON.stringify({ id: crypto.randomUUID(), type: 'ping', payload: {}, timestamp: SOUND }),
);

const texts: readonly Case[] = [
  ...BROKEN.map(([what, payload]) => ({
    what: `a text that is ${what}`,
    bytes: [frameOf(text, payload)],
    heard: CUT,
    rfc: 'close 1007',
  })),
  ...BROKEN.slice(0, 4).map(([what, payload]) => ({
    what: `a text whose second fragment holds ${what}`,
    bytes: [frameOf(text, 'fine', { fin: false }), frameOf(continuation, payload)],
    heard: CUT,
    rfc: 'close 1007',
  })),
  {
    what: 'a sound text of all widths (no time, so refused as such)',
    bytes: [frameOf(text, whole)],
    heard: `error bad_request, ${LIVES}`,
  },
  {
    what: 'a character parted between two fragments',
    bytes: [frameOf(text, bytes(0xf0, 0x9f), { fin: false }), frameOf(continuation, bytes(0x98, 0x80))],
    heard: `error bad_request, ${LIVES}`,
  },
  {
    what: 'a byte order mark before an envelope',
    bytes: [frameOf(text, `\ufeff${envelopeOf('ping')}`)],
    heard: `error bad_request, ${LIVES}`,
  },
  {
    what: 'a NUL after an envelope',
    bytes: [frameOf(text, `${envelopeOf('ping')}\0`)],
    heard: `error bad_request, ${LIVES}`,
  },
];

/** §7: closing. What a peer may say, and what it may not. */
const ALLOWED = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 4000, 4999];
/** Allowed too, but uWS leaves them out of its answer. */
const REGISTERED = [3000, 3999];
const FORBIDDEN = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];
const AFTER = frameOf(text, envelopeOf('ping'));

const closes: readonly Case[] = [
  ...ALLOWED.map((code) => ({
    what: `a close with ${String(code)}`,
    bytes: [closeOf(code)],
    heard: `close ${String(code)}`,
  })),
  ...REGISTERED.map((code) => ({
    what: `a close with ${String(code)}`,
    bytes: [closeOf(code)],
    heard: 'close',
    rfc: `close ${String(code)}`,
  })),
  ...FORBIDDEN.map((code) => ({
    what: `a close with ${String(code)}, which nobody may send`,
    bytes: [closeOf(code)],
    heard: 'close',
    rfc: 'close 1002',
  })),
  { what: 'a close without a code', bytes: [frameOf(close)], heard: 'close' },
  { what: 'a close of one byte', bytes: [frameOf(close, 'x')], heard: 'close', rfc: 'close 1002' },
  { what: 'a close with a reason', bytes: [closeOf(1000, 'bye')], heard: 'close 1000' },
  {
    what: 'a close with a reason of 123 bytes',
    bytes: [closeOf(1000, 'x'.repeat(123))],
    heard: 'close 1000',
  },
  {
    what: 'a close with a reason of 124 bytes',
    bytes: [closeOf(1000, 'x'.repeat(124))],
    heard: CUT,
    rfc: 'close 1002',
  },
  {
    what: 'a close whose reason is no UTF-8',
    bytes: [closeOf(1000, bytes(0xff))],
    heard: 'close',
    rfc: 'close 1007',
  },
  {
    what: 'a close in fragments',
    bytes: [frameOf(close, bytes(3, 232), { fin: false })],
    heard: CUT,
    rfc: 'close 1002',
  },
  { what: 'an envelope after a close', bytes: [Buffer.concat([closeOf(1000), AFTER])], heard: 'close 1000' },
  {
    what: 'a ping after a close',
    bytes: [Buffer.concat([closeOf(1000), frameOf(ping, 'late')])],
    heard: 'close 1000',
  },
  { what: 'two closes', bytes: [Buffer.concat([closeOf(1000), closeOf(1001)])], heard: 'close 1000' },
  {
    what: 'a ping and a close',
    bytes: [Buffer.concat([frameOf(ping, 'a'), closeOf(1000)])],
    heard: `pong ${hex('a')}, close 1000`,
  },
];

export const TEXTS_AND_CLOSES: readonly Case[] = [...texts, ...closes];
