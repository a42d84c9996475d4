import type { Socket } from '../../server/actors/connection/socket.ts';

/** A socket whose reader is played by the test: it takes `room` frames and is then congested until it drains. */
export class FakeSocket implements Socket {
  readonly id = 'socket-1';
  readonly sent: Record<string, unknown>[] = [];
  /** 0 while it is open. */
  closeCode = 0;
  room = Infinity;

  whenWritten(run: () => void): void {
    run();
  }

  get congested(): boolean {
    return this.room <= 0;
  }

  send(text: string): boolean {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
    this.room -= 1;
    return !this.congested;
  }

  close(code: number): void {
    if (this.closeCode === 0) this.closeCode = code;
  }

  /** Type and number of what was sent so far, and forgets it. */
  taken(): string[] {
    return this.sent
      .splice(0)
      .map(({ type, cursor }) =>
        cursor === undefined ? String(type) : `${String(type)} ${JSON.stringify(cursor)}`,
      );
  }
}
