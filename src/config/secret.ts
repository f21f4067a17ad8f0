import { randomBytes, randomInt } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.ts';

/** Secrets the server works with, from the environment or from DATA_DIR. */
export interface Secrets {
  /** Plain API secret. */
  readonly apiSecret: string;
  /** Key that signs JWTs. */
  readonly jwtKey: string;
  /** The API secret was made by this very start: show it once. */
  readonly isNew: boolean;
  /** Sentences for the log; hold no secret. */
  readonly warnings: readonly string[];
}

/** The plain API secret of a site, from the environment or the data folder; undefined: none was made yet. Makes none. */
export const knownSecret = ({ dataDir, apiSecret }: Pick<Config, 'dataDir' | 'apiSecret'>): Promise<string | undefined> =>
  apiSecret
    ? Promise.resolve(apiSecret)
    : readFile(join(dataDir, 'api-secret'), 'utf8').then(
        (text) => text.trim() || undefined,
        () => undefined
      );

const MIN_SECRET = 12;
const MIN_KEY = 32;

/**
 * Takes secrets from the environment; those it lacks are made once, kept in the data folder (readable by this user only) and
 * found again at later starts. A new signing key would log every app out, a new API secret would lock everybody out.
 * @throws Error with a sentence for people when an API secret is needed and the folder cannot hold it
 */
export async function ensureSecrets(config: Pick<Config, 'dataDir' | 'apiSecret' | 'jwtSecret'>): Promise<Secrets> {
  const { dataDir } = config;
  const secret = config.apiSecret
    ? { value: config.apiSecret, isNew: false }
    : await keep(join(dataDir, 'api-secret'), 'API_SECRET', MIN_SECRET, newApiSecret);
  if (config.jwtSecret) return { apiSecret: secret.value, jwtKey: config.jwtSecret, isNew: secret.isNew, warnings: [] };
  try {
    const key = await keep(join(dataDir, 'jwt-secret'), 'JWT_SECRET', MIN_KEY, newKey);
    return { apiSecret: secret.value, jwtKey: key.value, isNew: secret.isNew, warnings: [] };
  } catch (error) {
    // an existing site on MongoDB may run without any folder it can write to; its apps ask for a new token after a restart
    const why = error instanceof Error ? error.message : String(error);
    const warning = `${why} Until then the key that signs tokens is made anew at each start, and apps have to log in again.`;
    return { apiSecret: secret.value, jwtKey: newKey(), isNew: secret.isNew, warnings: [warning] };
  }
}

// without letters and digits that look alike (i l o 0 1); 31 symbols are 4.95 bits each
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const DIGITS = '23456789';

/** Seven groups of four, 137 bits: safe in a URL, easy to type, and a digit first because phones capitalise a first letter. */
function newApiSecret(): string {
  const symbols = Array.from({ length: 28 }, (_, index) => pick(index === 0 ? DIGITS : ALPHABET));
  return symbols.join('').replace(/(.{4})(?=.)/g, '$1-');
}

function pick(alphabet: string): string {
  return alphabet[randomInt(alphabet.length)] as string;
}

function newKey(): string {
  return randomBytes(64).toString('hex');
}

async function keep(
  file: string,
  variable: string,
  minimum: number,
  make: () => string
): Promise<{ value: string; isNew: boolean }> {
  try {
    const found = await readKept(file, variable, minimum);
    if (found !== undefined) return { value: found, isNew: false };
    const value = make();
    await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
    const isNew = await writeOnce(file, `${value}\n`);
    // another process was first: its secret is the one people were shown
    return isNew ? { value, isNew } : { value: (await readKept(file, variable, minimum)) ?? value, isNew };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Error(
      `${file} cannot be ${code === 'EISDIR' ? 'read' : 'used'} (${code}): make DATA_DIR a folder this user may write to, or set ${variable}.`
    );
  }
}

async function readKept(file: string, variable: string, minimum: number): Promise<string | undefined> {
  let value: string;
  try {
    value = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (value.length < minimum)
    throw new Error(`${file} holds no usable secret: delete it to have a new one made, or set ${variable}.`);
  if (((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600).catch(() => undefined);
  return value;
}

/** Writes a file whole or not at all. @returns false when it exists already; then nothing is written */
async function writeOnce(file: string, content: string): Promise<boolean> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // some mounted folders know no links
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS' || code === 'EOPNOTSUPP') {
      await rename(draft, file);
      return true;
    }
    throw error;
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}
