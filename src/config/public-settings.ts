import type { Config } from './config.ts';
import { clientExtendedSettings } from './extended-settings.ts';
import { REFERENCE, SERVER } from './version.ts';

const SECRETS: ReadonlySet<string> = new Set([
  'apnsKey',
  'apnsKeyId',
  'developerTeamId',
  'userName',
  'password',
  'obscured',
  'obscureDeviceProvenance'
]);
/** Settings of a feature reach clients under whatever name they were given: one that says what it is stays here as well. */
const SECRET_NAME = /(secret|password|passwd|token|api_?key)$/i;

/**
 * A copy without secrets at any depth, for every door that shows settings or properties. An object with `obscured` (a list of
 * features) also loses those from its `enable`. Key order and all other values stay.
 */
export function filterSecrets<T>(value: T): T {
  return filtered(value) as T;
}

function filtered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(filtered);
  // dates and the like are values, not containers
  if (value === null || typeof value !== 'object' || !isPlain(value)) return value;
  const { obscured, enable } = value as { obscured?: unknown; enable?: unknown };
  const hidden = new Set<unknown>(Array.isArray(obscured) ? obscured : []);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !SECRETS.has(key) && !SECRET_NAME.test(key))
      .map(([key, member]) => [
        key,
        key === 'enable' && Array.isArray(enable) ? enable.filter((name) => !hidden.has(name)) : filtered(member)
      ])
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Body of `status.json` (v1 and v2), keys in the reference's order, ours (`server`) last.
 * @param moment.now epoch ms
 * @param moment.authorized grant of a subject named by query `token` or `secret`, else null
 */
export function statusBody(
  { settings, extendedSettings }: Pick<Config, 'settings' | 'extendedSettings'>,
  { now, authorized, runtimeState }: { now: number; authorized: object | null; runtimeState: 'booting' | 'booted' | 'loaded' }
) {
  return {
    status: 'ok',
    name: REFERENCE.name,
    version: REFERENCE.version,
    serverTime: new Date(now).toISOString(),
    serverTimeEpoch: now,
    apiEnabled: true,
    careportalEnabled: settings.enable.includes('careportal'),
    boluscalcEnabled: settings.enable.includes('boluscalc'),
    settings: filterSecrets(settings),
    extendedSettings: filterSecrets(clientExtendedSettings(extendedSettings)),
    authorized,
    runtimeState,
    server: SERVER
  };
}

/**
 * {@link statusBody} as JSON text: the settings, most of it, are written once.
 * @returns a function of the moment
 */
export function createStatusText(
  config: Pick<Config, 'settings' | 'extendedSettings'>
): (moment: Parameters<typeof statusBody>[1]) => string {
  const {
    serverTime: _t,
    serverTimeEpoch: _e,
    authorized: _a,
    runtimeState: _r,
    ...fixed
  } = statusBody(config, {
    now: 0,
    authorized: null,
    runtimeState: 'loaded'
  });
  const { status, name, version, ...settings } = fixed;
  const { server, ...middle } = settings;
  const head = JSON.stringify({ status, name, version }).slice(0, -1);
  const body = JSON.stringify(middle).slice(1, -1);
  const tail = JSON.stringify({ server }).slice(1);
  return ({ now, authorized, runtimeState }) =>
    `${head},"serverTime":"${new Date(now).toISOString()}","serverTimeEpoch":${now},${body},"authorized":${JSON.stringify(authorized)},"runtimeState":"${runtimeState}",${tail}`;
}

/**
 * The `status` object of root socket packets. Filtered like {@link statusBody}: readers have no business with push credentials.
 * @param moment.now epoch ms
 * @param moment.activeProfile name of the permanent profile switch in force; the key is absent without one
 */
export function socketStatus(
  { settings, extendedSettings }: Pick<Config, 'settings' | 'extendedSettings'>,
  { now, activeProfile }: { now: number; activeProfile: string | null | undefined }
) {
  return {
    status: 'ok',
    name: REFERENCE.name,
    version: REFERENCE.version,
    versionNum: REFERENCE.versionNum,
    serverTime: new Date(now).toISOString(),
    careportalEnabled: settings.enable.includes('careportal'),
    boluscalcEnabled: settings.enable.includes('boluscalc'),
    settings: filterSecrets(settings),
    extendedSettings: filterSecrets(clientExtendedSettings(extendedSettings)),
    ...(activeProfile && { activeProfile })
  };
}
