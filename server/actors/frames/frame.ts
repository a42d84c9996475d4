import type { ClientFrame, ClientFrameType } from '../../protocol/up.ts';

export type Frame<T extends ClientFrameType> = Extract<ClientFrame, { type: T }>;
