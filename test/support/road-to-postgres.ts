import { CuttingProxy } from './cutting-proxy.ts';
import type { PostgresServer } from './postgres-server.ts';
import type { Scope } from './temp-dir.ts';

/** A host's own way to a database, which can be cut while the others keep theirs. */
export class RoadToPostgres {
  readonly url: string;
  readonly #ends: (() => void | Promise<void>)[];

  private constructor(url: string, ends: (() => void | Promise<void>)[]) {
    this.url = url;
    this.#ends = ends;
  }

  static async open(scope: Scope, database: PostgresServer): Promise<RoadToPostgres> {
    const ends: (() => void | Promise<void>)[] = [];
    const { port } = await CuttingProxy.start(
      { after: (end) => void ends.push(end) },
      { path: database.socket },
    );
    const road = new RoadToPostgres(
      `postgres://parley@127.0.0.1:${String(port)}/postgres?sslmode=disable`,
      ends,
    );
    scope.after(() => road.cut());
    return road;
  }

  /** For good: what is connected is cut off, and new connections are refused. */
  async cut(): Promise<void> {
    for (const end of this.#ends.splice(0)) await end();
  }
}
