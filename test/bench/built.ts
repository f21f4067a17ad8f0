import type { Config } from '../../src/config/config.ts';
import type { Current } from '../../src/plugins/current.ts';
import type { Server } from '../../src/server.ts';
import type { Services } from '../../src/services.ts';

/** What measuring processes take from the build, as users run it. */
interface Built {
  createServer(config: Config): Promise<Server>;
  readConfig(env: NodeJS.ProcessEnv): Config;
  createCurrent(services: Pick<Services, 'live' | 'config' | 'now' | 'log'>): () => Current;
}

/** Loads `dist`. */
export async function built(): Promise<Built> {
  const from = async (path: string): Promise<Built> =>
    (await import(new URL(`../../dist/${path}`, import.meta.url).href)) as Built;
  const { createServer } = await from('server.js');
  const { readConfig } = await from('config/read-config.js');
  const { createCurrent } = await from('plugins/current.js');
  return { createServer, readConfig, createCurrent };
}
