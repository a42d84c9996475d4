import type { ClientFrame, ClientFrameType } from '../../../protocol/client-frames.ts';

export type ClientFrameOf<T extends ClientFrameType> = Extract<ClientFrame, { type: T }>;
