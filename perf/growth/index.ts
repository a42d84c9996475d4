import type { Benchmark } from '../benchmarks/benchmark.ts';
import { byBacklog } from './backlog.ts';
import { byConversations } from './conversations.ts';
import { byPairs } from './pairs.ts';
import { byShards } from './shards.ts';
import { bySize } from './size.ts';

/** How cost grows with what may grow. */
export const GROWTH: readonly Benchmark[] = [byPairs, bySize, byConversations, byBacklog, byShards];
