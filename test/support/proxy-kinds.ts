import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOMAIN, shippedFile, type ProxyKind, type ProxyPlace, type Substitution } from './tls-proxy.ts';

/** Which files of deploy/: those for one host, or those for several. */
type Files = 'single' | 'cluster';

const folderOf = (files: Files): string => (files === 'single' ? '' : 'cluster/');

/** The addresses in the file, by those of the hosts here. */
const hostsIn = (files: Files, upstreams: readonly string[]): readonly Substitution[] =>
  upstreams.map((upstream, i) => [
    files === 'single' ? '127.0.0.1:8080' : `10.0.0.${String(11 + i)}:8080`,
    upstream,
  ]);

/** The files name three hosts. Another number of them stands where the first one does. */
const SHIPPED_HOSTS = 3;
const ANY_HOST = /10\.0\.0\.1\d:8080/;
const manyHosts = (
  files: Files,
  upstreams: readonly string[],
  line: RegExp,
  make: (upstream: string, i: number) => string,
): readonly Substitution[] =>
  files === 'single' || upstreams.length === SHIPPED_HOSTS
    ? hostsIn(files, upstreams)
    : [[line, upstreams.map(make).join('')]];

const caddyFile = (files: Files, at: ProxyPlace): string => {
  const { port, plainPort, upstreams, certificates } = at;
  const options = (lines: string): string => `{\n\tadmin off\n${lines}}\n`;
  const site =
    certificates === null
      ? `${options('')}http://127.0.0.1:${String(port)}, http://localhost:${String(port)} {\n\tbind 127.0.0.1\n`
      : options(
          `\thttp_port ${String(plainPort)}\n\thttps_port ${String(port)}\n\tauto_https disable_redirects\n`,
        ) + `${DOMAIN} {\n\tbind 127.0.0.1\n\ttls ${certificates.certificate} ${certificates.key}\n`;
  return shippedFile(`${folderOf(files)}Caddyfile`, [
    [`{$PARLEY_SITE:${DOMAIN}} {\n`, site],
    ...manyHosts(files, upstreams, /(?:10\.0\.0\.1\d:8080 ?)+/, (upstream) => `${upstream} `),
  ]);
};

const caddy = (files: Files): ProxyKind => ({
  name: 'Caddy',
  program: 'caddy',
  configure: (at) => {
    writeFileSync(join(at.dir, 'Caddyfile'), caddyFile(files, at));
    return ['run', '--config', join(at.dir, 'Caddyfile'), '--adapter', 'caddyfile'];
  },
});

const nginxFile = (files: Files, at: ProxyPlace): string => {
  const { port, plainPort, upstreams, certificates } = at;
  const tls: readonly Substitution[] =
    certificates === null
      ? [
          [/^server \{\n\tlisten 80;[^}]*\}\n/, ''],
          [/listen 443 ssl http2/, `listen 127.0.0.1:${String(port)}`],
          [/^\tssl_.*\n/, ''],
          [`server_name ${DOMAIN};`, 'server_name _;'],
        ]
      : [
          ['listen 80;', `listen 127.0.0.1:${String(plainPort)};`],
          ['listen 443 ssl', `listen 127.0.0.1:${String(port)} ssl`],
          [`/etc/letsencrypt/live/${DOMAIN}/fullchain.pem`, certificates.certificate],
          [`/etc/letsencrypt/live/${DOMAIN}/privkey.pem`, certificates.key],
        ];
  return shippedFile(`${folderOf(files)}nginx.conf`, [
    ...tls,
    [/^\tlisten \[::\].*\n/, ''],
    ...manyHosts(
      files,
      upstreams,
      new RegExp(`(?:^\\tserver ${ANY_HOST.source}.*\\n)+`),
      (upstream) => `\tserver ${upstream} max_fails=1 fail_timeout=2s;\n`,
    ),
  ]);
};

const nginx = (files: Files): ProxyKind => ({
  name: 'nginx',
  program: 'nginx',
  configure: (at) => {
    const { dir } = at;
    writeFileSync(join(dir, 'parley.conf'), nginxFile(files, at));
    const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${join(dir, name)};`)
      .join('\n');
    writeFileSync(
      join(dir, 'nginx.conf'),
      `daemon off;\npid ${join(dir, 'pid')};\nerror_log stderr;\nworker_processes 1;\nevents {}\n` +
        `http {\naccess_log off;\n${temp}\ninclude ${join(dir, 'parley.conf')};\n}\n`,
    );
    return ['-p', dir, '-c', join(dir, 'nginx.conf')];
  },
});

const haproxyFile = (files: Files, at: ProxyPlace): string => {
  const { port, plainPort, upstreams, certificates } = at;
  const tls: readonly Substitution[] =
    certificates === null
      ? [
          [/^frontend web\n(?:.+\n)+/, ''],
          [/bind :443 ssl .*/, `bind 127.0.0.1:${String(port)}`],
        ]
      : [
          ['bind :80\n', `bind 127.0.0.1:${String(plainPort)}\n`],
          ['bind :443 ', `bind 127.0.0.1:${String(port)} `],
          [`/etc/haproxy/${DOMAIN}.pem`, certificates.both],
        ];
  return shippedFile(`${folderOf(files)}haproxy.cfg`, [
    ...tls,
    ...manyHosts(
      files,
      upstreams,
      new RegExp(`(?:^\\tserver host-\\d ${ANY_HOST.source}\\n)+`),
      (upstream, i) => `\tserver host-${String(i + 1)} ${upstream}\n`,
    ),
  ]);
};

const haproxy = (files: Files): ProxyKind => ({
  name: 'HAProxy',
  program: 'haproxy',
  configure: (at) => {
    writeFileSync(join(at.dir, 'haproxy.cfg'), haproxyFile(files, at));
    return ['-db', '-f', join(at.dir, 'haproxy.cfg')];
  },
});

/** In front of one host, as deploy/ has them. */
export const PROXIES: readonly ProxyKind[] = [caddy('single'), nginx('single'), haproxy('single')];

/** In front of several hosts, as deploy/cluster/ has them. */
export const BALANCERS = {
  nginx: nginx('cluster'),
  caddy: caddy('cluster'),
  haproxy: haproxy('cluster'),
} as const;
