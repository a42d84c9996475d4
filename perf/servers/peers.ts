import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { inLanes } from '../load/lanes.ts';
import type { LoadUser } from '../load/spec.ts';
import { DOMAIN, XmppStream } from '../load/xmpp/stream.ts';
import { freePort } from '../machine/free-port.ts';
import type { Placement } from '../machine/spawn.ts';
import { startProgram, type Running } from './server.ts';

/** What people would pick instead: servers of Debian's packages, if this machine has them, with the archive of every message on.
 *  SQLite in WAL, which is the faster mode and not the one that they choose. */
export const PEERS = ['ejabberd', 'ejabberd-sqlite', 'prosody'] as const;
export type Peer = (typeof PEERS)[number];

const HOST = '127.0.0.1';
const REGISTERING_AT_ONCE = 16;
const ejabberdctl = '/usr/sbin/ejabberdctl';

/** What has to be installed for each. */
export const PACKAGES: Readonly<Record<Peer, readonly string[]>> = {
  ejabberd: ['ejabberd'],
  'ejabberd-sqlite': ['ejabberd', 'erlang-p1-sqlite3'],
  prosody: ['prosody', 'lua-dbi-sqlite3'],
};

/** A database of whatever tables, in the mode that is kept in its file. */
const makeWal = (file: string): string => {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.close();
  return file;
};

const ejabberdConfig = (port: number, database: string | null): string => `
loglevel: warning
hosts: [${DOMAIN}]
listen:
  - { port: ${port}, ip: "${HOST}", module: ejabberd_c2s, backlog: 1024, max_stanza_size: 262144, access: all }
auth_password_format: plain
registration_timeout: infinity
${database === null ? '' : `default_db: sql\nauth_method: internal\nsql_type: sqlite\nsql_database: "${database}"`}
modules:
  mod_carboncopy: {}
  mod_disco: {}
  mod_last: {}
  mod_mam: { default: always }
  mod_offline: {}
  mod_ping: {}
  mod_register: { ip_access: all, access: all }
  mod_roster: {}
  mod_stream_mgmt: {}
`;

const startEjabberd = (
  dir: string,
  port: number,
  placement: Placement,
  database: string | null,
): Promise<Running> => {
  const config = join(dir, 'ejabberd.yml');
  writeFileSync(config, ejabberdConfig(port, database));
  // Debian's script knows where the Erlang libraries are; its own start would fork away.
  const [, libraries = ''] = /^ERL_LIBS='(.*)'$/m.exec(readFileSync(ejabberdctl, 'utf8')) ?? [];
  const erl = [
    'erl',
    '+K',
    'true',
    '-noinput',
    '-mnesia',
    'dir',
    `"${join(dir, 'mnesia')}"`,
    '-s',
    'ejabberd',
  ];
  const env = {
    ...placement.env,
    HOME: dir,
    ERL_LIBS: libraries,
    EJABBERD_CONFIG_PATH: config,
    EJABBERD_LOG_PATH: join(dir, 'ejabberd.log'),
  };
  return startProgram(erl, { host: HOST, port }, { ...placement, cwd: dir, env });
};

const prosodyConfig = (dir: string, port: number): string => `
run_as_root = true
data_path = "${dir}"
modules_enabled = { "disco", "roster", "saslauth", "carbons", "smacks", "register", "ping", "mam", "offline" }
modules_disabled = { "s2s", "tls" }
c2s_interfaces = { "${HOST}" }
c2s_ports = { ${port} }
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
allow_registration = true
authentication = "internal_plain"
storage = "sql"
sql = { driver = "SQLite3", database = "prosody.sqlite" }
default_archive_policy = true
log = { warn = "*console" }
VirtualHost "${DOMAIN}"
`;

const startProsody = (dir: string, port: number, placement: Placement): Promise<Running> => {
  const config = join(dir, 'prosody.cfg.lua');
  // Looked for, whether TLS is there or not.
  mkdirSync(join(dir, 'certs'));
  makeWal(join(dir, 'prosody.sqlite'));
  writeFileSync(config, prosodyConfig(dir, port));
  return startProgram(
    ['prosody', '--config', config, '-F'],
    { host: HOST, port },
    { ...placement, cwd: dir },
  );
};

/** Starts a peer on an empty folder and registers that many accounts, as its clients would. */
export const startPeer = async (
  peer: Peer,
  dir: string,
  count: number,
  placement: Placement,
): Promise<{ readonly server: Running; readonly accounts: readonly LoadUser[] }> => {
  const port = await freePort();
  const server = await {
    ejabberd: () => startEjabberd(dir, port, placement, null),
    'ejabberd-sqlite': () => startEjabberd(dir, port, placement, makeWal(join(dir, 'ejabberd.sqlite'))),
    prosody: () => startProsody(dir, port, placement),
  }[peer]();
  const accounts = Array.from({ length: count }, (_, i) => ({
    userId: `person${i}`,
    token: `password-${i}`,
  }));
  try {
    await inLanes(
      count,
      REGISTERING_AT_ONCE,
      (i) =>
        new Promise((done, fail) => {
          const { userId, token } = accounts[i]!;
          new XmppStream({ host: HOST, port }, fail).register(userId, token).then(done, fail);
        }),
    );
  } catch (error) {
    await server.stop();
    throw new Error(`${(error as Error).message}\n${server.lastWords()}`, { cause: error });
  }
  return { server, accounts };
};
