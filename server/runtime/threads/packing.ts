import type { Address, ThreadName } from '../address.ts';
import type { Envelope, Fault } from '../envelope.ts';

/** The names of an object's fields in their order; `fields` for one that holds an object itself. */
interface Field {
  readonly key: string;
  readonly fields: Shape | null;
}
export type Shape = readonly Field[];

/** The envelopes of one tick, flattened: for each its kind, its fields, and its payload as the number of a shape and the values
 *  of that shape. */
export interface Packed {
  readonly count: number;
  readonly values: readonly unknown[];
  /** Shapes that were not sent before; they are numbered as they come. */
  readonly shapes?: readonly Shape[];
}

type Plain = Readonly<Record<string, unknown>>;

const SHAPES_MAX = 256;
const STEPS_MAX = 4_096;
/** In place of a shape: the payload follows unpacked. */
const WHOLE = -1;

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** A node of the trie of field names. The path from the root to the end of an object is the object's shape. */
class Step {
  readonly before: Step | null;
  readonly name: string;
  readonly kind: 'value' | 'object' | 'end';
  readonly values = new Map<string, Step>();
  readonly objects = new Map<string, Step>();
  end: Step | undefined;
  shape = WHOLE;

  constructor(before: Step | null, kind: Step['kind'], name: string) {
    this.before = before;
    this.kind = kind;
    this.name = name;
  }
}

/** Packs envelopes into parcels. Structured cloning writes and looks up the name of every field of every object, which costs
 *  more than the values. Here each shape is sent once, and afterwards only values. Beyond 256 shapes, messages are sent as they
 *  are. */
export class Packer {
  readonly #root = new Step(null, 'end', '');
  #steps = 0;
  #known = 0;
  #count = 0;
  #values: unknown[] = [];
  #shapes: Shape[] = [];

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  add(envelope: Envelope): void {
    this.#count += 1;
    this.#values.push(envelope.k);
    switch (envelope.k) {
      case 'tell':
        this.#values.push(envelope.to);
        this.#put(envelope.message);
        break;
      case 'ask':
        this.#values.push(envelope.to, envelope.from, envelope.token);
        this.#put(envelope.message);
        break;
      case 'reply':
        this.#values.push(envelope.token);
        this.#put(envelope.result);
        break;
      case 'fault':
        this.#values.push(envelope.token, envelope.fault);
    }
  }

  /** What was added since the last time. */
  take(): Packed {
    const packed: Packed = {
      count: this.#count,
      values: this.#values,
      ...(this.#shapes.length === 0 ? {} : { shapes: this.#shapes }),
    };
    this.#count = 0;
    this.#values = [];
    if (this.#shapes.length > 0) this.#shapes = [];
    return packed;
  }

  #put(carried: unknown): void {
    const at = this.#values.length;
    this.#values.push(WHOLE);
    const end = isPlain(carried) ? this.#walk(carried, this.#root) : undefined;
    const shape = end === undefined ? WHOLE : this.#shapeOf(end);
    this.#values[at] = shape;
    if (shape !== WHOLE) return;
    this.#values.length = at + 1;
    this.#values.push(carried);
  }

  /** Appends the values of an object. Undefined: there are too many ways already. */
  #walk(object: Plain, from: Step): Step | undefined {
    let step: Step | undefined = from;
    for (const key in object) {
      const value = object[key];
      if (isPlain(value)) {
        step = step.objects.get(key) ?? this.#grow(step, 'object', key);
        if (step !== undefined) step = this.#walk(value, step);
        if (step !== undefined) step = step.end ?? this.#grow(step, 'end', '');
      } else {
        this.#values.push(value);
        step = step.values.get(key) ?? this.#grow(step, 'value', key);
      }
      if (step === undefined) return undefined;
    }
    return step;
  }

  #grow(from: Step, kind: Step['kind'], name: string): Step | undefined {
    if (this.#steps >= STEPS_MAX) return undefined;
    this.#steps += 1;
    const step = new Step(from, kind, name);
    if (kind === 'value') from.values.set(name, step);
    else if (kind === 'object') from.objects.set(name, step);
    else from.end = step;
    return step;
  }

  #shapeOf(end: Step): number {
    if (end.shape !== WHOLE || this.#known >= SHAPES_MAX) return end.shape;
    end.shape = this.#known;
    this.#known += 1;
    this.#shapes.push(shapeOf(end));
    return end.shape;
  }
}

const shapeOf = (end: Step): Shape => {
  const way: Step[] = [];
  for (let step = end; step.before !== null; step = step.before) way.push(step);
  const shape: Field[] = [];
  const open: Field[][] = [shape];
  for (const { kind, name } of way.reverse()) {
    if (kind === 'end') open.pop();
    else {
      const fields: Field[] | null = kind === 'object' ? [] : null;
      open.at(-1)?.push({ key: name, fields });
      if (fields !== null) open.push(fields);
    }
  }
  return shape;
};

/** Takes the parcels of one `Packer` apart, in the order in which they were made. */
export class Unpacker {
  readonly #shapes: Shape[] = [];
  #values: readonly unknown[] = [];
  #at = 0;

  envelopes(packed: Packed): Envelope[] {
    if (packed.shapes !== undefined) this.#shapes.push(...packed.shapes);
    this.#values = packed.values;
    this.#at = 0;
    const envelopes: Envelope[] = [];
    while (envelopes.length < packed.count) envelopes.push(this.#envelope());
    this.#values = [];
    return envelopes;
  }

  #envelope(): Envelope {
    const k = this.#next() as Envelope['k'];
    switch (k) {
      case 'tell':
        return { k, to: this.#next() as Address, message: this.#carried() };
      case 'ask': {
        const to = this.#next() as Address;
        const from = this.#next() as ThreadName;
        const token = this.#next() as number;
        return { k, to, message: this.#carried(), from, token };
      }
      case 'reply':
        return { k, token: this.#next() as number, result: this.#carried() };
      case 'fault':
        return { k, token: this.#next() as number, fault: this.#next() as Fault };
    }
  }

  #carried(): unknown {
    const shape = this.#shapes[this.#next() as number];
    return shape === undefined ? this.#next() : this.#build(shape);
  }

  #next(): unknown {
    const value = this.#values[this.#at];
    this.#at += 1;
    return value;
  }

  #build(shape: Shape): Plain {
    const object: Record<string, unknown> = {};
    for (const { key, fields } of shape) object[key] = fields === null ? this.#next() : this.#build(fields);
    return object;
  }
}
