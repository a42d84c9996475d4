import { expectStatus } from './chat-client.ts';
import { http } from './http-client.ts';
import type { ServerProcess } from './server-process.ts';

/** Where the figures of a server with PARLEY_METRICS_PORT=0 are found. */
export const metricsUrl = async (server: ServerProcess): Promise<string> =>
  String((await server.run.line('metrics listening'))['url']);

export const metricsText = async (url: string): Promise<string> =>
  expectStatus(await http('GET', url, { foreign: true }), 200).text;

/** The value of one series, labels and all; 0 where it is not there yet. */
export const figureOf = async (url: string, series: string): Promise<number> => {
  const line = (await metricsText(url)).split('\n').find((each) => each.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? 0);
};
