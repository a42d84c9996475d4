import { types } from 'pg';

type Parser = (text: string) => unknown;

const BOOL = 16;
const BYTEA = 17;
const INT8 = 20;
const INT2 = 21;
const INT4 = 23;
const OID = 26;
const FLOAT4 = 700;
const FLOAT8 = 701;
const INT2_ARRAY = 1005;
const INT4_ARRAY = 1007;
const INT8_ARRAY = 1016;
/** bytea, text, varchar, uuid. */
const OTHER_ARRAYS = [1001, 1009, 1015, 2951];

const parserOfPg = (oid: number): Parser =>
  (types.getTypeParser as (oid: number, format: 'text') => Parser)(oid, 'text');
const asText: Parser = (text) => text;
const numbers: Parser = (text) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(Number));

const PARSERS = new Map<number, Parser>([
  [BOOL, (text) => text === 't'],
  [BYTEA, parserOfPg(BYTEA)],
  ...[INT2, INT4, INT8, OID, FLOAT4, FLOAT8].map((oid): [number, Parser] => [oid, Number]),
  ...[INT2_ARRAY, INT4_ARRAY, INT8_ARRAY].map((oid): [number, Parser] => [oid, numbers]),
  ...OTHER_ARRAYS.map((oid): [number, Parser] => [oid, parserOfPg(oid)]),
]);

/** How columns become values: all integers are numbers (ours stay below 2^53; arrays of them hold no null), bytea is a Buffer,
 *  everything else is text as PostgreSQL writes it. For the connections that ask for it: the parsers of `pg` itself belong to the
 *  whole process. */
export const VALUE_TYPES = {
  getTypeParser: (oid: number): Parser => PARSERS.get(oid) ?? asText,
};
