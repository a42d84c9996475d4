import type { Socket } from 'node:net';
import { within } from './deadline.ts';

const ANSWER_MS = 10_000;

/** Sends bytes as they are and gives back the answer, head and body: for what an HTTP client would not send. */
export const rawAnswer = (socket: Socket, request: string): Promise<string> =>
  within(
    ANSWER_MS,
    `an answer to ${request.split('\r\n')[0] ?? ''}`,
    new Promise((resolve) => {
      let heard = '';
      const onData = (chunk: Buffer): void => {
        heard += chunk.toString('latin1');
        const [head = '', ...rest] = heard.split('\r\n\r\n');
        const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
        if (!heard.includes('\r\n\r\n') || rest.join('\r\n\r\n').length < length) return;
        end();
      };
      const end = (): void => {
        socket.off('data', onData).off('close', end);
        resolve(heard);
      };
      socket.on('data', onData).on('close', end).on('error', end);
      socket.write(request);
    }),
  );
