import { expandHome } from './fields.ts';
import { isVisible } from '../protocol/fields.ts';

/** Secrets that the operator gives, in a variable or in a file that a variable names. */

const MIN_BYTES = 32;
/** Text that stands in examples for a secret to come. */
const PLACEHOLDER = /(change|replace)[\s_-]*(me|this|it)|placeholder|your[\s_-]*(\w+[\s_-]*)?secret/i;

export type SecretName =
  'PARLEY_JWT_SECRET' | 'PARLEY_REFRESH_SECRET' | 'PARLEY_DATABASE_URL' | 'PARLEY_BROKER_URL';
export type SecretResult =
  { readonly secret: string | null } | { readonly fault: { readonly name: string; readonly reason: string } };

/** The secret of this name, null when none is given. A file's last line break is not part of it. What is no text is refused and not
 *  decoded into something else: different bytes would become the same secret. A reason never repeats the value. `faultIn`: what is wrong with a
 *  text, null if nothing is. */
export const secretOf = (
  name: SecretName,
  env: Readonly<Partial<Record<string, string>>>,
  machine: { readonly home?: string | undefined; readFile(path: string): Uint8Array },
  faultIn: (text: string) => string | null = faultOf,
): SecretResult => {
  const direct = env[name];
  const file = env[`${name}_FILE`];
  if (file === undefined) {
    if (direct === undefined) return { secret: null };
    // The environment holds bytes. Node puts U+FFFD in the place of those that are no text.
    const reason = direct.includes('\ufffd') ? noText(name) : faultIn(direct);
    return reason === null ? { secret: direct } : { fault: { name, reason } };
  }
  const refuse = (reason: string): SecretResult => ({ fault: { name: `${name}_FILE`, reason } });
  if (direct !== undefined) return refuse(`must not be set together with ${name}`);
  const expanded = expandHome(file, machine.home);
  if ('reason' in expanded) return refuse(expanded.reason);
  let bytes: Uint8Array;
  try {
    bytes = machine.readFile(expanded.path);
  } catch (error) {
    return refuse(`names a file that can't be read (${String((error as NodeJS.ErrnoException).code)})`);
  }
  const secret = decode(bytes)?.replace(/\r?\n$/, '');
  if (secret === undefined) return refuse(noText(name));
  const reason = faultIn(secret);
  return reason === null ? { secret } : refuse(reason);
};

const noText = (name: SecretName): string =>
  name.endsWith('_URL')
    ? 'must hold text in UTF-8'
    : 'must hold text in UTF-8; `openssl rand -base64 32` makes a key';

/** Undefined for what is no text. UTF-16 without a byte order mark shows by its NULs. */
const decode = (bytes: Uint8Array): string | undefined => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
};

const faultOf = (secret: string): string | null => {
  if (Buffer.byteLength(secret) < MIN_BYTES) return `must hold at least ${String(MIN_BYTES)} bytes`;
  if (!isVisible(secret)) return 'must not be blank';
  if (PLACEHOLDER.test(secret)) return 'is a placeholder; `openssl rand -base64 32` makes a key';
  return null;
};
