import { originAllowed } from '../auth/origins.ts';
import { RELEASE, RELEASE_HEADER } from '../../protocol/release.ts';
import type { Incoming } from './incoming.ts';

export type Header = readonly [name: string, value: string];

/** Headers of every answer. */
export const SECURITY_HEADERS: readonly Header[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  [RELEASE_HEADER, RELEASE],
];

/** Of files that users gave: nothing in them runs, and no other page shows them. */
export const SANDBOXED: readonly Header[] = [
  ['Content-Security-Policy', "sandbox; default-src 'none'; frame-ancestors 'none'"],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
];

/** Headers of API answers, which are private and not documents. */
export const API_HEADERS: readonly Header[] = [
  ['Cache-Control', 'no-store'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
];

const PREFLIGHT_S = 600;

/** The headers that let a page of an allowed origin read the answer; `Vary` always, so that no cache mixes origins up. */
export const corsHeaders = (incoming: Incoming, allowed: readonly string[]): readonly Header[] => {
  const origin = incoming.headers.get('origin');
  if (origin === undefined || !originAllowed(origin, incoming.headers.get('host') ?? '', allowed)) {
    return [['Vary', 'Origin']];
  }
  return [
    ['Vary', 'Origin'],
    ['Access-Control-Allow-Origin', origin],
    [
      'Access-Control-Expose-Headers',
      `Content-Disposition, Content-Range, ETag, Retry-After, X-Request-Id, ${RELEASE_HEADER}`,
    ],
  ];
};

/** The further headers of a preflight, when its origin is allowed. */
export const preflightHeaders = (methods: readonly string[]): readonly Header[] => [
  ['Access-Control-Allow-Methods', methods.join(', ')],
  [
    'Access-Control-Allow-Headers',
    'Authorization, Content-Disposition, Content-Range, Content-Type, If-None-Match, If-Range, Range, Upload-Key',
  ],
  ['Access-Control-Max-Age', String(PREFLIGHT_S)],
];
