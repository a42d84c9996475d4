import { NAUGHTY_STRINGS } from './naughty-strings.ts';

/** Ways to make a shell do something: `canary` would be made by any of them. */
const payloads = (canary: string): readonly string[] => [
  `$(touch ${canary})`,
  `\`touch ${canary}\``,
  `";touch ${canary};"`,
  `" && touch ${canary} && "`,
  `";touch ${canary} #`,
  `\\";touch ${canary};\\"`,
  `\\$(touch ${canary})`,
  `'"$(touch ${canary})"'`,
  `\${IFS}$(touch\${IFS}${canary})`,
  `"|touch ${canary}|"`,
  `"\n touch ${canary}\n"`,
  `"\r\ntouch ${canary}\r\n"`,
  `"&touch ${canary}&"`,
  `$((touch ${canary}))`,
  `"$(\`touch ${canary}\`)`,
  `%22;touch ${canary};%22$(touch ${canary})`,
  `" > ${canary} "`,
  `";: > ${canary};"`,
  `\u201d$(touch ${canary})\u201d`,
  `\uff02;touch ${canary};\uff02`,
  `$'\\x22;touch ${canary}'`,
];

/** Where in an address it may stand. */
const PLACES: readonly ((text: string) => string)[] = [
  (text) => `https://example.org/${text}`,
  (text) => `https://example.org/?q=${text}`,
  (text) => `https://example.org/#${text}`,
  (text) => `https://${text}.example.org/`,
  (text) => `https://example.org:80${text}/`,
  (text) => `https://${text}@example.org/`,
  (text) => `mailto:${text}@example.org`,
  (text) => `mailto:ada@example.org?subject=${text}`,
  (text) => `mailto:ada@example.org?${text}=x`,
  (text) => `HTTP://example.org\\${text}`,
  (text) => text,
];

export const shellAttacks = (canary: string): readonly string[] =>
  payloads(canary).flatMap((payload) => PLACES.map((place) => place(payload)));

/** Schemes and shapes that are nobody's business outside the client. */
export const FORBIDDEN_URLS: readonly string[] = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'blob:https://example.org/1',
  'file:///etc/passwd',
  'file://host/share/run.exe',
  '\\\\host\\share\\run.exe',
  'smb://host/share',
  'ftp://example.org/',
  'ssh://-oProxyCommand=x/',
  'vscode://file/x',
  'ms-msdt:/id PCWDiagnostic',
  'search-ms:query=x',
  'steam://run/1',
  'tel:+1',
  'about:blank',
  'view-source:https://example.org',
  'x-apple.systempreferences:',
  '--help',
  '/etc/passwd',
  'example.org',
  'https://',
  'http://',
  'https:///',
  'https://bank.example@evil.example/',
  'https://user:pw@evil.example/',
  '',
  ' ',
  '\0',
  'https://example.org/\ud800',
  `https://example.org/${'x'.repeat(5000)}`,
];

/** Every naughty string as an address and inside one. */
export const NAUGHTY_URLS: readonly string[] = NAUGHTY_STRINGS.flatMap((text) => [
  text,
  `https://example.org/${text}`,
]);
