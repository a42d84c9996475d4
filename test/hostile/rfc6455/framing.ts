import { FRAME_MAX_BYTES } from '../../../server/protocol/limits.ts';
import { envelopeOf, frameOf, OPCODE } from '../../support/raw-websocket.ts';
import { CUT, dripped, hex, LIVES, type Case } from './case.ts';

const { continuation, text, binary, close, ping, pong } = OPCODE;
const REFUSED = `error bad_request, ${LIVES}`;
const garbled = (length: number): string => 'x'.repeat(length);

/** §5.2: lengths, in every form that they have. */
const lengths: readonly Case[] = [
  ...[0, 1, 125, 126, 127, 128, 65_535, FRAME_MAX_BYTES].map((length) => ({
    what: `a text of ${String(length)} bytes that is no envelope`,
    bytes: [frameOf(text, garbled(length))],
    heard: REFUSED,
  })),
  {
    what: 'a text one byte over the limit',
    bytes: [frameOf(text, garbled(FRAME_MAX_BYTES + 1))],
    heard: 'error payload_too_large, close 1009',
  },
  {
    what: 'a text of 4 MiB and a byte',
    bytes: [frameOf(text, garbled(4 * 1_048_576 + 1))],
    heard: CUT,
    rfc: 'close 1009',
  },
  ...[0x7fffffffn, 0xffffffffn, 0x100000000n, 1n << 40n, 1n << 62n, (1n << 63n) - 1n].map((declared) => ({
    what: `a declared length of ${String(declared)}`,
    bytes: [frameOf(text, 'x', { declared, lengthBytes: 8 })],
    heard: CUT,
    rfc: 'close 1009',
  })),
  {
    what: 'a length with its highest bit set',
    bytes: [frameOf(text, 'x', { declared: 1n << 63n, lengthBytes: 8 })],
    heard: CUT,
    rfc: 'close 1002',
  },
  {
    what: 'a short length in the 16-bit form',
    bytes: [frameOf(text, garbled(5), { lengthBytes: 2 })],
    heard: REFUSED,
    rfc: 'close 1002',
  },
  {
    what: 'a short length in the 64-bit form',
    bytes: [frameOf(text, garbled(5), { lengthBytes: 8 })],
    heard: REFUSED,
    rfc: 'close 1002',
  },
  {
    what: 'a 16-bit length in the 64-bit form',
    bytes: [frameOf(text, garbled(300), { lengthBytes: 8 })],
    heard: REFUSED,
    rfc: 'close 1002',
  },
  {
    what: 'an envelope byte by byte',
    bytes: dripped(frameOf(text, envelopeOf('ping'))),
    heard: `pong, ${LIVES}`,
  },
  {
    what: 'two envelopes in one packet',
    bytes: [Buffer.concat([frameOf(text, envelopeOf('ping')), frameOf(text, envelopeOf('ping'))])],
    heard: `pong, pong, ${LIVES}`,
  },
  {
    what: 'an envelope cut in its head',
    bytes: [frameOf(text, envelopeOf('ping')).subarray(0, 3), frameOf(text, envelopeOf('ping')).subarray(3)],
    heard: `pong, ${LIVES}`,
  },
];

/** §5.3. */
const masks: readonly Case[] = [
  {
    what: 'an unmasked text',
    // Read as if its first four bytes were the mask; what follows is then out of step.
    bytes: [frameOf(text, envelopeOf('ping'), { mask: null })],
    heard: CUT,
    rfc: 'close 1002',
  },
  {
    what: 'a mask of zeros',
    bytes: [frameOf(text, envelopeOf('ping'), { mask: [0, 0, 0, 0] })],
    heard: `pong, ${LIVES}`,
  },
  {
    what: 'a mask of ones',
    bytes: [frameOf(text, envelopeOf('ping'), { mask: [255, 255, 255, 255] })],
    heard: `pong, ${LIVES}`,
  },
];

/** §5.2: reserved bits and opcodes. */
const reserved: readonly Case[] = [
  ...[1, 2, 3, 4, 5, 6, 7].flatMap((rsv) =>
    (
      [
        ['text', text],
        ['ping', ping],
        ['close', close],
      ] as const
    ).map(([name, opcode]) => ({
      what: `reserved bits ${String(rsv)} on a ${name}`,
      bytes: [frameOf(opcode, '', { rsv })],
      heard: CUT,
      rfc: 'close 1002',
    })),
  ),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) =>
    ['', 'x'].map((payload) => ({
      what: `opcode ${String(opcode)} ${payload === '' ? 'without' : 'with'} a payload`,
      bytes: [frameOf(opcode, payload)],
      heard: CUT,
      rfc: 'close 1002',
    })),
  ),
  { what: 'a binary frame', bytes: [frameOf(binary, envelopeOf('ping'))], heard: 'close 1008' },
  { what: 'an empty binary frame', bytes: [frameOf(binary)], heard: 'close 1008' },
];

/** §5.5: pings and pongs. */
const pings: readonly Case[] = [
  { what: 'a ping', bytes: [frameOf(ping)], heard: `pong , ${LIVES}` },
  { what: 'a ping with a payload', bytes: [frameOf(ping, 'hello')], heard: `pong ${hex('hello')}, ${LIVES}` },
  {
    what: 'a ping with bytes that are no UTF-8',
    bytes: [frameOf(ping, Uint8Array.of(0xff, 0x00, 0xfe))],
    heard: `pong ff00fe, ${LIVES}`,
  },
  {
    what: 'a ping of 125 bytes',
    bytes: [frameOf(ping, garbled(125))],
    heard: `pong ${hex(garbled(125))}, ${LIVES}`,
  },
  {
    what: 'a ping of 125 bytes byte by byte',
    bytes: dripped(frameOf(ping, garbled(125))),
    heard: `pong ${hex(garbled(125))}, ${LIVES}`,
  },
  { what: 'a ping of 126 bytes', bytes: [frameOf(ping, garbled(126))], heard: CUT, rfc: 'close 1002' },
  {
    what: 'a ping in fragments',
    bytes: [frameOf(ping, 'a', { fin: false }), frameOf(continuation, 'b')],
    heard: CUT,
    rfc: 'close 1002',
  },
  {
    what: 'ten pings at once',
    bytes: [Buffer.concat(Array.from({ length: 10 }, (_, i) => frameOf(ping, String(i))))],
    heard: `${Array.from({ length: 10 }, (_, i) => `pong ${hex(String(i))}`).join(', ')}, ${LIVES}`,
  },
  { what: 'a pong nobody asked for', bytes: [frameOf(pong)], heard: LIVES },
  { what: 'a pong with a payload', bytes: [frameOf(pong, 'hello')], heard: LIVES },
  { what: 'a pong of 126 bytes', bytes: [frameOf(pong, garbled(126))], heard: CUT, rfc: 'close 1002' },
];

/** §5.4. */
const halves = (first: string, second: string): readonly Uint8Array[] => [
  frameOf(text, first, { fin: false }),
  frameOf(continuation, second),
];
const envelope = envelopeOf('ping');
const fragments: readonly Case[] = [
  {
    what: 'an envelope in two fragments',
    bytes: halves(envelope.slice(0, 9), envelope.slice(9)),
    heard: `pong, ${LIVES}`,
  },
  {
    what: 'an envelope in fragments of one byte',
    bytes: [...envelope].map((byte, at) =>
      frameOf(at === 0 ? text : continuation, byte, { fin: at === envelope.length - 1 }),
    ),
    heard: `pong, ${LIVES}`,
  },
  {
    what: 'three empty fragments',
    bytes: [
      frameOf(text, '', { fin: false }),
      frameOf(continuation, '', { fin: false }),
      frameOf(continuation),
    ],
    heard: REFUSED,
  },
  {
    what: 'empty fragments around an envelope',
    bytes: [
      frameOf(text, '', { fin: false }),
      frameOf(continuation, envelope, { fin: false }),
      frameOf(continuation),
    ],
    heard: `pong, ${LIVES}`,
  },
  {
    what: 'a ping between two fragments',
    bytes: [
      frameOf(text, envelope.slice(0, 9), { fin: false }),
      frameOf(ping, 'in'),
      frameOf(continuation, envelope.slice(9)),
    ],
    heard: `pong ${hex('in')}, pong, ${LIVES}`,
  },
  {
    what: 'a close between two fragments',
    bytes: [frameOf(text, 'a', { fin: false }), frameOf(close, Uint8Array.of(3, 232))],
    heard: 'close 1000',
  },
  { what: 'a continuation of nothing', bytes: [frameOf(continuation, 'x')], heard: CUT, rfc: 'close 1002' },
  {
    what: 'an unfinished continuation of nothing',
    bytes: [frameOf(continuation, 'x', { fin: false })],
    heard: CUT,
    rfc: 'close 1002',
  },
  {
    what: 'a continuation after a whole message',
    // In one packet: what would have been answered in the same turn is cut off with it.
    bytes: [Buffer.concat([frameOf(text, envelope), frameOf(continuation, 'x')])],
    heard: CUT,
    rfc: 'pong, close 1002',
  },
  {
    what: 'a text within an unfinished text',
    bytes: [frameOf(text, 'a', { fin: false }), frameOf(text, 'b')],
    heard: CUT,
    rfc: 'close 1002',
  },
  {
    what: 'a binary frame within an unfinished text',
    bytes: [frameOf(text, 'a', { fin: false }), frameOf(binary, 'b')],
    heard: 'close 1008',
    rfc: 'close 1002',
  },
  {
    what: 'two unfinished texts',
    bytes: [frameOf(text, 'a', { fin: false }), frameOf(text, 'b', { fin: false })],
    heard: CUT,
    rfc: 'close 1002',
  },
  {
    what: 'fragments that are over the limit only together',
    bytes: halves(garbled(40_000), garbled(40_000)),
    heard: 'error payload_too_large, close 1009',
  },
  {
    what: 'fragments of more than 4 MiB together',
    bytes: [frameOf(text, garbled(2_500_000), { fin: false }), frameOf(continuation, garbled(2_500_000))],
    heard: CUT,
    rfc: 'close 1009',
  },
  {
    what: '10,000 empty fragments',
    bytes: [
      Buffer.concat([
        frameOf(text, '', { fin: false }),
        ...Array.from({ length: 9_999 }, () => frameOf(continuation, '', { fin: false })),
        frameOf(continuation, envelope),
      ]),
    ],
    heard: `pong, ${LIVES}`,
  },
];

export const FRAMING: readonly Case[] = [...lengths, ...masks, ...reserved, ...pings, ...fragments];
