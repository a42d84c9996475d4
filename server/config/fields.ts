import { isIP } from 'node:net';
import * as z from 'zod';

/** How the texts of environment variables become values. */

/** A block of addresses, as plain data. A single address is a block of full length. */
export interface Cidr {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

const within = (value: number, minimum: number, maximum: number): boolean =>
  value >= minimum && value <= maximum;

/** A text that is kept as it is. `faultIn`: what is wrong with one, null if nothing is. */
export const checked = (faultIn: (text: string) => string | null) =>
  z.string().superRefine((text, ctx) => {
    const message = faultIn(text);
    if (message !== null) ctx.addIssue({ code: 'custom', message });
  });

export const wholeNumber = (minimum: number, maximum: number) =>
  z
    .string()
    .refine((text) => /^\d{1,15}$/.test(text) && within(Number(text), minimum, maximum), {
      message: `must be a whole number from ${String(minimum)} to ${String(maximum)}`,
    })
    .transform(Number);

export const number = (minimum: number, maximum: number) =>
  z
    .string()
    .refine((text) => /^\d{1,9}(\.\d{1,6})?$/.test(text) && within(Number(text), minimum, maximum), {
      message: `must be a number from ${String(minimum)} to ${String(maximum)}`,
    })
    .transform(Number);

/** A path as a shell would have it: `~` and `~/x` begin with the home directory, which neither systemd nor a container puts in.
 *  What can't be is a `reason`. */
export const expandHome = (
  text: string,
  home: string | undefined,
): { readonly path: string } | { readonly reason: string } => {
  if (!text.startsWith('~')) return { path: text };
  if (text !== '~' && !text.startsWith('~/')) {
    return {
      reason: "begins with ~ and another user's name: write the path in full, or ./~ for a file of that name",
    };
  }
  if (home === undefined || home === '')
    return { reason: 'begins with ~ but HOME is not set: write the path in full' };
  return { path: `${home}${text.slice(1)}` };
};

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const HOST_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);

/** Names that end in a number are addresses, by WHATWG's rule: `1.2.3.256` is a wrong one and no name. */
const isHostName = (text: string): boolean => HOST_NAME.test(text) && !/(?:^|\.)\d+$/.test(text);

export const hostName = z.string().refine((text) => isIP(text) !== 0 || isHostName(text), {
  message: 'must be an IP address or a host name, without scheme and port',
});

/** The origin itself when the text is one (`https://chat.example`), else null. */
const originOf = (text: string): string | null => {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null;
  if (url.pathname !== '/' && url.pathname !== '') return null;
  if (text.endsWith('/')) return null;
  return `${url.protocol}//${url.host}` === text.toLowerCase() ? text.toLowerCase() : null;
};

const listOf = <T>(parse: (text: string) => T | null, what: string) =>
  z.string().transform((text, ctx): T[] => {
    const parsed = text.split(',').map((item) => parse(item.trim()));
    const bad = parsed.indexOf(null);
    if (bad !== -1) {
      ctx.addIssue({ code: 'custom', message: `entry ${String(bad + 1)} must be ${what}` });
      return z.NEVER;
    }
    return parsed.filter((item) => item !== null);
  });

export const originList = listOf(
  originOf,
  'an origin such as https://chat.example, without path or trailing slash',
);

/** `10.0.0.0/8`, `::1`, … or null. */
export const cidrOf = (text: string): Cidr | null => {
  const [address = '', prefixText, rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest !== undefined || address.includes('%')) return null;
  const full = version === 4 ? 32 : 128;
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return null;
  const prefix = prefixText === undefined ? full : Number(prefixText);
  return prefix > full ? null : { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
};

export const cidrList = listOf(cidrOf, 'an IP address or a CIDR block such as 10.0.0.0/8');

export const sha256List = listOf(
  (text) => (/^[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : null),
  'a SHA-256 sum of 64 hexadecimal digits',
);

/** `host:port` as a URL of it would have it; null for what is none. */
const authorityOf = (text: string): string | null => {
  const [, host = '', port = ''] = /^(\[[\da-fA-F:.]+\]|[^\s:/@?#[\]]+):(\d{1,5})$/.exec(text) ?? [];
  if (!within(Number(port), 1, 65_535) || !URL.canParse(`https://${host}/`)) return null;
  return `${new URL(`https://${host}/`).hostname}:${String(Number(port))}`;
};

export const allowedServices = listOf(authorityOf, 'a host and a port such as push.example:443');

const isContact = (text: string): boolean => {
  if (!URL.canParse(text) || /\s/.test(text)) return false;
  const { protocol, hostname } = new URL(text);
  if (protocol === 'https:') return hostname.includes('.');
  return protocol === 'mailto:' && /^mailto:[^\s@<>,?]+@[^\s@<>,?]+\.[^\s@<>,?]+$/i.test(text);
};

/** Whom push services may write to. They refuse what is no address. */
export const pushSubject = z.string().refine(isContact, {
  message: 'must be a contact such as mailto:admin@chat.example or https://chat.example/contact',
});

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A time such as `90s`, `30m`, `24h` or `7d`, in milliseconds. */
export const duration = (minimumMs: number, maximumMs: number, allowed: string) =>
  z.string().transform((text, ctx): number => {
    const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
    const ms = Number(count) * UNITS[(unit ?? 's') as keyof typeof UNITS];
    if (count !== undefined && within(ms, minimumMs, maximumMs)) return ms;
    ctx.addIssue({ code: 'custom', message: `must be a time such as 30m, 24h or 7d, ${allowed}` });
    return z.NEVER;
  });
