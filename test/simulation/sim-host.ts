import { SimServer } from './edge.ts';
import type { Weather } from './faults.ts';
import type { World } from './world.ts';

/** One machine, and the process of the server that runs on it, if one does. */
export class SimHost {
  /** Begins the names of its threads; '' for one that is alone. */
  readonly label: string;
  readonly weather: Weather;
  server: SimServer | undefined;
  /** Nothing it says reaches the others through the broker, and it hears nothing. */
  isCutFromBroker = false;
  /** The store cannot be reached from here. */
  isCutFromStore = false;
  /** When something last failed here. */
  troubledAt = 0;
  readonly #world: World;

  constructor(world: World, index: number, isAlone: boolean) {
    this.#world = world;
    this.label = isAlone ? '' : `host ${String(index + 1)} `;
    this.weather = { diskFull: false, crash: null, poisonChance: world.plan.poison };
  }

  /** Whether everything here runs and reaches the store. */
  get isWell(): boolean {
    const { server } = this;
    return (
      server !== undefined &&
      !server.process.isFrozen &&
      !this.isCutFromStore &&
      !this.weather.diskFull &&
      server.threads.names.every((name) => server.threads.isUp(name))
    );
  }

  start(): void {
    if (this.server !== undefined || this.#world.isOut) return;
    this.note('server starts');
    this.troubled();
    const begin = { name: 'edge', alive: true };
    this.server = this.#world.scheduler.as(begin, () => new SimServer(this.#world, this));
  }

  crash(): void {
    const { server } = this;
    if (server === undefined) return;
    this.note('server crashes');
    this.troubled();
    this.server = undefined;
    server.bury();
  }

  /** No line of the process runs any more, and no connection of it is closed. */
  freeze(): void {
    if (this.server === undefined) return;
    this.note('freezes');
    this.troubled();
    this.server.process.isFrozen = true;
  }

  /** The process goes on where it was, and knows nothing of it. */
  thaw(): void {
    if (this.server?.process.isFrozen !== true) return;
    this.note('thaws');
    this.troubled();
    this.#world.scheduler.thaw(this.server.process);
  }

  cutFromStore(isCut: boolean): void {
    if (isCut === this.isCutFromStore) return;
    this.note(isCut ? 'cannot reach the store' : 'reaches the store');
    this.troubled();
    this.isCutFromStore = isCut;
  }

  troubled(): void {
    this.troubledAt = this.#world.scheduler.now;
  }

  note(what: string): void {
    this.#world.trace.note(`${this.label}${what}`);
  }
}
