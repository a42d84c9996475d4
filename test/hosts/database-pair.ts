import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';
import { onServer } from '../support/postgres-client.ts';
import { PostgresServer, type PostgresSettings } from '../support/postgres-server.ts';
import type { Scope } from '../support/temp-dir.ts';
import type { Machine } from './network.ts';

const SYNCHRONOUS_MS = 15_000;
const PROMOTED_MS = 15_000;
/** Everybody on the network of the test is let in. */
const ACCESS = 'host all all 10.77.0.0/24 trust\nhost replication all 10.77.0.0/24 trust\n';

interface Placed {
  readonly server: PostgresServer;
  readonly machine: Machine;
}

const settingsAt = (machine: Machine): PostgresSettings => ({
  listen_addresses: machine.address,
  // A standby that was cut off is back soon after the line is.
  wal_sender_timeout: '4s',
  wal_receiver_timeout: '4s',
  wal_retrieve_retry_interval: '200ms',
});

/** A primary and its standby on two machines. The test itself asks over Unix sockets, whatever is cut. */
export class DatabasePair {
  readonly #scope: Scope;
  readonly #isSynchronous: boolean;
  #primary: Placed;
  #standby: Placed | null = null;

  private constructor(scope: Scope, primary: Placed, isSynchronous: boolean) {
    this.#scope = scope;
    this.#primary = primary;
    this.#isSynchronous = isSynchronous;
  }

  static async start(
    scope: Scope,
    [first, second]: readonly [Machine, Machine],
    isSynchronous: boolean,
  ): Promise<DatabasePair> {
    const letIn = (folder: string): void => {
      appendFileSync(join(folder, 'pg_hba.conf'), ACCESS);
    };
    const server = await PostgresServer.start(scope, settingsAt(first), letIn, first.namespace);
    const pair = new DatabasePair(scope, { server, machine: first }, isSynchronous);
    await pair.addStandby(second);
    await pair.waitForStandby();
    return pair;
  }

  get primary(): PostgresServer {
    return this.#primary.server;
  }

  get primaryMachine(): Machine {
    return this.#primary.machine;
  }

  get standbyMachine(): Machine {
    return this.#placedStandby.machine;
  }

  /** For the test's own questions. */
  get url(): string {
    return this.primary.url();
  }

  /** A new copy of the primary, at first not waited for where it was never waited for. */
  async addStandby(machine: Machine): Promise<void> {
    const { server, machine: at } = this.#primary;
    this.#standby = {
      machine,
      server: await PostgresServer.startStandbyOf(
        this.#scope,
        server,
        at.address,
        settingsAt(machine),
        machine.namespace,
      ),
    };
  }

  /** From now on each commit waits for the standby, unless this pair is the control. */
  async waitForStandby(): Promise<void> {
    if (this.#isSynchronous) await this.#waitFor('*');
    const wanted = this.#isSynchronous ? 'sync' : 'async';
    await eventually(
      'the standby to be in step',
      async () => {
        const rows = await onServer(this.url, 'SELECT sync_state, state FROM pg_stat_replication');
        return rows.some(([sync, state]) => sync === wanted && state === 'streaming');
      },
      SYNCHRONOUS_MS,
    );
  }

  /** The standby becomes the primary. Returns the machine of the one before, which has ended. `alone`: it stores without waiting for
   *  a standby of its own until it has one, as the tools of operators do it. */
  async promote(alone: boolean): Promise<Machine> {
    const { server, machine } = this.#placedStandby;
    const free = this.#primary.machine;
    await this.primary.stop();
    this.#primary = { server, machine };
    this.#standby = null;
    await onServer(this.url, 'SELECT pg_promote()');
    await eventually(
      'the standby to be promoted',
      async () => (await onServer(this.url, 'SELECT pg_is_in_recovery()'))[0]?.[0] === false,
      PROMOTED_MS,
    );
    if (alone) await this.#waitFor('');
    return free;
  }

  async #waitFor(names: string): Promise<void> {
    await onServer(this.url, `ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
    await onServer(this.url, 'SELECT pg_reload_conf()');
  }

  get #placedStandby(): Placed {
    if (this.#standby === null) throw new Error('there is no standby');
    return this.#standby;
  }
}
