import { request as requestPlain, type IncomingHttpHeaders } from 'node:http';
import { request as requestTls, type RequestOptions } from 'node:https';
import { checkExchange } from './contract.ts';
import { within } from './deadline.ts';

const ANSWER_MS = 15_000;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
  /** The body as JSON; throws when it is not. The caller names the shape, which a test is free to trust. */
  readonly json: <T>() => T;
}

export interface HttpQuestion {
  readonly token?: string;
  /** A value becomes JSON; a string or bytes go as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Another port's address, such as the metrics': not held against the contract. */
  readonly foreign?: boolean;
  readonly through?: Through;
}

/** How a server behind a proxy is reached: whom to trust, where its name leads, from which address to come. */
export type Through = Pick<RequestOptions, 'ca' | 'lookup' | 'localAddress'>;

/** One HTTP request on a connection of its own, so that no pooled one outlives a killed server. Its answer is held against the
 *  contract before anybody sees it. */
export const http = async (method: string, url: string, question: HttpQuestion = {}): Promise<HttpAnswer> => {
  const { token, body, headers = {}, foreign = false, through = {} } = question;
  const request = url.startsWith('https:') ? requestTls : requestPlain;
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = body === undefined ? undefined : raw ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  const answer = new Promise<HttpAnswer>((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        agent: false,
        ...through,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(bytes === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': bytes.length }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const whole = Buffer.concat(chunks);
          const text = whole.toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            bytes: whole,
            json: <T>() => JSON.parse(text) as T,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(bytes);
  });
  const {
    status,
    headers: answered,
    text,
    bytes: received,
    json,
  } = await within(ANSWER_MS, `${method} ${url}`, answer);
  if (!foreign) checkExchange({ method, url, body: raw ? undefined : body, status, headers: answered, text });
  return { status, headers: answered, text, bytes: received, json };
};
