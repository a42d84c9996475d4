import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Scope } from './temp-dir.ts';

/** The address of a web server that is no Parley. */
export const plainServer = async (scope: Scope): Promise<string> => {
  const plain = createServer((_, response) => response.end('hello'));
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  scope.after(() => void plain.close());
  return `http://127.0.0.1:${String((plain.address() as AddressInfo).port)}`;
};
