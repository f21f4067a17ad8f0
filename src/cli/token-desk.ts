import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ListedSubject } from '../access/admin.ts';
import { nameOf, textList } from '../access/roles.ts';
import type { Config } from '../config/config.ts';
import { knownSecret } from '../config/secret.ts';
import type { Doc } from '../storage/port.ts';
import { type CliContext, CommandFailed } from './context.ts';
import { askSite, findSite, type RunningSite } from './site-here.ts';

/** A role and what it permits. */
interface ListedRole {
  readonly name: string;
  readonly permissions: readonly string[];
}

/** Subjects of a site: over the API of its server, or in its database when none runs. */
export interface TokenDesk {
  subjects(): Promise<readonly ListedSubject[]>;
  roles(): Promise<readonly ListedRole[]>;
  /** @returns its `_id` @throws Error with a sentence for people */
  add(subject: { readonly name: string; readonly roles: readonly string[]; readonly expires?: string }): Promise<string>;
  remove(_id: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens the one that fits. @throws CommandFailed when there is no secret yet, from which every token is derived */
export async function openTokenDesk(config: Config, context: CliContext): Promise<TokenDesk> {
  const site = await findSite(config, context);
  return site.running ? overHttp(site) : inDatabase(config, context);
}

const SUBJECTS = '/api/v2/authorization/subjects';
const roleOf = (doc: Doc): ListedRole => ({ name: nameOf(doc), permissions: textList(doc.permissions) });

function overHttp(site: RunningSite): TokenDesk {
  async function ask(path: string, method = 'GET', body?: unknown): Promise<unknown> {
    const answer = await askSite(site, path, { method, body });
    const said = (await answer.json().catch(() => ({}))) as { message?: string; description?: string };
    if (answer.ok) return said;
    throw new CommandFailed(`The server at ${site.url} refused: ${said.description ?? said.message ?? answer.status}.`);
  }
  return {
    subjects: async () => (await ask(SUBJECTS)) as ListedSubject[],
    roles: async () => ((await ask('/api/v2/authorization/roles')) as Doc[]).map(roleOf),
    add: async (subject) => {
      const made = [await ask(SUBJECTS, 'POST', subject)].flat()[0] as { _id: string };
      return made._id;
    },
    remove: async (_id) => void (await ask(`${SUBJECTS}/${_id}`, 'DELETE')),
    close: async () => site.agent?.destroy()
  };
}

async function inDatabase(config: Config, { now }: CliContext): Promise<TokenDesk> {
  const apiSecret = await knownSecret(config);
  if (apiSecret === undefined)
    throw new CommandFailed(
      'There is no API secret yet, and access tokens are derived from it: start the server once, or set API_SECRET.'
    );
  if (!config.mongo && !existsSync(join(config.dataDir, 'vigil.db')))
    throw new CommandFailed(`There is no database in ${config.dataDir} yet: is DATA_DIR right? If so, start the server once.`);
  const [{ createAccess }, { createBus }, { openStorage }, { createLogger }] = await Promise.all([
    import('../access/access.ts'),
    import('../bus/bus.ts'),
    import('../storage/open.ts'),
    import('../observe/logger.ts')
  ]);
  const log = createLogger('silent');
  const bus = createBus(() => undefined);
  const storage = await openStorage(config, log);
  // nobody presents a JWT here, so the key that signs them does not matter
  const access = createAccess({ config, storage, bus, log, now, apiSecret, jwtKey: apiSecret });
  const close = async (): Promise<void> => {
    await access.close();
    await storage.close();
  };
  try {
    await storage.ping();
    await access.ready();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    subjects: async () => access.admin.subjects.list(),
    roles: async () => access.admin.roles.list().map(roleOf),
    add: async (subject) => (await access.admin.subjects.create(subject))._id!,
    remove: (_id) => access.admin.subjects.remove(_id),
    close
  };
}
