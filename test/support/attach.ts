import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AttachmentResource } from '../../server/protocol/resources/attachment.ts';
import { expectStatus, type ChatClient, type Place } from './chat-client.ts';
import type { ChatSocket, ServerFrameOf } from './chat-socket.ts';
import { within } from './deadline.ts';
import type { HttpAnswer } from './http-client.ts';

export const named = (name: string): string => `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;

interface FileHead {
  readonly name?: string;
  readonly type?: string;
  /** In place of those that follow from the file. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Uploads a file, whatever the answer is. */
export const tryUpload = (
  client: ChatClient,
  bytes: Uint8Array,
  { name = 'file.bin', type = 'application/octet-stream', headers = {} }: FileHead = {},
): Promise<HttpAnswer> =>
  client.http('POST', '/attachments', {
    body: bytes,
    headers: { 'content-type': type, 'content-disposition': named(name), ...headers },
  });

export const upload = async (
  client: ChatClient,
  bytes: Uint8Array,
  head: FileHead = {},
): Promise<AttachmentResource> => expectStatus(await tryUpload(client, bytes, head), 201).json();

/** Sends a message with attachments, and takes its `ack sent`. */
export const sayWith = async (
  socket: ChatSocket,
  recipient: { readonly id: string },
  attachments: readonly string[],
  content = '',
  id: string = crypto.randomUUID(),
): Promise<ServerFrameOf<'ack'>> => {
  socket.send('message', { recipient_id: recipient.id, content, attachments: [...attachments] }, id);
  return await socket.next('ack', ({ payload }) => payload.message_id === id && payload.status === 'sent');
};

const ANSWER_MS = 20_000;

/** An upload that is sent in parts, as a test has it. */
export class SlowUpload {
  readonly #request: ClientRequest;
  readonly #answer: Promise<{ readonly status: number; readonly code: string }>;

  constructor(
    place: Place,
    token: string,
    size: number,
    name = 'slow.bin',
    headers: Readonly<Record<string, string>> = {},
  ) {
    this.#request = request(`${place.url}/attachments`, {
      method: 'POST',
      agent: false,
      headers: {
        authorization: `Bearer ${token}`,
        'content-length': size,
        'content-disposition': named(name),
        ...headers,
      },
    });
    this.#answer = answerOf(this.#request);
    // Whoever breaks it off expects none, and a server that is killed can end the connection after its answer.
    this.#answer.catch(() => undefined);
    this.#request.on('error', () => undefined);
  }

  /** Resolves once the kernel has the bytes. */
  async send(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#request.write(bytes, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** Without the rest, as a device that loses its network. */
  breakOff(): void {
    this.#request.destroy();
  }

  end(): void {
    this.#request.end();
  }

  /** Status and, of a refusal, its code. Rejects if the connection ends without an answer. */
  answer(): Promise<{ readonly status: number; readonly code: string }> {
    return within(ANSWER_MS, 'the answer to an upload', this.#answer);
  }
}

const answerOf = async (sent: ClientRequest): Promise<{ status: number; code: string }> => {
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  const { code = '' } = JSON.parse(text) as { code?: string };
  return { status: response.statusCode ?? 0, code };
};
