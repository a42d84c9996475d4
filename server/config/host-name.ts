import { hostname } from 'node:os';
import type { Config } from './config.ts';

/** How this host is called in logs and metrics, in the list of hosts and on the admin page. */
export const hostNameOf = ({ nodeName }: Pick<Config, 'nodeName'>): string => nodeName ?? hostname();
