import type { Socket } from 'node:net';

const LINE_BREAK = 0x0a;

/** The first line that arrives at a socket, without its line break. What follows it is not read. Rejects if the line is longer
 *  than `max` bytes, or does not come: the caller ends the socket when its time is over. */
export const firstLine = (socket: Socket, max: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (outcome: () => void): void => {
      socket.removeListener('data', take);
      socket.pause();
      outcome();
    };
    const take = (chunk: Buffer): void => {
      const end = chunk.indexOf(LINE_BREAK);
      const part = end === -1 ? chunk : chunk.subarray(0, end);
      length += part.length;
      chunks.push(part);
      if (length > max) {
        settle(() => {
          reject(new Error(`a line has at most ${String(max)} bytes`));
        });
      } else if (end !== -1) {
        settle(() => {
          resolve(Buffer.concat(chunks).toString('utf8'));
        });
      }
    };
    socket.on('data', take);
    socket.once('end', () => {
      reject(new Error('the connection ended before the line did'));
    });
    socket.once('error', reject);
    socket.once('close', () => {
      reject(new Error('the connection was closed before the line ended'));
    });
  });
